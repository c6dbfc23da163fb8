"""Weights in the layout of another program: ``convert_weights.py IN OUT [--to LAYOUT]``.

    mmagic   MMagic, mmediting and this package: generator.conv1.weight, ... under state_dict
    plain    a bare state dict, as of yjn870's SRCNN-pytorch: conv1.weight, ...
    basicsr  BasicSR: conv1.weight, ... under params
    matlab   SRCNN's authors: weights_conv1, biases_conv1, ... of a network of three layers on Y

IN is any of these, recognised by its content, or an http(s) address. OUT ends in .pth, .safetensors (mmagic and plain
only) or .mat (matlab only).
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import run

from srcnn.errors import InputError

LAYOUTS = {'.pth': ('mmagic', 'plain', 'basicsr'), '.safetensors': ('mmagic', 'plain'), '.mat': ('matlab',)}
PREFIX = 'generator.'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('checkpoint', help='file to read, or its http(s) address')
    parser.add_argument('out', type=Path, help='file to write: .pth, .safetensors or .mat')
    parser.add_argument('--to', choices=['mmagic', 'plain', 'basicsr', 'matlab'], help='default: mmagic, or by suffix')
    args = parser.parse_args()
    if args.out.suffix not in LAYOUTS:
        raise InputError(f'{args.out}: the name must end in one of {", ".join(LAYOUTS)}.')
    layout = args.to or LAYOUTS[args.out.suffix][0]
    if layout not in LAYOUTS[args.out.suffix]:
        raise InputError(f'--to {layout}: not in a {args.out.suffix} file, which may be {LAYOUTS[args.out.suffix]}.')
    convert(args.checkpoint, args.out, layout)


def convert(source: str, out: Path, layout: str) -> None:
    """Read, rename, write, and say what the new file cannot say."""
    from srcnn.engine.checkpoint import NOT_WEIGHTS, read_checkpoint, weights_of

    checkpoint = read_checkpoint(source)
    weights = {name.removeprefix('module.'): value for name, value in weights_of(checkpoint).items()}
    weights = {
        name.removeprefix(PREFIX): value.detach().cpu().contiguous()
        for name, value in weights.items()
        if not NOT_WEIGHTS.match(name)
    }
    meta = checkpoint.get('meta')
    cfg = meta.get('cfg') if isinstance(meta, Mapping) else None
    out.parent.mkdir(parents=True, exist_ok=True)
    write(out, layout, weights, cfg if isinstance(cfg, str) else None)
    count = sum(value.numel() for value in weights.values())
    print(f'{out}: {count:,} numbers in {len(weights)} tensors, layout of {layout}')
    replicates = bool(cfg) and 'replicate' in str(cfg)
    if replicates and (layout != 'mmagic'):
        note = 'which the file does not say: give padding_mode="replicate" to whatever loads it.'
        print('note: these weights are for replicated borders, ' + ('as there.' if layout == 'matlab' else note))
    elif layout == 'matlab':
        print("note: the authors' program replicates borders; if this network was trained with zeros, borders differ.")
    elif replicates:
        print('note: these weights are for replicated borders; the file says so here, but MMagic takes zeros.')


def write(out: Path, layout: str, weights: dict, cfg: str | None) -> None:
    """One file of ``weights`` (conv1.weight, ...); ``cfg``, the text of a config, where there is a place for it."""
    import torch

    from srcnn.engine.foreign.matlab import write_matlab
    from srcnn.engine.write import whole_file

    prefixed = {PREFIX + name: value for name, value in weights.items()}
    with whole_file(out) as part:
        if layout == 'matlab':
            write_matlab(part, weights)
        elif out.suffix == '.safetensors':
            write_safetensors(part, prefixed if layout == 'mmagic' else weights, cfg)
        elif layout == 'mmagic':
            torch.save({'meta': {'cfg': cfg} if cfg else {}, 'state_dict': prefixed}, part)
        else:
            torch.save({'params': weights} if layout == 'basicsr' else weights, part)


def write_safetensors(path: Path, weights: dict, cfg: str | None) -> None:
    try:
        from safetensors.torch import save_file
    except ModuleNotFoundError as error:
        raise InputError('Writing .safetensors needs the package safetensors: pip install "srcnn[export]"') from error
    save_file(weights, path, {'format': 'pt'} | ({'cfg': cfg} if cfg else {}))


if __name__ == '__main__':
    run(main)
