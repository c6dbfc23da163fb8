"""A run that is told to stop saves first."""

import os
import signal
import threading
from typing import Any

import torch
from mmengine.device import get_device
from mmengine.dist import all_reduce
from mmengine.hooks import Hook
from mmengine.runner import Runner

from srcnn.engine.hooks.checkpoint_hook import CheckpointHook
from srcnn.registry import HOOKS

# sysexits.h: "temporary failure, try again"; a scheduler can tell it from an error (1) and from success (0)
EXIT_STOPPED = 75
# Terminate, Ctrl-C, and the signal that Slurm users ask for ahead of pre-emption (--signal=USR1@60)
SIGNALS = [getattr(signal, name) for name in ('SIGTERM', 'SIGINT', 'SIGUSR1') if name in dir(signal)]


@HOOKS.register_module()
class StopSignalHook(Hook):
    """After SIGTERM, SIGINT or SIGUSR1, finish the iteration, save a checkpoint, and end with exit status 75.

    A second signal ends the process at once, with 128 plus its number. Between signal and end lies one iteration (in
    validation: one image); several processes agree on the iteration, which they do every ``agree_every`` iterations.
    The Runner registers this hook by itself.

    Args:
        agree_every: Iterations between two agreements of several processes.
    """

    priority = 'LOWEST'

    def __init__(self, agree_every: int = 10) -> None:
        self.agree_every = agree_every
        self.received = 0
        self._before: dict[int, Any] = {}

    def before_train(self, runner: Runner) -> None:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in SIGNALS}

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        done = runner.iter + 1
        if self._agreed(runner, done):
            self._stop(runner, done)

    def after_val_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        if runner.world_size == 1 and self.received and self._before:
            self._stop(runner, runner.iter)

    def after_train(self, runner: Runner) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def _note(self, number: int, frame: Any) -> None:
        if self.received:
            os._exit(128 + number)
        self.received = number

    def _agreed(self, runner: Runner, done: int) -> bool:
        if runner.world_size == 1:
            return bool(self.received)
        if done % self.agree_every:
            return False
        flag = torch.tensor(self.received, device=get_device() if runner._distributed else 'cpu')
        all_reduce(flag, op='max')
        self.received = int(flag)
        return bool(self.received)

    def _stop(self, runner: Runner, done: int) -> None:
        name = signal.Signals(self.received).name
        hooks = [hook for hook in runner.hooks if isinstance(hook, CheckpointHook)]
        if hooks:
            hooks[0].save_at(runner, done)
            runner.logger.warning(
                f'{name}: saved at iteration {done}; go on with --resume (exit status {EXIT_STOPPED})'
            )
        else:
            runner.logger.warning(f'{name}: stopped at iteration {done}; there is no CheckpointHook to save with.')
        self.after_train(runner)
        runner.visualizer.close()
        raise SystemExit(EXIT_STOPPED)
