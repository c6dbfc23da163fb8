"""Training without a data loader, many iterations at a time where there is a GPU."""

import gc
import math
import time
from collections.abc import Iterator
from itertools import repeat

import torch
from mmengine.hooks import IterTimerHook
from mmengine.model import is_model_wrapper
from mmengine.optim import AmpOptimWrapper
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from srcnn.datasets.infinite_sampler import InfiniteSampler
from srcnn.datasets.resident import PatchDraws, PatchSource, decoded_pairs, patch_source
from srcnn.engine.distributed import agreed
from srcnn.engine.hooks.stop_signal_hook import StopSignalHook
from srcnn.engine.loops.iter_based_train_loop import IterBasedTrainLoop
from srcnn.engine.random_state import restore_random_state
from srcnn.engine.resident import DeviceSteps, Found
from srcnn.engine.resident.hook_needs import bookkeepers, following, next_save
from srcnn.engine.resident.obstacles import obstacles
from srcnn.engine.resident.schedule_ahead import ScheduleAhead
from srcnn.errors import InputError
from srcnn.registry import LOOPS

STEPS_ON_CUDA = 50
LOOK_EVERY = 4  # graphs; so often, at least, nothing runs ahead, and processes can agree to stop


@LOOPS.register_module()
class ResidentTrainLoop(IterBasedTrainLoop):
    """IterBasedTrainLoop with decoded images at hand: on the GPU if they fit, else on the host.

    Images come in the order of the InfiniteSampler; where a patch lies and how it is turned is drawn for whole batches,
    as the pipeline says, from the seed and the number of the draw. The data loader itself is not used, nor its workers.

    With ``steps_per_graph`` above one, so many iterations are one CUDA graph. What they found is read while the next
    ones run, and hooks that keep books are told of each iteration then. Where something looks at the weights (a
    checkpoint, a validation, a stop) nothing runs ahead. After a loss that is not finite nothing is updated any more.
    Where all that cannot be done (the log says why) iterations are done one at a time.

    Args:
        steps_per_graph: Iterations per CUDA graph; 1 for none. None: 50 on CUDA, 1 elsewhere.
        resident: Whether all images are copied to the device. None: if it is a CUDA device that has room for them.
        runner, dataloader, max_iters, val_begin, val_interval, dynamic_intervals, on_nonfinite: As in
            IterBasedTrainLoop.
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
        steps_per_graph: int | None = None,
        resident: bool | None = None,
    ) -> None:
        if steps_per_graph is not None and steps_per_graph < 1:
            raise InputError(f'train_cfg.steps_per_graph={steps_per_graph} must be at least 1.')
        super().__init__(runner, dataloader, max_iters, val_begin, val_interval, dynamic_intervals, on_nonfinite)
        self.device = next(runner.model.parameters()).device
        self.steps_per_graph = steps_per_graph or (STEPS_ON_CUDA if self.device.type == 'cuda' else 1)
        self.resident = resident
        sampler = self.dataloader.sampler
        if not isinstance(sampler, InfiniteSampler):
            raise InputError(
                'train_dataloader.sampler: ResidentTrainLoop takes the order of an InfiniteSampler, not of '
                f"{type(sampler).__name__}; write dict(type='InfiniteSampler', shuffle=True)."
            )
        with agreed():
            self.pairs = decoded_pairs(self.dataloader.dataset)
        self.draws = PatchDraws(sampler, self.pairs.recipe, self.pairs.low_sizes, self.dataloader.batch_size or 1)
        self.patches: PatchSource
        self.steps: DeviceSteps
        self._since = 0.0  # when the device began with what has not been read yet

    def _batches(self) -> Iterator[dict | None]:
        """Batches, or None for as many iterations as can be done at once."""
        self._start = self._iter
        self.draws.sampler.drawn = self._iter * self.samples_per_iter() if self.drawn is None else self.drawn
        if self.random_state is not None:
            restore_random_state(self.random_state)
        many = self.steps_per_graph > 1 and self._can_do_many()
        capacity = self.steps_per_graph if many else 1
        self.patches = patch_source(self.pairs, self.draws, self.device, capacity, self.resident)
        if not many:
            return (self._batch() for _ in repeat(None))
        if is_model_wrapper(self.runner.model):
            # gradients are averaged without it, and what it keeps of the autograd graph would disturb a capture
            self.runner.model = self.runner.model.module
            gc.collect()
        self.steps = DeviceSteps(self.runner.model, self.runner.optim_wrapper, self.patches, capacity)
        self.runner.optim_wrapper._global_step = 0  # else mmengine's schedulers miss the updates, and warn
        return repeat(None)

    def _can_do_many(self) -> bool:
        runner = self.runner
        if why := obstacles(runner, self.on_nonfinite):
            runner.logger.warning(f'Iterations are done one at a time, without CUDA graphs: {"; ".join(why)}.')
            return False
        if isinstance(runner.optim_wrapper, AmpOptimWrapper) and runner.optim_wrapper.cast_dtype is None:
            runner.optim_wrapper.cast_dtype = torch.bfloat16
            runner.logger.info('Mixed precision is bfloat16 here, which needs no scaling of the loss.')
        return True

    def _batch(self) -> dict:
        """Of the iteration that is next, as a data loader would give it."""
        first = self.samples_drawn(self._iter)
        low, high = self.patches.batch(first)
        paths = [self.pairs.names[image] for image in self.draws.iterations(first, 1).image[0]]
        return {'inputs': low, 'data_samples': {'gt': high, 'gt_path': paths}}

    def run_iter(self, data_batch: dict | None) -> None:
        """One iteration, or (None) all up to the next at which something looks at the weights."""
        if data_batch is None:
            self._run_many()
        else:
            super().run_iter(data_batch)

    def _run_many(self) -> None:
        """Keep the device busy: while it does some iterations, those before them are reported."""
        schedule = ScheduleAhead(self.runner.param_schedulers or (), self.runner.optim_wrapper)
        begun, end = self._iter, self._next_look()
        waiting: Found | None = None
        self._since = time.time()
        while begun < end and not (waiting and self._told_to_stop()):
            rates = schedule.take(min(self.steps_per_graph, end - begun))
            found = self.steps.launch(self.samples_drawn(begun), rates)
            begun += len(rates)
            self.runner.optim_wrapper._inner_count = begun
            if waiting:
                self._report_iterations(waiting)
            waiting = found
        if waiting:
            self._report_iterations(waiting, last=True)

    def _report_iterations(self, found: Found, last: bool = False) -> None:
        """Tell the hooks what each iteration found; with ``last``, all hooks of the last one, as in any loop."""
        rows = found.rows()
        seconds, self._since = (time.time() - self._since) / len(rows), time.time()
        timers = [hook for hook in self.runner.hooks if isinstance(hook, IterTimerHook)]
        for left, outputs in zip(range(len(rows) - 1, -1, -1), rows):
            if not math.isfinite(outputs['loss']):
                self._report(self._batch(), f'the loss is {outputs["loss"]}')
            hooks = self.runner.hooks if last and not left else bookkeepers(self.runner.hooks)
            for timer in timers:
                timer.t = time.time()
            for hook in hooks:
                hook.before_train_iter(self.runner, batch_idx=self._iter, data_batch=None)
            for timer in timers:
                timer.t = time.time() - seconds
            for hook in hooks:
                hook.after_train_iter(self.runner, batch_idx=self._iter, data_batch=None, outputs=outputs)
            self._iter += 1

    def _next_look(self) -> int:
        """After how many iterations, counted from the first of the run, something looks at the weights next."""
        done = self._iter
        agreements = [hook.agree_every for hook in self.runner.hooks if isinstance(hook, StopSignalHook)]
        period = math.lcm(*agreements)
        period *= -(-LOOK_EVERY * self.steps_per_graph // period)
        looks = [self._max_iters, following(done, period), *next_save(self.runner.hooks, done)]
        if self.runner.val_loop is not None:
            looks.append(following(done, self.val_interval))
        # val_interval changes when the next iteration is a milestone
        looks += [milestone - 1 for milestone in self.dynamic_milestones if milestone - 1 > done]
        return min(looks)

    def _told_to_stop(self) -> bool:
        """By a signal; several processes agree on it only where they all look."""
        hooks = [hook for hook in self.runner.hooks if isinstance(hook, StopSignalHook)]
        return self.runner.world_size == 1 and any(hook.received for hook in hooks)
