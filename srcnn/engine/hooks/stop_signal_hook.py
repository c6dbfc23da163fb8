"""A run that is told to stop saves first."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from mmengine.device import get_device
from mmengine.dist import all_reduce
from mmengine.hooks import EMAHook, Hook
from mmengine.logging import print_log
from mmengine.runner import Runner

from srcnn.engine.distributed import leave_processes
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
    Before the first iteration there is nothing to save, and the run ends at once. The Runner registers this hook by
    itself, and trains inside ``listening()``.

    Args:
        agree_every: Iterations between two agreements of several processes.
    """

    priority = 'LOWEST'

    def __init__(self, agree_every: int = 10) -> None:
        self.agree_every = agree_every
        self.received = 0
        self.listens = self.training = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take signals for what they mean here, in the main thread, where alone Python can."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._note) for number in SIGNALS}
        self.listens = True
        try:
            yield
        finally:
            self.listens = self.training = False
            for number, handler in before.items():
                signal.signal(number, handler)

    def before_train(self, runner: Runner) -> None:
        self.training = True

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        done = runner.iter + 1
        if self._agreed(runner, done):
            self._stop(runner, done)

    def after_val_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        if runner.world_size == 1 and self.received and self.listens:
            for hook in runner.hooks:
                if isinstance(hook, EMAHook):  # gives the averaged weights to validation, and takes them back only here
                    hook.after_val_epoch(runner)
            self._stop(runner, runner.iter)

    def _note(self, number: int, frame: Any) -> None:
        if self.received:
            os._exit(128 + number)
        self.received = number
        if not self.training:
            name = signal.Signals(number).name
            print_log(f'{name}: stopped before the first iteration; give the same command again.', 'current', 30)
            raise SystemExit(EXIT_STOPPED)

    def _agreed(self, runner: Runner, done: int) -> bool:
        if runner.world_size == 1:
            return bool(self.received)
        if done % self.agree_every:
            return False
        flag = torch.tensor(self.received, device=get_device() if runner._distributed else 'cpu')
        all_reduce(flag, op='max')
        agreed = int(flag)
        self.received = self.received or agreed  # one that came meanwhile waits for the next agreement
        return bool(agreed)

    def _stop(self, runner: Runner, done: int) -> None:
        name = signal.Signals(self.received).name
        hooks = [hook for hook in runner.hooks if isinstance(hook, CheckpointHook)]
        if not hooks:
            runner.logger.warning(f'{name}: stopped at iteration {done}; there is no CheckpointHook to save with.')
        elif hooks[0].save_at(runner, done):
            runner.logger.warning(
                f'{name}: saved at iteration {done}; go on with --resume (exit status {EXIT_STOPPED})'
            )
        else:
            runner.logger.warning(f'{name}: stopped at iteration {done}; go on from an earlier one with --resume.')
        runner.visualizer.close()
        leave_processes()  # together: the launcher ends the others as soon as one has gone
        raise SystemExit(EXIT_STOPPED)
