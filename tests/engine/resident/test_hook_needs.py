import pytest
from mmengine.hooks import EMAHook, EmptyCacheHook, IterTimerHook, LoggerHook

from srcnn.engine.hooks import CheckpointHook, RuntimeInfoHook, StopSignalHook
from srcnn.engine.resident.hook_needs import bookkeepers, following, impatient, next_save

HOOKS = [RuntimeInfoHook(), IterTimerHook(), EMAHook(), LoggerHook(), CheckpointHook(interval=5), StopSignalHook()]


def test_who_must_be_asked_before_the_next_iteration():
    assert impatient(HOOKS) == ['EMAHook']
    assert impatient([EmptyCacheHook(after_iter=True)]) == ['EmptyCacheHook']
    assert bookkeepers(HOOKS) == [HOOKS[0], HOOKS[1], HOOKS[3]]


@pytest.mark.parametrize(('done', 'every', 'begin', 'expected'), [
    (0, 5, 0, 5), (4, 5, 0, 5), (5, 5, 0, 10), (0, 5, 3, 3), (3, 5, 3, 8), (2, 1, 0, 3), (1, 2, 10, 10),
])  # fmt: skip
def test_following(done, every, begin, expected):
    assert following(done, every, begin) == expected


def test_saves(monkeypatch):
    hooks = [CheckpointHook(interval=3, by_epoch=False, save_begin=4), CheckpointHook(interval=2), CheckpointHook()]
    assert next_save(hooks, 4) == [7]
