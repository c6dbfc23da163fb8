"""torchrun that leaves the last word to the process that failed, which has said why. Used by dist_*.sh."""

import logging
import sys

from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import main

if __name__ == '__main__':
    logging.getLogger('torch.distributed.elastic').setLevel(logging.CRITICAL)
    try:
        main()
    except ChildFailedError as error:
        _, failure = error.get_first_failure()
        sys.exit(max(failure.exitcode, 1))  # below zero: killed by that signal
