"""One process at a time."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

POLL = 0.1  # seconds between two attempts


@contextmanager
def locked(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock on ``path``, a file that is made for it and stays.

    The system takes a lock back when its process ends, in whatever way, so none is ever left behind.

    Args:
        path: The file.
        on_wait: Called once if another process holds the lock.

    Raises:
        OSError: The file cannot be made, or its file system has no locks.
    """
    with open(path, 'ab') as stream:
        if not _try_lock(stream):
            on_wait()
            while not _try_lock(stream):
                time.sleep(POLL)
        yield


if sys.platform == 'win32':
    import msvcrt

    def _try_lock(stream: BinaryIO) -> bool:
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _try_lock(stream: BinaryIO) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
