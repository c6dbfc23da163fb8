"""Does training in bfloat16 cost quality? The same runs in float32 and in mixed precision, seed by seed.

    python tools/benchmarks/mixed_precision.py CONFIG [--iters 3000] [--seeds 0 1 2] [--emulate] [--out FILE]

Prints the PSNR of each run on the config's validation set after the last iteration, the differences, and one line
``RESULT {"mean_difference": ...}``. With --emulate, each convolution's inputs, weights, outputs and gradients are
rounded to bfloat16 and computed in float32, as autocast's kernels do it: many times faster on a processor without
bfloat16 instructions, and the same but for the order of sums.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from _cli import merge_options, read_config, run
from mmengine.config import Config, DictAction
from mmengine.hooks import Hook
from torch import Tensor, nn
from torch.nn.utils import parametrize


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument('--iters', type=int, default=3000)
    parser.add_argument('--seeds', type=int, nargs='+', default=[0, 1, 2])
    parser.add_argument('--emulate', action='store_true', help='round to bfloat16, compute in float32')
    parser.add_argument('--out', type=Path, help='JSON of finished runs, which are not done again')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, metavar='KEY=VALUE', help='change the config')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    done = json.loads(args.out.read_text()) if args.out and args.out.exists() else {}
    for seed in args.seeds:
        for precision in ('float32', 'bfloat16'):
            name = f'{precision}, seed {seed}'
            if name not in done:
                done[name] = train(configured(args, seed, precision), args.emulate and precision == 'bfloat16')
            if args.out:
                args.out.write_text(json.dumps(done, indent=1))
            print(f'{name}: {done[name]:.4f} dB', flush=True)
    differences = [done[f'bfloat16, seed {seed}'] - done[f'float32, seed {seed}'] for seed in args.seeds]
    print('bfloat16 - float32:', ', '.join(f'{difference:+.4f}' for difference in differences), 'dB')
    print('RESULT', json.dumps({'mean_difference': statistics.mean(differences)}))


def configured(args: argparse.Namespace, seed: int, precision: str) -> Config:
    """The config for one run with a validation at its end."""
    cfg = read_config(args.config)
    merge_options(cfg, args.cfg_options)
    cfg.work_dir, cfg.launcher, cfg.log_level = tempfile.mkdtemp(), 'none', 'ERROR'
    cfg.experiment_name = f'{precision}_{seed}'
    cfg.randomness = {'seed': seed}
    cfg.train_cfg.max_iters = cfg.train_cfg.val_interval = args.iters
    cfg.default_hooks.checkpoint.interval = args.iters
    cfg.custom_hooks = []
    if precision == 'bfloat16' and not args.emulate:
        cfg.optim_wrapper.type, cfg.optim_wrapper.dtype = 'AmpOptimWrapper', 'bfloat16'
    return cfg


def train(cfg: Config, emulate: bool) -> float:
    """PSNR after the last iteration."""
    from srcnn.engine import Runner

    runner = Runner.from_cfg(cfg)
    for layer in runner.model.modules():
        if emulate and isinstance(layer, nn.Conv2d):
            parametrize.register_parametrization(layer, 'weight', Rounding())
            layer.register_forward_pre_hook(lambda layer, inputs: tuple(map(Rounding(layer.training), inputs)))
            layer.register_forward_hook(lambda layer, inputs, output: Rounding(layer.training)(output))
    scores = KeepScores()
    runner.register_hook(scores)
    runner.train()
    return scores.last['PSNR']


class KeepScores(Hook):
    """Of the last validation."""

    def after_val_epoch(self, runner: Any, metrics: dict[str, float] | None = None) -> None:
        self.last = metrics or {}


class Round(torch.autograd.Function):
    """To the nearest bfloat16, forwards and backwards."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.bfloat16().float()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return gradient.bfloat16().float()


class Rounding(nn.Module):
    """In training only, as validation is done in float32."""

    def __init__(self, training: bool = True) -> None:
        super().__init__()
        self.training = training

    def forward(self, x: Tensor) -> Tensor:
        return Round.apply(x) if self.training else x


if __name__ == '__main__':
    run(main)
