"""Prepare a data set: cropped originals, low-resolution images as MATLAB makes them, and their pixels for training.

    python tools/dataset_converters/prepare.py Set5 --source Set5.zip
    python tools/dataset_converters/prepare.py DIV2K --source DIV2K_train_HR.zip DIV2K_valid_HR.zip
    python tools/dataset_converters/prepare.py --name holiday --source ~/Pictures/2025
    python tools/dataset_converters/prepare.py Set5 --verify

May be interrupted and run again; never writes over a file that it did not make. docs/en/user_guides/dataset_prepare.md
says where each set is published and what is made of it.
"""

import argparse
import os
import sys
import time
from pathlib import Path

os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')  # the work is shared out by image; must precede numpy
for folder in (Path(__file__).resolve().parents[1], Path(__file__).resolve().parents[2]):
    sys.path.insert(0, str(folder))  # a clone need not be installed

from srcnn.errors import InputError  # noqa: E402
from srcnn.preparation import Report, prepare, verify  # noqa: E402
from srcnn.preparation.known_sets import KNOWN_SETS  # noqa: E402


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('set', nargs='?', metavar='SET', help=f'one of {", ".join(KNOWN_SETS)}')
    parser.add_argument('--name', help='a set of your own images, and the name of its folder, instead of SET')
    parser.add_argument('--source', nargs='+', metavar='PATH', help='folders or archives that hold the originals')
    parser.add_argument('--out', default='data', help='folder in which the set gets a folder (default: data)')
    parser.add_argument('--verify', action='store_true', help='check what was made before, by its checksums')
    parser.add_argument('--test', action='store_true', help='own images are to test with: folders GTmod12, LRbicx4 ...')
    parser.add_argument('--scales', nargs='+', type=int, help='default: 2 3 4, for test sets also 8')
    parser.add_argument('--mod-crop', type=int, help='crop originals to multiples of this (1: not at all)')
    parser.add_argument('--convention', choices=['double', 'uint8'], help='of im2double, or rounded after each pass')
    parser.add_argument('--edges', choices=['symmetric', 'replicate'], default='symmetric', help='beyond the border')
    parser.add_argument('--color', choices=['rgb', 'gray', 'unchanged'], help='default: rgb; own images unchanged')
    parser.add_argument(
        '--sub-images', nargs='?', type=int, const=True, metavar='SIZE', help='also cut (DIV2K, Flickr2K: into 480 px)'
    )
    parser.add_argument('--stride', type=int, help='distance of sub-images (default: half their size)')
    parser.add_argument('--make-lr', action='store_true', help='even where the publisher offers low-resolution images')
    parser.add_argument('--png', choices=['compressed', 'stored'], help='stored: larger, faster; default for DIV2K')
    parser.add_argument(
        '--cache',
        action=argparse.BooleanOptionalAction,
        help='keep the decoded pixels too, for data sets with cache=True; default for known sets to train on',
    )
    parser.add_argument('--workers', type=int, help='processes (default: one per core)')
    args = parser.parse_args()
    if args.stride and (args.sub_images is None or args.sub_images is True):
        parser.error('--stride needs --sub-images SIZE')
    if (args.set in (None, 'mine')) != bool(args.name):
        parser.error('give either the name of a SET or, for your own images, --name')
    if not (args.source or args.verify):
        parser.error('--source is needed: the folder or archive that holds the originals')
    if args.workers is not None and args.workers < 1:
        parser.error('--workers must be at least 1')
    return args


def main() -> int:
    args = parse_args()
    start = time.perf_counter()
    name = args.name or args.set
    if args.verify:
        report = verify(name, args.out, workers=args.workers)
        print(f'{report.root}: {report.kept} originals, {"checked" if not report.errors else "not as they were made"}')
    else:
        report = prepare(
            name,
            args.source,
            args.out,
            own=('test' if args.test else 'train') if args.name else None,
            scales=args.scales,
            mod_crop=args.mod_crop,
            sub_images=_sub_images(args),
            color=args.color,
            convention=args.convention,
            edges=args.edges,
            compress=None if args.png is None else args.png == 'compressed',
            make_lr=args.make_lr,
            cache=args.cache,
            workers=args.workers,
            progress=True,
        )
        _print(report, time.perf_counter() - start)
    for warning in report.warnings:
        print(f'warning: {warning}', file=sys.stderr)
    if report.errors:
        raise InputError('\n'.join([f'{len(report.errors)} files are not as they should be:', *report.errors]))
    return 0


def _sub_images(args: argparse.Namespace) -> tuple[int, int] | bool:
    if args.sub_images is None or args.sub_images is True:
        return args.sub_images is True
    return args.sub_images, args.stride or max(1, args.sub_images // 2)


def _print(report: Report, seconds: float) -> None:
    for folder, how in report.folders.items():
        print(f'{report.root / folder}: {how}')
    print(f'{report.made} images prepared, {report.kept} were there already, {seconds:.1f} s')


if __name__ == '__main__':
    from _cli import run  # not above, lest every worker import what it never needs

    run(main)
