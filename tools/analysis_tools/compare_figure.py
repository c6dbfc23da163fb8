"""A paper's comparison figure: the original with a marked detail, the detail by every method, scores below.

    python tools/analysis_tools/compare_figure.py ORIGINAL… --scale 4 --methods bicubic NAME=CHECKPOINT --out FIGURE.pdf

A method is [LABEL=]SOURCE, where SOURCE is `bicubic`, `nearest`, a folder of finished pictures or one picture, a
checkpoint, or CONFIG.py,CHECKPOINT. Low-resolution pictures are made from the originals, or given by --lr.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import run
from _methods import add_method_arguments, parse_numbers, read_metrics, read_scenes, write_figures

from srcnn.errors import InputError


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_method_arguments(parser)
    parser.add_argument('--zoom', nargs='+', metavar='X,Y,W,H', help='the detail; one, or one for each original')
    parser.add_argument('--zoom-size', metavar='W,H', help='of the detail that is found where the methods differ most')
    parser.add_argument('--layout', choices=['details', 'whole'], default='details', help='whole: all of each picture')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    metrics = read_metrics(args)
    zooms = [parse_numbers('--zoom', text, 4) for text in args.zoom or ()]
    if len(zooms) not in (0, 1, len(args.originals)):
        raise InputError(
            f'--zoom: {len(zooms)} details for {len(args.originals)} originals; give one, or one for each.'
        )
    size = parse_numbers('--zoom-size', args.zoom_size, 2) if args.zoom_size else None

    from srcnn.visualization.comparison_figure import Column, Scene, Version, comparison_figure
    from srcnn.visualization.detail import Detail, detail_size, most_different
    from srcnn.visualization.page import to_rgb8

    columns = [Column('PSNR', 2), Column('SSIM', 4)]
    scenes = []
    for i, (name, original, results) in enumerate(read_scenes(args)):
        if zooms:
            detail = Detail(*zooms[i % len(zooms)])
        else:
            images = [to_rgb8(img) for img in [*results.values(), original][: max(2, len(results))]]
            across, down = size or detail_size(original)
            detail = most_different(images, (across, down), border=args.crop_border)
        versions = [
            Version(label, img, [metric.score(img, original) for metric in metrics]) for label, img in results.items()
        ]
        for version in versions:
            scores = '  '.join(f'{metric.name} {score:.4f}' for metric, score in zip(metrics, version.scores))
            print(f'{name}  {version.title}  {scores}')
        print(f'{name}  detail {",".join(map(str, detail))} (x,y,w,h)')
        scenes.append(Scene(name, [*versions, Version('Original', original)], detail))
    note = f'PSNR in dB / SSIM: {metrics[0].describe()}; x{args.scale}, {args.made}.'
    print(note)
    write_figures(comparison_figure(scenes, columns, note, layout=args.layout, width=args.width), args)


if __name__ == '__main__':
    run(main)
