"""What the hooks of a run need of iterations that are done many at a time."""

from collections.abc import Iterable, Sequence

from mmengine.hooks import CheckpointHook, Hook

from srcnn.engine.hooks.stop_signal_hook import StopSignalHook

STAGES = {'before_train_iter', 'after_train_iter'}
# These keep books: told of every iteration, they need not see weights, and may be told later
BOOKKEEPERS = {'RuntimeInfoHook', 'IterTimerHook', 'LoggerHook', 'ParamSchedulerHook', 'DataWaitHook'}


def bookkeepers(hooks: Iterable[Hook]) -> list[Hook]:
    """Those of ``hooks`` that are to be told of every iteration, in their order."""
    return [hook for hook in hooks if type(hook).__name__ in BOOKKEEPERS]


def impatient(hooks: Iterable[Hook]) -> list[str]:
    """Names of those that act on every iteration, before the next one begins, such as EMAHook."""
    others = [hook for hook in hooks if not isinstance(hook, CheckpointHook | StopSignalHook)]
    acting = [type(hook).__name__ for hook in others if STAGES & set(hook.get_triggered_stages())]
    return [name for name in acting if name not in BOOKKEEPERS]


def next_save(hooks: Sequence[Hook], done: int) -> list[int]:
    """For each hook that saves every so often, the number of iterations after which it does so next, above ``done``."""
    return [
        following(done, hook.interval, hook.save_begin)
        for hook in hooks
        if isinstance(hook, CheckpointHook) and not hook.by_epoch and hook.interval > 0
    ]


def following(done: int, every: int, begin: int = 0) -> int:
    """The first of ``begin``, ``begin + every``, … above ``done``."""
    return max(begin, begin + ((done - begin) // every + 1) * every)
