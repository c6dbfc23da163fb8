"""Let the C library keep the memory that tensors leave behind.

glibc hands every block of more than a few MB back to the system when it is freed. A training step frees and takes the
same activations again, some tens of MB each, and the system then fills each of their pages with zeros: more than half
of an SRCNN step on a CPU is spent on that. PyTorch has no allocator of its own for the CPU; its tuning guide advises
jemalloc or tcmalloc for this reason, which would have to be installed.
"""

import ctypes
import sys
from contextlib import suppress

# Parameters of mallopt(3)
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST = 2**31 - 1  # they are ints: from 2 GB on, blocks do go back


def keep_freed_memory() -> bool:
    """From now on, this process keeps what it frees for its next use; returns whether it could be told so.

    Only glibc (most Linux systems) can, and only it needs to. Costs nothing but that the memory in use stays at its
    highest. Processes forked later do likewise.
    """
    if sys.platform == 'linux':
        with suppress(AttributeError, OSError):  # another C library
            mallopt = ctypes.CDLL(None).mallopt
            return bool(mallopt(M_MMAP_THRESHOLD, LARGEST) and mallopt(M_TRIM_THRESHOLD, LARGEST))
    return False
