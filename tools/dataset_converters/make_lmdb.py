"""Put the images of folders into LMDBs, one FOLDER.lmdb beside each, in the layout that MMagic uses too.

    python tools/dataset_converters/make_lmdb.py data/DIV2K/DIV2K_train_HR_sub data/DIV2K/DIV2K_train_LR_bicubic/X4_sub
    python tools/dataset_converters/make_lmdb.py --raw data/DIV2K/DIV2K_train_HR

A config then names the database in place of the folder: data_prefix=dict(gt='DIV2K_train_HR_sub.lmdb', ...).
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from _cli import run

from srcnn.datasets.storage.write_lmdb import write_lmdb
from srcnn.errors import InputError


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folders', nargs='+', type=Path, metavar='FOLDER', help='folder of images')
    parser.add_argument('--out', type=Path, metavar='NAME.lmdb', help='of one folder: the database (FOLDER.lmdb)')
    parser.add_argument(
        '--raw',
        nargs='?',
        const='rgb',
        choices=['rgb', 'gray', 'unchanged'],
        help='store pixels, of these channels (rgb), in place of PNG files: larger, and nearly as fast as the cache',
    )
    args = parser.parse_args()
    if args.out and len(args.folders) > 1:
        parser.error('--out is for one folder')
    return args


def main() -> None:
    args = parse_args()
    for folder in args.folders:
        out = args.out or folder.resolve().with_name(f'{folder.resolve().name}.lmdb')
        if out.suffix != '.lmdb':
            raise InputError(f'--out {out}: the name of a database ends with .lmdb')
        start = time.perf_counter()
        count = write_lmdb(folder, out, args.raw)
        size = (out / 'data.mdb').stat().st_size
        print(f'{out}: {count} images, {size / 1e6:,.0f} MB, {time.perf_counter() - start:.1f} s')


if __name__ == '__main__':
    run(main)
