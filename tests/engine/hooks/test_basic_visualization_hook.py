from types import SimpleNamespace

import pytest

from srcnn.engine import Runner
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
    runner = SimpleNamespace(visualizer=show, iter=500, val_loop=None, test_loop=None)
    hook = BasicVisualizationHook(**arguments)
    for i in range(4):
        hook.after_val_iter(runner, i, outputs=[f'{i}a', f'{i}b'])
    assert shown == [(f'{i}{name}', 500) for i in val for name in 'ab']  # at the iteration they belong to
    shown.clear()
    for i in range(4):
        hook.after_test_iter(runner, i, outputs=[f'{i}a', f'{i}b'])
    assert shown == [(f'{i}{name}', 0) for i in test for name in 'ab']


def test_sets_with_pictures_of_one_name(tiny, tmp_path):
    cfg = tiny(custom_hooks=[{'type': 'BasicVisualizationHook'}])
    cfg.test_dataloader *= 2
    cfg.test_evaluator.append({'type': 'Evaluator', 'metrics': [{'type': 'PSNR', 'prefix': 'Other'}]})
    Runner.from_cfg(cfg).test()
    pictures = next((tmp_path / 'run').glob('*/vis_data/vis_image'))
    assert {path.relative_to(pictures).as_posix() for path in pictures.rglob('*.png')} == {
        f'{name}/{i}_0.png' for name in ('Tiny', 'Other') for i in range(5)
    }
