"""Parameters, multiply-adds, activations and speed of a config's network.

    python tools/analysis_tools/get_flops.py CONFIG [--shape 3 180 320] [--amp] [--device cuda]

The default input is enlarged to 1280 x 720, which papers count for. Speed is compared with that of a large matrix
product on the same device with the same number format, measured in the same run.
"""

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import merge_options, read_config, run
from mmengine.config import DictAction

from srcnn.errors import InputError


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument('--shape', type=int, nargs='+', metavar='N', help='of the input: C H W, H W, or one side')
    parser.add_argument('--amp', action='store_true', help='bfloat16')
    parser.add_argument('--device', help='default: the GPU if there is one')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, metavar='KEY=VALUE', help='change the config')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    cfg = read_config(args.config)
    merge_options(cfg, args.cfg_options)

    import torch
    from mmengine.device import get_device

    from srcnn.apis.complexity import complexity, count_flops, peak_flops, seconds_per_call
    from srcnn.engine.freed_memory import keep_freed_memory
    from srcnn.registry import MODELS

    keep_freed_memory()
    device = torch.device(args.device or get_device())
    model = MODELS.build({'_scope_': 'srcnn', **cfg.model}).to(device).eval()
    network = model.generator
    inputs = torch.rand(1, *input_shape(args.shape, network), device=device)
    counted = complexity(network, inputs)
    dtype = torch.bfloat16 if args.amp else torch.float32

    def step(training: bool) -> None:
        with torch.autocast(device.type, torch.bfloat16, enabled=args.amp), torch.set_grad_enabled(training):
            output = network(inputs)
        if training:
            output.float().mean().backward()

    print(f'network         {type(network).__name__} x{network.scale}')
    print(f'input           {describe(inputs.shape)}, output {describe(counted.output)}')
    print(f'parameters      {counted.parameters:,}')
    print(f'multiply-adds   {counted.multiply_adds / 1e9:.2f} G (convolutions and matrix products)')
    print(f'activations     {counted.activations / 1e6:.2f} M')
    peak = peak_flops(device, dtype)
    where = f'{torch.get_num_threads()} threads' if device.type == 'cpu' else torch.cuda.get_device_name(device)
    print(f'device          {device.type}, {where}, {str(dtype)[6:]}: {peak / 1e9:.0f} Gflop/s in a matrix product')
    for name, training in (('forward', False), ('with backward', True)):
        flops = count_flops(partial(step, training))
        seconds = seconds_per_call(partial(step, training), device)
        print(
            f'{name:15} {seconds * 1e3:.1f} ms, {flops / seconds / 1e9:.0f} Gflop/s, {flops / seconds / peak:.0%} of it'
        )


def input_shape(given: list[int] | None, network: Any) -> tuple[int, int, int]:
    """(C, h, w) of what --shape says; C as the first convolution wants it where nothing is said."""
    from torch.nn import Conv2d

    channels = next((layer.in_channels for layer in network.modules() if isinstance(layer, Conv2d)), 3)
    if given is None:
        return channels, 720 // network.scale, 1280 // network.scale
    if len(given) > 3 or min(given) < 1:
        raise InputError(f'--shape {" ".join(map(str, given))}: give C H W, H W or one number, each at least 1.')
    height, width = given[-2:] if len(given) > 1 else given * 2
    return (given[0] if len(given) == 3 else channels), height, width


def describe(shape: tuple[int, ...]) -> str:
    return f'{shape[-3]} x {shape[-2]} x {shape[-1]}'


if __name__ == '__main__':
    run(main)
