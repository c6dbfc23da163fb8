"""Seconds from the command to a built Runner: ``python tools/benchmarks/startup.py CONFIG``.

Prints one line, ``RESULT {"imports_s": …, "built_s": …}``. Compare by running it in turn with the peer's counterpart.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

START = time.perf_counter()
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import read_config  # noqa: E402

from srcnn.engine import Runner  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description='Time the start of a run.')
    parser.add_argument('config', help='config file')
    args = parser.parse_args()
    imported = time.perf_counter() - START
    cfg = read_config(args.config)
    with tempfile.TemporaryDirectory() as folder:
        cfg.work_dir = folder
        cfg.log_level = 'ERROR'
        Runner.from_cfg(cfg)
        print('RESULT', json.dumps({'imports_s': imported, 'built_s': time.perf_counter() - START}))


if __name__ == '__main__':
    main()
