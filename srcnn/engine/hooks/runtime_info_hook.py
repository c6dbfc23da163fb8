"""The log's memory, no longer than the log looks back."""

from typing import Any

from mmengine.hooks import RuntimeInfoHook as MMEngineHook
from mmengine.runner import Runner

from srcnn.registry import HOOKS

SHORTEST = 1000  # entries


@HOOKS.register_module()
class RuntimeInfoHook(MMEngineHook):
    """mmengine's, which keeps up to a million values of the loss, the learning rate and each time that it logs.

    It copies all of them to append one, so that every iteration takes longer than the last, by milliseconds in the end,
    and saves them in every checkpoint, some 60 MB beside a network of 80 kB. Here the last thousand stay, or as many as
    the longest window of ``log_processor``; all of them where it has a window 'global' or 'epoch'.
    """

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: dict | None = None
    ) -> None:
        """Hand the loss to the log."""
        super().after_train_iter(runner, batch_idx, data_batch, outputs)
        if runner.iter % SHORTEST == 0 and (length := _longest_window(runner)):
            for history in runner.message_hub.log_scalars.values():
                history.max_length = length


def _longest_window(runner: Runner) -> int | None:
    """In iterations; None if it grows with the run."""
    processor = runner.log_processor
    windows = [processor.window_size, *(entry.get('window_size', 0) for entry in processor.custom_cfg)]
    if not all(isinstance(window, int) for window in windows):
        return None
    return max(SHORTEST, *windows)
