"""Seconds per iteration of a whole recipe: training, log, checkpoints and validation, as they come.

    python tools/benchmarks/resident.py CONFIG [--amp] [--iters 20000] [--every 5000] [--images 64]

Pairs of noise, 480 x 480 for training and as large as those of Set5 for validation, take the place of the config's
data, so that it runs on a machine without. Time counts from the end of the first validation to that of the last. Speed
is compared with a large matrix product on the same device in the same number format (TF32 on a GPU without --amp).
Prints ``RESULT {"iter_ms": ..., "step_ms": ..., "validation_s": ..., "tflops": ..., "peak_tflops": ...,
"share_of_peak": ..., "hours": ...}``: ``step_ms`` is that of training alone, ``hours`` the time of
1,000,000 iterations.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import merge_options, read_config, run
from mmengine.config import Config, DictAction

from srcnn.errors import InputError

SET5 = ((512, 512), (288, 288), (256, 256), (280, 280), (344, 228))  # heights and widths


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument('--amp', action='store_true', help='mixed precision')
    parser.add_argument('--iters', type=int, default=20_000)
    parser.add_argument('--every', type=int, default=5000, help='iterations between two validations')
    parser.add_argument('--images', type=int, default=64, help='for training')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, metavar='KEY=VALUE', help='change the config')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    if args.iters < 2 * args.every:
        raise InputError(f'--iters {args.iters}: take at least {2 * args.every}, two validations.')
    with tempfile.TemporaryDirectory() as folder:
        cfg = configured(args, Path(folder))
        print('RESULT', json.dumps(timed(cfg, args)))


def configured(args: argparse.Namespace, folder: Path) -> Config:
    """The config on data of noise."""
    cfg = read_config(args.config)
    scale = cfg.model.generator.get('upscale_factor', 4)
    make_pairs(folder / 'train', [(480, 480)] * args.images, scale)
    make_pairs(folder / 'val', SET5, scale)
    for phase in ('train', 'val'):
        dataset = cfg[f'{phase}_dataloader'].dataset
        dataset.update(data_root=str(folder / phase), data_prefix={'img': 'LR', 'gt': 'HR'}, ann_file='')
        dataset.pop('filename_tmpl', None)
    cfg.test_dataloader = cfg.test_evaluator = cfg.test_cfg = None
    cfg.work_dir, cfg.launcher, cfg.custom_hooks = str(folder / 'run'), 'none', []
    cfg.train_cfg.update(max_iters=args.iters, val_interval=args.every)
    cfg.default_hooks.checkpoint.interval = args.every
    if args.amp:
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
    merge_options(cfg, args.cfg_options)
    return cfg


def make_pairs(folder: Path, sizes: Any, scale: int) -> None:
    """Originals of noise, and low-resolution images that fit them."""
    import numpy as np

    from srcnn.image.io import write_image

    random = np.random.default_rng(0)
    for name, factor in (('HR', 1), ('LR', scale)):
        (folder / name).mkdir(parents=True)
        for i, (height, width) in enumerate(sizes):
            shape = (height // scale * scale // factor, width // scale * scale // factor, 3)
            write_image(folder / name / f'{i:04}.png', random.integers(0, 256, shape, dtype=np.uint8))


def timed(cfg: Config, args: argparse.Namespace) -> dict[str, float]:
    """Train, and compare with the device's peak."""
    import torch
    from mmengine.hooks import Hook

    from srcnn.apis.complexity import count_flops, peak_flops
    from srcnn.engine import Runner

    class Clock(Hook):
        """When validations begin and end."""

        def __init__(self) -> None:
            self.times: dict[str, list[float]] = {'begin': [], 'end': []}

        def before_val(self, runner: Runner) -> None:
            self.times['begin'].append(time.perf_counter())

        def after_val(self, runner: Runner) -> None:
            self.times['end'].append(time.perf_counter())

    runner, clock = Runner.from_cfg(cfg), Clock()
    runner.register_hook(clock, priority='LOWEST')
    runner.train()
    begins, ends = clock.times['begin'], clock.times['end']
    validation = statistics.median(end - begin for begin, end in zip(begins[1:], ends[1:]))
    whole = (ends[-1] - ends[0]) / (args.iters - args.every)
    network, size = runner.model.generator, runner.train_loop.pairs.recipe.low_size
    device = next(network.parameters()).device
    inputs = torch.rand(cfg.train_dataloader.batch_size, 3, size, size, device=device)
    flops = count_flops(lambda: network(inputs).mean().backward())
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32  # as convolutions are computed
    peak = peak_flops(device, torch.bfloat16 if args.amp else torch.float32, 8192 if device.type == 'cuda' else 1024)
    return {
        'iter_ms': round(whole * 1e3, 4),
        'step_ms': round((whole - validation / args.every) * 1e3, 4),
        'validation_s': round(validation, 3),
        'tflops': flops / whole / 1e12,
        'peak_tflops': round(peak / 1e12, 2),
        'share_of_peak': flops / whole / peak,
        'hours': round(whole * 1e6 / 3600, 3),
    }


if __name__ == '__main__':
    run(main)
