"""A run that waits for its data says so, and what to do about it."""

import statistics
from typing import Any

from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from srcnn.datasets import BasicImageDataset
from srcnn.datasets.parts import parts_of
from srcnn.engine.environment import available_cores
from srcnn.registry import HOOKS


@HOOKS.register_module()
class DataWaitHook(Hook):
    """Warn, once, when training spends more than a share of its time waiting for data.

    Medians over a window are compared, so that the slow first iterations and a validation in between do not count. The
    Runner registers this hook by itself; the times are those of IterTimerHook, ``data_time`` and ``time`` in the log.

    Args:
        share: Of an iteration's time, 0 to 1; 1 never warns.
        window: Iterations that are looked at.
    """

    priority = 'LOW'  # after IterTimerHook

    def __init__(self, share: float = 0.1, window: int = 100) -> None:
        self.share, self.window = share, window
        self.warned = False

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: dict | None = None
    ) -> None:
        """Look at the last ``window`` iterations."""
        if self.warned or not self.every_n_inner_iters(batch_idx, self.window):
            return
        histories = runner.message_hub.log_scalars
        if 'train/time' not in histories:  # a run without IterTimerHook
            return
        wait, whole = (
            statistics.median(histories[f'train/{key}'].data[0][-self.window :]) for key in ('data_time', 'time')
        )
        if wait > self.share * whole:
            self.warned = True
            runner.logger.warning(
                f'Training waits for data {wait / whole:.0%} of the time ({wait * 1e3:.1f} of {whole * 1e3:.1f} ms per '
                f'iteration). {advice(runner.train_loop.dataloader)}'
            )


def advice(loader: DataLoader) -> str:
    """What to change in the config so that data come faster."""
    decoding = [part for part in parts_of(loader.dataset) if isinstance(part, BasicImageDataset) and not part.packs]
    cores = available_cores()
    if decoding:
        return f'Set cache=True in the data set, so that images are decoded once only ({decoding[0].describe()}).'
    if loader.num_workers < cores:
        return f'Raise train_dataloader.num_workers (now {loader.num_workers}); this machine has {cores} cores.'
    return "Look for slow transforms, or keep all data on the device: train_cfg.type='ResidentTrainLoop'."
