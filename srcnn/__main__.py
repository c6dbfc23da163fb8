"""``python -m srcnn`` is the command ``srcnn``."""

import sys

from srcnn.command import main

if __name__ == '__main__':
    sys.exit(main())
