"""torchrun without its traceback when a process fails, since that process has said why. Used by dist_*.sh."""

import sys

from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import main

if __name__ == '__main__':
    try:
        main()
    except ChildFailedError as error:
        _, failure = error.get_first_failure()
        sys.exit(max(failure.exitcode, 1))  # below zero: killed by that signal
