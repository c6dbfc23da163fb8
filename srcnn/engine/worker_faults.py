"""What goes wrong in the processes that load data, in words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from srcnn.errors import InputError

# torch: 'DataLoader worker (pid 7) is killed by signal: Killed.', '… exited unexpectedly'
_DIED = re.compile(r'DataLoader worker \(pid.*?\) (.*)', re.DOTALL)
# An InputError of a worker arrives with the worker's traceback round it
_WRAPPED = re.compile(r'^Caught .*InputError: (.*)', re.DOTALL)


@contextmanager
def worker_faults_named() -> Iterator[None]:
    """Raise what a data loader's worker met as if it had been met here.

    Raises:
        InputError: That of the worker, without its traceback; or one that says that it died.
    """
    try:
        yield
    except InputError as error:
        if wrapped := _WRAPPED.match(str(error)):
            raise type(error)(wrapped.group(1).strip()) from error
        raise
    except RuntimeError as error:
        if died := _DIED.search(str(error)):
            how = died.group(1).strip().splitlines()[0].rstrip('.')
            raise InputError(
                f'A process that loads data (num_workers) {how}, most often for want of memory. What was saved stays: '
                'lower num_workers or batch_size, or make room, and go on with --resume.'
            ) from error
        raise
