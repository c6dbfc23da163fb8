"""Check pictures before training on them: damaged files, pairs that do not fit, copies, leaks from test sets.

    python tools/dataset_converters/check_pairs.py --gt data/mine/HR --against data/Set5/GTmod4 data/Set14/GTmod4
    python tools/dataset_converters/check_pairs.py --gt data/mine/HR --img data/mine/LRbicx4 --scale 4

Ends with status 1 if anything was found. docs/en/user_guides/dataset_prepare.md says what is found and what is not.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')  # the work is shared out by image; must precede numpy
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import cv2
from _cli import run

from srcnn.datasets.inspection import KINDS, Report, inspect_folders
from srcnn.errors import InputError

SHOWN = 20  # of each kind


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--gt', required=True, metavar='FOLDER', help='originals')
    parser.add_argument('--img', metavar='FOLDER', help='their low-resolution images')
    parser.add_argument('--scale', type=int, help='how many times larger the originals are; needed with --img')
    parser.add_argument('--template', default='{}', help="name of a low-resolution image, such as '{}x4' (default: {})")
    parser.add_argument(
        '--against', nargs='+', default=[], metavar='FOLDER', help='test pictures that must not be in --gt'
    )
    parser.add_argument('--crops', action='store_true', help='also look for parts of test pictures (much slower)')
    parser.add_argument('--recursive', action='store_true', help='also look into sub-folders')
    parser.add_argument('--json', metavar='FILE', help='write everything found to this file')
    parser.add_argument('--workers', type=int, help='threads (default: one per core)')
    args = parser.parse_args()
    if args.img and args.scale is None:
        parser.error('--img needs --scale')
    if args.crops and not args.against:
        parser.error('--crops needs --against')
    for name in ('scale', 'workers'):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            parser.error(f'--{name} must be at least 1')
    return args


def main() -> int:
    args = parse_args()
    start = time.perf_counter()
    cv2.setNumThreads(1)
    report = inspect_folders(
        args.gt,
        args.img,
        scale=args.scale or 1,
        template=args.template,
        against=args.against,
        crops=args.crops,
        recursive=args.recursive,
        workers=args.workers,
        progress=True,
    )
    show(report)
    print(
        f'{report.images} originals, {report.pairs} pairs, {report.test_images} test pictures in '
        f'{time.perf_counter() - start:.1f} s: {len(report.findings) or "no"} faults'
    )
    if args.json:
        save(report, Path(args.json))
    return 1 if report.findings else 0


def show(report: Report) -> None:
    """Print what was found, by kind, the first of each."""
    counts = Counter(finding.kind for finding in report.findings)
    for kind, count in counts.items():
        print(f'{KINDS[kind]}: {count}')
        for finding in [finding for finding in report.findings if finding.kind == kind][:SHOWN]:
            print(f'    {finding.message}')
        if count > SHOWN:
            print(f'    … and {count - SHOWN} more (--json FILE writes all)')


def save(report: Report, path: Path) -> None:
    """Write the report as JSON."""
    text = json.dumps(asdict(report), indent=1)
    try:
        path.write_text(text + '\n', encoding='utf-8')
    except OSError as error:
        raise InputError(f'{path} cannot be written: {error.strerror}') from None


if __name__ == '__main__':
    run(main)
