"""What a checkpoint must hold for a run to go on exactly."""

from typing import Any

from mmengine.hooks import Hook
from mmengine.runner import Runner

from srcnn.engine.loops.iter_based_train_loop import IterBasedTrainLoop
from srcnn.engine.random_state import random_state
from srcnn.registry import HOOKS


@HOOKS.register_module()
class ResumeStateHook(Hook):
    """Put the random states and the number of samples drawn into checkpoints, and take them out when resuming.

    The Runner registers it by itself. Random states are those of the first process; augmentation does not depend on
    them (see InfiniteSampler), only networks and losses that draw numbers themselves would.
    """

    priority = 'VERY_HIGH'

    def __init__(self) -> None:
        self.loaded: dict[str, Any] | None = None

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        loop = runner.train_loop
        if isinstance(loop, IterBasedTrainLoop):
            checkpoint['resume_state'] = {
                'iter': checkpoint['meta']['iter'],
                'drawn': loop.samples_drawn(checkpoint['meta']['iter']),
                'samples_per_iter': loop.samples_per_iter(),
                'random': random_state(),
            }

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        self.loaded = checkpoint.get('resume_state')

    def before_train(self, runner: Runner) -> None:
        loop, state = runner.train_loop, self.loaded
        if not isinstance(loop, IterBasedTrainLoop) or state is None or state['iter'] != loop.iter:
            return  # a new run, or a checkpoint without this state
        loop.drawn, loop.random_state = state['drawn'], state['random']
        if state['samples_per_iter'] != loop.samples_per_iter():
            runner.logger.warning(
                f'Resumed with {loop.samples_per_iter()} samples per iteration instead of {state["samples_per_iter"]} '
                '(processes times batch_size): no sample is lost or repeated, but batches are made up differently.'
            )
