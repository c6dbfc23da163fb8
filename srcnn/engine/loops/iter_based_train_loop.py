"""Training by iterations, resumed without replaying what has been seen."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from mmengine.logging import print_log
from mmengine.runner import BaseLoop, Runner
from mmengine.runner import IterBasedTrainLoop as MMEngineLoop
from mmengine.runner.utils import calc_dynamic_intervals
from torch.utils.data import DataLoader

from srcnn.datasets.infinite_sampler import InfiniteSampler
from srcnn.engine.random_state import restore_random_state
from srcnn.engine.worker_faults import WORKER_FAULTS
from srcnn.engine.write import whole_file
from srcnn.errors import InputError
from srcnn.registry import LOOPS


@LOOPS.register_module()
class IterBasedTrainLoop(MMEngineLoop):
    """mmengine's loop, which on resuming loads every past batch again to get to the next one (mmengine#1520, #1633).

    Here the sampler is told how many samples have been drawn, and the data loader starts only then.

    Args:
        on_nonfinite: When the loss is infinite or not a number, 'stop' the run, or 'skip' the update and go on (one
            process only). Either way the log names the iteration and the samples, and weights and batch are saved.
        runner, dataloader, max_iters, val_begin, val_interval, dynamic_intervals: As in mmengine's.
    """

    def __init__(
        self,
        runner: Runner,
        dataloader: DataLoader | dict,
        max_iters: int,
        val_begin: int = 1,
        val_interval: int = 1000,
        dynamic_intervals: list[tuple[int, int]] | None = None,
        on_nonfinite: str = 'stop',
    ) -> None:
        if on_nonfinite not in ('stop', 'skip'):
            raise InputError(f"train_cfg.on_nonfinite={on_nonfinite!r} is unknown; use 'stop' or 'skip'.")
        if max_iters != int(max_iters) or max_iters < 1:
            raise InputError(f'train_cfg.max_iters={max_iters} must be a whole number of at least 1.')
        BaseLoop.__init__(self, runner, dataloader)  # mmengine's loop would start the data loader's workers here
        self._max_iters, self._max_epochs = int(max_iters), 1
        self._iter = self._epoch = 0
        self.val_begin, self.val_interval = val_begin, val_interval
        self.on_nonfinite = on_nonfinite
        self.stop_training = False  # set by EarlyStoppingHook
        self.dynamic_milestones, self.dynamic_intervals = calc_dynamic_intervals(val_interval, dynamic_intervals)
        self._start = 0  # iteration at which this process began
        self.drawn: int | None = None  # samples drawn before a resume, by all processes
        self.random_state: dict[str, Any] | None = None
        self.validation_missed = False  # whether the run was cut off between a checkpoint and the end of its validation

    def run(self) -> Any:
        """Train until ``max_iters``; returns the model."""
        self.runner.call_hook('before_train')
        self.runner.call_hook('before_train_epoch')
        batches = self._batches()
        if self.validation_missed:
            self._validate_if_due()
        while self._iter < self._max_iters and not self.stop_training:
            self.runner.model.train()
            self.run_iter(self._next(batches))
            self._validate_if_due()
        self.runner.call_hook('after_train_epoch')
        self.runner.call_hook('after_train')
        return self.runner.model

    def _validate_if_due(self) -> None:
        self._decide_current_val_interval()
        due = self._iter % self.val_interval == 0 or self._iter == self._max_iters
        if self.runner.val_loop is not None and self._iter >= self.val_begin and due:
            self.runner.val_loop.run()

    def _next(self, batches: Iterator[Any]) -> Any:
        """The next batch; where it cannot be loaded, the run is saved as it stands after the last one."""
        try:
            return next(batches)
        except WORKER_FAULTS:
            if self.runner.world_size == 1 and self._iter > 0:  # of several, the others are at another place
                self.runner.call_hook('save_at', iteration=self._iter)
                newest = self.runner.message_hub.runtime_info.get('last_ckpt')
                self.runner.logger.warning(f'No data after iteration {self._iter}; --resume goes on from {newest}')
            raise

    def run_iter(self, data_batch: Any) -> None:
        """One iteration, with a look-out for a loss that is not finite."""
        try:
            super().run_iter(data_batch)
        except FloatingPointError as error:
            self._report(data_batch, str(error))
            self.runner.call_hook('after_train_iter', batch_idx=self._iter, data_batch=data_batch, outputs=None)
            self._iter += 1

    def _report(self, batch: Any, what: str) -> None:
        """Save what is needed to see why; InputError unless the update is to be skipped."""
        samples = batch.get('data_samples') or {}
        names = ', '.join(samples.get('gt_path') or samples.get('key') or ['unknown samples'])
        path = Path(self.runner.work_dir) / f'nonfinite_iter_{self._iter + 1}_rank_{self.runner.rank}.pth'
        try:
            with whole_file(path) as part:
                torch.save({'state_dict': self.runner.model.state_dict(), 'batch': batch}, part)
            saved = f'Weights and batch are in {path}.'
        except (OSError, RuntimeError) as error:  # torch has no better name for a disk that is full
            saved = f'Weights and batch could not be saved ({error}).'
        message = f'Iteration {self._iter + 1}: {what}, on {names}. {saved}'
        if self.on_nonfinite == 'stop' or self.runner.world_size > 1:
            raise InputError(
                f'{message} Lower the learning rate, clip gradients (optim_wrapper.clip_grad), or look at those '
                'images; then go on with --resume.'
            )
        self.runner.logger.warning(f'{message} The update is skipped.')

    def samples_drawn(self, iteration: int) -> int:
        """By all processes up to ``iteration``, also before a resume with another batch size."""
        sampler = self.dataloader.sampler
        drawn = sampler.drawn if isinstance(sampler, InfiniteSampler) else 0
        return drawn + (iteration - self._start) * self.samples_per_iter()

    def samples_per_iter(self) -> int:
        """By all processes together."""
        return (self.dataloader.batch_size or 1) * self.runner.world_size

    def _batches(self) -> Iterator[Any]:
        """Batches from where the run stands."""
        self._start = self._iter
        sampler = self.dataloader.sampler
        if isinstance(sampler, InfiniteSampler):
            sampler.drawn = self._iter * self.samples_per_iter() if self.drawn is None else self.drawn
        elif self._iter:
            print_log('Resumed: the order of the samples starts anew, since the sampler cannot go on.', 'current')
        first_round = iter(self.dataloader)  # which draws a random number
        if self.random_state is not None:
            restore_random_state(self.random_state)
        return chain(first_round, self._later_rounds())

    def _later_rounds(self) -> Iterator[Any]:
        """The loader over and over, for samplers that end."""
        for epoch in range(1, 2**62):
            sampler = self.dataloader.sampler
            if not isinstance(sampler, InfiniteSampler) and callable(getattr(sampler, 'set_epoch', None)):
                sampler.set_epoch(epoch)
            yield from self.dataloader
