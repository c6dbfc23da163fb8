"""Milliseconds to load one training sample of a config: from files, and from the cache.

    python tools/benchmarks/load_sample.py CONFIG [--cache FOLDER] [--cfg-options KEY=VALUE ...]

The data set is that of train_dataloader, in this process (num_workers=0). Prints one line,
``RESULT {"files_ms": …, "cache_ms": …, "ratio": …, "start_s": …, "private_mb": …}``; start_s is the time to open and
check the data set once the cache exists, private_mb the memory that belongs to this process alone since before that
(the pages of the map are everybody's). An environment with MMagic times its loader with the same script and config, or
with its own, with --peer: ``RESULT {"files_ms": …}``.
"""

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import merge_options, read_config, run
from mmengine.config import DictAction


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument('--cache', default=True, metavar='FOLDER', help='default: beside the images')
    parser.add_argument('--files', type=int, default=50, metavar='N', help='samples to load from files')
    parser.add_argument('--cached', type=int, default=10000, metavar='N', help='samples to load from the cache')
    parser.add_argument('--peer', action='store_true', help="time MMagic's loader")
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, metavar='KEY=VALUE', help='change the config')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    cfg = read_config(args.config)
    merge_options(cfg, args.cfg_options)
    node = cfg.train_dataloader.dataset
    if args.peer:
        print('RESULT', json.dumps({'files_ms': milliseconds(peer(node), args.files)}))
        return

    from srcnn.registry import DATASETS

    node = {'_scope_': 'srcnn', **node}
    files = milliseconds(DATASETS.build({**node, 'cache': None}), args.files)
    DATASETS.build({**node, 'cache': args.cache})
    before, start = private_memory(), time.perf_counter()
    dataset = DATASETS.build({**node, 'cache': args.cache})
    opened = time.perf_counter() - start
    cached = milliseconds(dataset, args.cached)
    figures = {'files_ms': files, 'cache_ms': cached, 'ratio': files / cached, 'start_s': opened}
    print('RESULT', json.dumps(figures | {'private_mb': (private_memory() - before) / 1e6}))


def milliseconds(dataset: Any, count: int) -> float:
    """The average over ``count`` samples in random order, after as many as there are images to warm up on."""
    order = random.Random(0).choices(range(len(dataset)), k=count)
    for i in order[: len(dataset)]:
        dataset[i]
    start = time.perf_counter()
    for i in order:
        dataset[i]
    return (time.perf_counter() - start) / count * 1e3


def private_memory() -> int:
    """Bytes of this process that are neither shared nor read from files; 0 where the system does not say."""
    try:
        lines = Path(f'/proc/{os.getpid()}/smaps_rollup').read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith('Anonymous:'))


def peer(node: dict) -> Any:
    """MMagic's data set of the same config."""
    from mmagic.registry import DATASETS
    from mmagic.utils import register_all_modules

    register_all_modules()
    return DATASETS.build(node)


if __name__ == '__main__':
    run(main)
