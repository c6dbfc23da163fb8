"""What a checkpoint must hold for a run to go on exactly."""

from typing import Any

import torch
from mmengine.dist import all_gather_object, all_reduce
from mmengine.hooks import EarlyStoppingHook, Hook
from mmengine.runner import Runner

from srcnn.datasets.infinite_sampler import InfiniteSampler
from srcnn.engine.loops.iter_based_train_loop import IterBasedTrainLoop
from srcnn.engine.random_state import random_state
from srcnn.registry import HOOKS


@HOOKS.register_module()
class ResumeStateHook(Hook):
    """Put into checkpoints what mmengine leaves out of them, and take it out when resuming.

    That is: the random states of all processes, the seed of the sample order and the number of samples drawn, the
    gradients of a step that is not complete (``accumulative_counts``), whether the validation that is due has been
    done, and how patient early stopping still is. The Runner registers this hook by itself.
    """

    priority = 'VERY_HIGH'

    def __init__(self) -> None:
        self.loaded: dict[str, Any] | None = None
        self.gathered: dict[str, Any] | None = None
        self.validated = -1  # iteration after which the last validation was completed
        self.before_validation: dict[str, Any] | None = None

    def gather_state(self, runner: Runner) -> None:
        """Collect what each process knows of itself; all of them call this before one of them saves."""
        loop = runner.train_loop
        if not isinstance(loop, IterBasedTrainLoop):
            return
        sampler = loop.dataloader.sampler
        self.gathered = {
            'samples_per_iter': loop.samples_per_iter(),
            'seed': sampler.seed if isinstance(sampler, InfiniteSampler) else None,
            'random': all_gather_object(self.before_validation or random_state()),
            'updates': runner.optim_wrapper.inner_count,
            'gradients': _gradients(runner),
            'stopped': loop.stop_training,
            'early_stopping': [(float(hook.best_score), hook.wait_count) for hook in _early_stopping(runner)],
        }

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        loop, state = runner.train_loop, self.gathered
        if isinstance(loop, IterBasedTrainLoop) and state is not None:
            iteration = checkpoint['meta']['iter']
            checkpoint['resume_state'] = {
                'iter': iteration,
                'drawn': loop.samples_drawn(iteration),
                'validated': self.validated == iteration,
                **state,
            }
        self.gathered = None

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        self.loaded = checkpoint.get('resume_state')

    def before_train(self, runner: Runner) -> None:
        """Hand what was loaded to the loop, the sampler, the optimizer and the hooks that it belongs to."""
        loop, state = runner.train_loop, self.loaded
        if not isinstance(loop, IterBasedTrainLoop) or state is None or state['iter'] != loop.iter:
            return  # a new run, or a checkpoint without this state
        loop.drawn, loop.validation_missed = state['drawn'], not state['validated']
        sampler = loop.dataloader.sampler
        if isinstance(sampler, InfiniteSampler) and state['seed'] is not None:
            sampler.seed = state['seed']
        processes = len(state['random'])
        if runner.rank < processes:
            loop.random_state = state['random'][runner.rank]
        if processes != runner.world_size:
            runner.logger.warning(
                f'Resumed with {runner.world_size} process(es) instead of {processes}: random numbers of networks and '
                'losses differ from those of an undisturbed run; data and augmentation do not depend on them.'
            )
        if state['samples_per_iter'] != loop.samples_per_iter():
            runner.logger.warning(
                f'Resumed with {loop.samples_per_iter()} samples per iteration instead of {state["samples_per_iter"]} '
                '(processes times batch_size): no sample is lost or repeated, but batches are made up differently.'
            )
        _restore_updates(runner, state)
        hooks = _early_stopping(runner)
        loop.stop_training = bool(hooks) and state['stopped']
        for hook, (best, count) in zip(hooks, state['early_stopping']):
            hook.best_score, hook.wait_count = best, count

    def before_val(self, runner: Runner) -> None:
        self.before_validation = random_state()

    def after_val(self, runner: Runner) -> None:
        self.before_validation = None
        self.validated = runner.iter


def _gradients(runner: Runner) -> dict[str, torch.Tensor]:
    """Those gathered for a step that is not complete, as the mean of all processes, of which the step is made."""
    if runner.optim_wrapper.should_update():
        return {}
    found = {name: p.grad.detach().clone() for name, p in _parameters(runner).items() if p.grad is not None}
    for gradient in found.values():
        all_reduce(gradient, op='mean')
    return {name: gradient.cpu() for name, gradient in found.items()}


def _restore_updates(runner: Runner, state: dict[str, Any]) -> None:
    runner.optim_wrapper._inner_count = state['updates']
    parameters = _parameters(runner)
    for name, gradient in state['gradients'].items():
        parameters[name].grad = gradient.to(parameters[name].device)


def _parameters(runner: Runner) -> dict[str, torch.nn.Parameter]:
    """By name, whatever the number of processes."""
    return {name.removeprefix('module.'): value for name, value in runner.model.named_parameters()}


def _early_stopping(runner: Runner) -> list[EarlyStoppingHook]:
    return [hook for hook in runner.hooks if isinstance(hook, EarlyStoppingHook)]
