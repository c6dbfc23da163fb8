"""What goes wrong in the processes that load data, in words."""

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from torch.utils.data import dataloader
from torch.utils.data._utils import signal_handling

from srcnn.errors import InputError

# An InputError of a worker arrives with the worker's traceback round it
_WRAPPED = re.compile(r'^Caught .*InputError: (.*)', re.DOTALL)
WORKER_FAULTS = (InputError, RuntimeError, ConnectionError, EOFError)  # what a data loader raises for its workers


@contextmanager
def worker_faults_named() -> Iterator[None]:
    """Raise what a data loader's worker met as if it had been met here, and only where a batch is asked for.

    Raises:
        InputError: That of the worker, without its traceback; or one that says that it died.
    """
    # torch would have a signal handler raise, at any point of the step that is being computed when a worker dies
    before, signal_handling._SIGCHLD_handler_set = signal_handling._SIGCHLD_handler_set, True
    try:
        yield
    except InputError as error:
        if wrapped := _WRAPPED.match(str(error)):
            raise type(error)(wrapped.group(1).strip()) from error
        raise
    except (RuntimeError, ConnectionError, EOFError) as error:
        if _of_a_worker(error):
            raise InputError(
                'A process that loads data (num_workers) was killed, most often for want of memory. What was saved '
                'stays: lower num_workers or batch_size, or make room, and go on with --resume.'
            ) from error
        raise
    finally:
        signal_handling._SIGCHLD_handler_set = before


def _of_a_worker(error: Exception) -> bool:
    """Whether a worker has died: torch says so, or the connection to it is cut."""
    if isinstance(error, RuntimeError):
        return str(error).startswith('DataLoader worker')
    return any(frame.filename == dataloader.__file__ for frame in traceback.extract_tb(error.__traceback__))
