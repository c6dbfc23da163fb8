"""A training checkpoint as a small file to give away: ``publish_model.py IN OUT``.

Weights only, on the CPU; the first eight digits of the file's SHA-256 are added to its name. ``OUT`` ends in .pth or
.safetensors.
"""

import argparse
import hashlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import run

from srcnn.engine.checkpoint import NOT_WEIGHTS, read_checkpoint, weights_of
from srcnn.engine.write import whole_file
from srcnn.errors import InputError


def main() -> None:
    parser = argparse.ArgumentParser(description='Publish the weights of a checkpoint.')
    parser.add_argument('checkpoint', help='checkpoint file, or its http(s) address')
    parser.add_argument('out', help='file to write, .pth or .safetensors; the hash is added to its name')
    args = parser.parse_args()
    print(publish(args.checkpoint, Path(args.out)))


def publish(source: str, out: Path) -> Path:
    """Write the weights of ``source`` and return the file, named after its content.

    Raises:
        InputError: Unreadable checkpoint, unknown suffix, or no safetensors.
    """
    import torch

    if out.suffix not in ('.pth', '.safetensors'):
        raise InputError(f'{out}: the name must end in .pth or .safetensors.')
    weights = weights_of(read_checkpoint(source))  # where EMAHook is used, these are the averaged ones
    weights = {name: value.contiguous() for name, value in weights.items() if not NOT_WEIGHTS.match(name)}
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as part:
        if out.suffix == '.pth':
            torch.save({'state_dict': weights}, part)
        else:
            save_safetensors(weights, part)
    digest = hashlib.sha256(out.read_bytes()).hexdigest()[:8]
    return out.replace(out.with_name(f'{out.stem}-{digest}{out.suffix}'))


def save_safetensors(weights: dict, path: Path) -> None:
    try:
        from safetensors.torch import save_file
    except ModuleNotFoundError as error:
        raise InputError('.safetensors needs the package safetensors: pip install safetensors') from error
    save_file(weights, path)


if __name__ == '__main__':
    run(main)
