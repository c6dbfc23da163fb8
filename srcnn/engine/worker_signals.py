"""Processes that load data leave it to the one they load for to stop in order.

torchrun, Slurm and a terminal send a signal to all processes of a job. If those that load data ended by it, the run
could not finish its iteration and save.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial

from torch.utils.data import DataLoader


def shield_workers(loader: DataLoader) -> None:
    """Let the workers of ``loader`` heed the signals of their parent only (Linux), from their next start."""
    loader.worker_init_fn = partial(_start, loader.worker_init_fn)


def _start(init: Callable[[int], None] | None, number: int) -> None:
    if sys.platform == 'linux':
        signals = {signal.SIGTERM, signal.SIGINT, signal.SIGUSR1}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        threading.Thread(target=_wait, args=(signals,), daemon=True).start()
    if init is not None:
        init(number)


def _wait(signals: set[signal.Signals]) -> None:
    while sys.platform == 'linux':
        if signal.sigwaitinfo(signals).si_pid == os.getppid():
            os._exit(0)
