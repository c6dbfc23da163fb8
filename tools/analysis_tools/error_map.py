"""Where methods are wrong: maps of the absolute difference to the original, on one scale, with a colour bar.

    python tools/analysis_tools/error_map.py ORIGINAL… --scale 4 --methods bicubic NAME=CHECKPOINT --out MAPS.png

Methods are given as to compare_figure.py. Errors are in levels of 0 to 255, the mean over R, G and B, or those of
--convert-to.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import run
from _methods import add_method_arguments, read_metrics, read_scenes, write_figures

from srcnn.errors import InputError


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_method_arguments(parser)
    parser.add_argument('--max', type=float, metavar='LEVELS', help='top of the scale (default: found)')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    if args.max is not None and not args.max > 0:
        raise InputError(f'--max {args.max}: the top of the scale must be greater than 0.')
    psnr = read_metrics(args)[0]

    from srcnn.visualization.error_figure import ErrorMap, common_top, error_figure, error_map

    rows = []
    for name, original, results in read_scenes(args):
        maps = []
        for label, img in results.items():
            values, score = error_map(img, original, args.convert_to), psnr.score(img, original)
            print(f'{name}  {label}  PSNR {score:.4f}  mean error {values.mean():.3f}  largest {values.max():.0f}')
            maps.append(ErrorMap(label, f'{score:.2f} dB', values))
        rows.append((name, maps))
    top = args.max or common_top([item.values for _, maps in rows for item in maps])
    colours = args.convert_to or 'mean over R, G, B'
    note = f'Absolute error in levels of 0..255 ({colours}). PSNR: {psnr.describe()}; x{args.scale}, {args.made}.'
    print(note)
    write_figures(error_figure(rows, note, top=top, width=args.width), args)


if __name__ == '__main__':
    run(main)
