from types import SimpleNamespace

import pytest

from srcnn.engine.hooks import BasicVisualizationHook


@pytest.mark.parametrize(
    ('arguments', 'val', 'test'),
    [
        ({}, [0, 1, 2, 3], [0, 1, 2, 3]),
        ({'interval': 2}, [1, 3], [1, 3]),
        ({'interval': 0}, [], []),
        ({'interval': {'val': 3}}, [2], [0, 1, 2, 3]),
        ({'on_val': False}, [], [0, 1, 2, 3]),
        ({'on_test': False}, [0, 1, 2, 3], []),
    ],
)
def test_shows_every_sample_of_the_chosen_batches(arguments, val, test):
    shown = []
    show = SimpleNamespace(add_datasample=lambda sample, step: shown.append((sample, step)))
    runner = SimpleNamespace(visualizer=show, iter=500)
    hook = BasicVisualizationHook(**arguments)
    for i in range(4):
        hook.after_val_iter(runner, i, outputs=[f'{i}a', f'{i}b'])
    assert shown == [(f'{i}{name}', 500) for i in val for name in 'ab']  # at the iteration they belong to
    shown.clear()
    for i in range(4):
        hook.after_test_iter(runner, i, outputs=[f'{i}a', f'{i}b'])
    assert shown == [(f'{i}{name}', 0) for i in test for name in 'ab']
