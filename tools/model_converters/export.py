"""A network for other programs: ``export.py CHECKPOINT OUT``, where OUT ends in .onnx or .pt2 (torch.export).

    export.py model.pth model.onnx --config CONFIG --check data/Set5/GTmod4
    export.py model.pth model_int8.onnx --config CONFIG --check data/Set5/GTmod4 --int8 data/T91/HR

The file takes pictures of any size: (N, C, h, w) float32, 0..1, to (N, C, h*scale, w*scale). What it makes of the
pictures of --check, made small by imresize, is scored beside what PyTorch makes of them.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from _cli import run

from srcnn.errors import InputError

if TYPE_CHECKING:
    from srcnn.models import SuperResolver

FEW, SIDE = 32, 48  # pictures to calibrate on, and pixels of each


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('checkpoint', help='checkpoint file, or its http(s) address')
    parser.add_argument('out', type=Path, help='file to write: .onnx or .pt2')
    parser.add_argument('--config', help="the checkpoint's config, unless the checkpoint says which network it is for")
    parser.add_argument('--scale', type=int, help='enlargement, where the checkpoint does not tell')
    parser.add_argument('--check', type=Path, nargs='+', default=[], metavar='ORIGINALS', help='pictures, or folders')
    parser.add_argument('--int8', type=Path, nargs='+', metavar='ORIGINALS', help='8-bit ONNX, calibrated on these')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    if args.int8 and args.out.suffix != '.onnx':
        raise InputError(f'{args.out}: 8 bits are for ONNX; the name must end in .onnx.')
    check, calibration = (pictures_in(paths) for paths in (args.check, args.int8 or []))

    from srcnn.apis.export import compare, export_model, open_exported
    from srcnn.apis.quantize import quantize

    model = load(args)
    if args.int8:
        step = max(1, len(calibration) // FEW)
        pictures = [small[:SIDE, :SIDE] for _, small in pairs(calibration[::step], model)]
        with tempfile.TemporaryDirectory() as folder:
            export_model(model, Path(folder) / 'float.onnx')
            quantize(Path(folder) / 'float.onnx', args.out, pictures)
    else:
        export_model(model, args.out)
    print(f'{args.out}: {args.out.stat().st_size / 1000:.0f} kB, enlarges {model.scale} times')
    if not check:
        print('Not compared with PyTorch: --check names no pictures.')
        return
    found = compare(model, open_exported(args.out), pairs(check, model))
    kind = {'.onnx': 'ONNX Runtime', '.pt2': 'torch.export'}[args.out.suffix] + (', 8 bits' if args.int8 else '')
    print(f'PSNR of {found.pictures} pictures, {model.scale} px border cropped, rounded to 8 bit, all channels:')
    print(f'  {"PyTorch":<20}  {found.model:.4f} dB')
    print(f'  {kind:<20}  {found.exported:.4f} dB, {found.model - found.exported:.4f} dB lost')
    print(f'Largest difference of a pixel: {found.difference:.2g} of white')


def load(args: argparse.Namespace) -> 'SuperResolver':
    """The model of the command line; enlarging, even where its network wants pictures that are enlarged already."""
    from srcnn.apis.inference import init_model
    from srcnn.apis.recognise import model_of
    from srcnn.engine.checkpoint import read_checkpoint
    from srcnn.models.enlarged import Enlarged

    if not args.config:
        return model_of(read_checkpoint(args.checkpoint), args.checkpoint, args.scale).eval()
    model = init_model(args.config, args.checkpoint, device='cpu')
    if model.scale == 1 and args.scale and args.scale > 1:
        model.generator = Enlarged(model.generator, args.scale)
    if args.scale not in (None, model.scale):
        raise InputError(f'--scale {args.scale}: the network of {args.config} enlarges {model.scale} times.')
    return model.eval()


def pictures_in(paths: list[Path]) -> list[Path]:
    """Picture files among ``paths`` and in the folders among them."""
    from srcnn.image.io import IMAGE_SUFFIXES

    found = []
    for path in paths:
        if not path.exists():
            raise InputError(f'{path}: no such file or folder.')
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [file for file in inside if file.suffix.lower() in IMAGE_SUFFIXES]
    if paths and not found:
        raise InputError(f'{paths[0]}: no pictures here.')
    return found


def pairs(paths: list[Path], model: 'SuperResolver') -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Originals and what the network gets: RGB, or Y for a network of one channel, made small by imresize."""
    from srcnn.apis.export import input_channels
    from srcnn.image.color import rgb_to_y
    from srcnn.image.crop import mod_crop
    from srcnn.image.io import read_image
    from srcnn.image.resize import imresize

    gray = input_channels(model) == 1
    for path in paths:
        original = mod_crop(read_image(path, color='rgb'), model.scale)
        original = rgb_to_y(original) if gray else original
        yield original, imresize(original, 1 / model.scale, convention='double')


if __name__ == '__main__':
    run(main)
