"""The filters of a network's first layer as a picture: ``plot_filters.py CHECKPOINT… --out FILTERS.png``."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import run
from _methods import split_label


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description='Show the filters of the first layer, by falling variance.')
    parser.add_argument('checkpoints', nargs='+', metavar='[LABEL=]CHECKPOINT', help='file or http(s) address')
    parser.add_argument('--out', nargs='+', type=Path, required=True, help='figures to write: .png, .pdf, .svg')
    parser.add_argument('--layer', help='another layer on 1 or 3 channels, such as generator.conv1')
    parser.add_argument('--columns', type=int, help='filters in a row (default: the square root of their number)')
    parser.add_argument('--common-scale', action='store_true', help='strong filters stand out; default: each by itself')
    parser.add_argument('--width', type=float, default=3.5, help='of each picture in inches (default: 3.5)')
    parser.add_argument('--dpi', type=int, default=300, help='of a PNG (default: 300)')
    return parser.parse_args()


def main() -> None:
    args = parse_args()

    from srcnn.engine.checkpoint import read_checkpoint, weights_of
    from srcnn.visualization.filter_grid import filter_grid, first_filters
    from srcnn.visualization.page import check_figure_path, pictures_in_a_row, save_figure

    for path in args.out:
        check_figure_path(path)
    grids = []
    for text in args.checkpoints:
        label, source = split_label(text)
        layer, filters = first_filters(weights_of(read_checkpoint(source)), source, args.layer)
        count, channels, height, width = filters.shape
        print(f'{source}: {layer}, {count} filters of {height}x{width} on {channels} channel(s)')
        grid = filter_grid(filters, columns=args.columns, common=args.common_scale)
        grids.append((label, grid))
    figure = pictures_in_a_row(grids, args.width)
    for path in args.out:
        save_figure(figure, path, args.dpi)
        print(f'written: {path}')


if __name__ == '__main__':
    run(main)
