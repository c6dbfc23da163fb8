"""What the tools that compare methods share: which originals, which methods, which protocol, where to."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from srcnn.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from srcnn.evaluation.image_metric import ImageMetric

BUILT_IN = {'bicubic': 'Bicubic', 'nearest': 'Nearest'}


def add_method_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of every tool that compares methods."""
    parser.add_argument('originals', nargs='+', type=Path, metavar='ORIGINAL', help='high-resolution pictures')
    parser.add_argument('--scale', type=int, required=True, help='enlargement')
    parser.add_argument('--methods', nargs='+', default=['bicubic'], metavar='[LABEL=]SOURCE', help='see above')
    parser.add_argument('--lr', type=Path, help='folder of low-resolution pictures (default: made by imresize)')
    parser.add_argument('--out', nargs='+', type=Path, required=True, help='figures to write: .png, .pdf, .svg')
    parser.add_argument('--convert-to', metavar='COLOUR', help='score on Y, YCbCr, R, G or B (default: RGB)')
    parser.add_argument('--crop-border', type=int, help='pixels left out at the edges (default: the scale)')
    parser.add_argument('--width', type=float, default=7.0, help='of the figure, in inches (default: 7)')
    parser.add_argument('--dpi', type=int, default=300, help='of a PNG (default: 300)')
    parser.add_argument('--device', help='of networks (default: the GPU if there is one)')


def read_metrics(args: argparse.Namespace) -> 'list[ImageMetric]':
    """PSNR and SSIM by the protocol asked for, after a look at the other arguments, since networks take their time."""
    from srcnn.evaluation import PSNR, SSIM
    from srcnn.visualization.page import check_figure_path

    if args.scale < 1 or args.width <= 0 or args.dpi < 1:
        raise InputError('--scale, --width and --dpi must be greater than 0.')
    for path in args.out:
        check_figure_path(path)
    args.crop_border = args.scale if args.crop_border is None else args.crop_border
    args.made = f'low resolution from {args.lr}' if args.lr else "low resolution by MATLAB's imresize, rounded"
    protocol = {'crop_border': args.crop_border, 'convert_to': args.convert_to}
    return [PSNR(**protocol), SSIM(**protocol)]


def read_scenes(args: argparse.Namespace) -> Iterator[tuple[str, np.ndarray, dict[str, np.ndarray]]]:
    """For each original its name, its pixels, and what each method makes of it, by label."""
    from srcnn.apis.methods import apply_methods, make_method, pair

    methods = {}
    for text in args.methods:
        label, source = split_label(text)
        label = label or BUILT_IN.get(source, Path(source).stem)
        if label in methods:
            raise InputError(f'--methods: two are called {label}; give them names: NAME={source}.')
        methods[label] = make_method(source, args.scale, args.device)
    for path in args.originals:
        hr, lr = pair(path, args.scale, args.lr)
        yield path.stem, hr, apply_methods(methods, path.stem, hr, lr)


def split_label(text: str) -> tuple[str, str]:
    """``'LABEL=SOURCE'`` to both, ``'SOURCE'`` to an empty label and it; either may have an = in it."""
    parts = text.split('=')
    splits = [('='.join(parts[:i]), '='.join(parts[i:])) for i in range(len(parts))]
    there = (split for split in splits if Path(split[1].rpartition(',')[2]).exists())
    return next(there, splits[min(1, len(parts) - 1)])


def parse_numbers(option: str, text: str, count: int) -> list[int]:
    """``'3,4'`` to ``[3, 4]``."""
    parts = text.split(',')
    if len(parts) != count or not all(part.strip().isdigit() for part in parts):
        raise InputError(f'{option} {text}: give {count} whole numbers with commas between, such as 40,60,64,48.')
    return [int(part) for part in parts]


def write_whole(path: Path, text: str) -> None:
    """A text file, whole or an InputError."""
    from srcnn.engine.write import write_text

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
    except OSError as error:
        raise InputError(f'{path} cannot be written: {error.strerror}.') from None


def write_figures(figure: 'Figure', args: argparse.Namespace) -> None:
    """Write the figure in each format asked for."""
    from srcnn.visualization.page import save_figure

    for path in args.out:
        save_figure(figure, path, args.dpi)
        print(f'written: {path}')
