"""Decode the images of a config's data sets ahead of a run, as `cache` in the config does on first use.

python tools/dataset_converters/build_cache.py CONFIG            # data sets that set cache=True or a folder
python tools/dataset_converters/build_cache.py CONFIG --cache    # all of them, beside their images
python tools/dataset_converters/build_cache.py CONFIG --verify   # also read it again and compare checksums
"""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from _cli import merge_options, read_config, run
from mmengine.config import DictAction

from srcnn.datasets import BasicImageDataset
from srcnn.engine.check_config import check_config
from srcnn.errors import InputError, MissingDataError
from srcnn.registry import DATASETS


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument('--cache', nargs='?', const=True, metavar='FOLDER', help='for data sets that set none')
    parser.add_argument('--verify', action='store_true', help='compare what is there with its checksums')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, metavar='KEY=VALUE', help='change the config')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    cfg = read_config(args.config)
    merge_options(cfg, args.cfg_options)
    check_config(cfg)
    loaders = [cfg.get(f'{phase}_dataloader') for phase in ('train', 'val', 'test')]
    wanted = [{'_scope_': 'srcnn', 'cache': args.cache, **node} for node in image_sets(loaders)]
    wanted = [node for node in wanted if node['cache']]
    if not wanted:
        raise InputError(f'{args.config}: no data set sets cache=True; add it to the config, or give --cache.')
    for node in wanted:
        start = time.perf_counter()
        try:
            dataset = DATASETS.build(node)
        except MissingDataError as error:
            print(f'left out: {error}', file=sys.stderr)
            continue
        for pack in dataset.packs:
            size = pack.path.stat().st_size
            print(f'{pack.path}: {len(pack.entries)} images, {size / 1e6:,.0f} MB, {time.perf_counter() - start:.1f} s')
            if args.verify and (damaged := list(pack.damaged())):
                raise InputError(
                    f'{pack.path}: {len(damaged)} images are not as they were written, the first {damaged[0]}; remove '
                    'the file, and look after the disk.'
                )


def image_sets(node: Any) -> Iterator[Mapping]:
    """The config of every data set of images below ``node``, however it is wrapped."""
    if isinstance(node, Mapping):
        if node.get('type') in ('BasicImageDataset', BasicImageDataset):
            yield node
        node = list(node.values())
    if isinstance(node, (list, tuple)):
        for item in node:
            yield from image_sets(item)


if __name__ == '__main__':
    run(main)
