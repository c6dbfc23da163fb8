"""Seconds per training iteration of a config, in turn with a peer and with a bare PyTorch loop.

    python tools/benchmarks/train.py CONFIG [--iters 24] [--rounds 3] [--peer 'COMMAND'] [--bare] [--amp]

Each round starts each contestant as a process of its own: the Runner as `tools/train.py` starts it, without validation;
with --bare, the same network, loss, optimizer and data without the Runner; with --peer, any command that prints a line
``RESULT {"iter_s": ...}``. Prints each round and the medians, ``RESULT {"iter_s": ..., "data_s": ..., "bare_s": ...,
"peer_s": ..., "times_faster": ..., "runner_cost": ...}``; the ratios are medians of the rounds' own.
"""

import argparse
import json
import shlex
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import merge_options, read_config, run
from _contest import in_turn
from mmengine.config import Config, DictAction


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument('--iters', type=int, default=24, help='of each run; the first third is not counted')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--peer', metavar='COMMAND', help='time this too')
    parser.add_argument('--bare', action='store_true', help='time a loop without Runner too')
    parser.add_argument('--amp', action='store_true', help='mixed precision')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, metavar='KEY=VALUE', help='change the config')
    parser.add_argument('--one', choices=['ours', 'bare'], help=argparse.SUPPRESS)  # a run in its own process
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    if args.one:
        cfg = configured(args)
        print('RESULT', json.dumps((time_ours if args.one == 'ours' else time_bare)(cfg)))
        return
    again = [sys.executable, *sys.argv]
    commands = {'ours': [*again, '--one', 'ours']}
    if args.bare:
        commands['bare'] = [*again, '--one', 'bare']
    if args.peer:
        commands['peer'] = shlex.split(args.peer)
    print('RESULT', json.dumps(summary(in_turn(commands, args.rounds, 'iter_s'))))


def summary(rounds: list[dict[str, dict]]) -> dict[str, float]:
    """Medians over the rounds."""

    def median(of: Any) -> float:
        return statistics.median(map(of, rounds))

    figures = {'iter_s': median(lambda r: r['ours']['iter_s']), 'data_s': median(lambda r: r['ours']['data_s'])}
    for name, ratio in (('bare', 'runner_cost'), ('peer', 'times_faster')):
        if name in rounds[0]:
            figures[f'{name}_s'] = median(lambda r, name=name: r[name]['iter_s'])
            cost = median(lambda r, name=name: r['ours']['iter_s'] / r[name]['iter_s'])
            figures[ratio] = cost - 1 if name == 'bare' else 1 / cost
    return figures


def configured(args: argparse.Namespace) -> Config:
    """The config for a short run with nothing but training in it."""
    cfg = read_config(args.config)
    merge_options(cfg, args.cfg_options)
    cfg.work_dir, cfg.launcher = tempfile.mkdtemp(), 'none'
    cfg.log_level, cfg.custom_hooks = 'ERROR', []
    cfg.train_cfg.max_iters = args.iters
    for phase in ('val', 'test'):
        for key in ('dataloader', 'evaluator', 'cfg'):
            cfg[f'{phase}_{key}'] = None
    cfg.default_hooks = {'timer': {'type': 'IterTimerHook'}, 'param_scheduler': {'type': 'ParamSchedulerHook'}}
    if args.amp:
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
    return cfg


def time_ours(cfg: Config) -> dict[str, float]:
    """With the Runner."""
    from srcnn.engine import Runner

    runner = Runner.from_cfg(cfg)
    runner.train()
    times, waits = (runner.message_hub.log_scalars[f'train/{key}'].data[0] for key in ('time', 'data_time'))
    return {'iter_s': settled(times), 'data_s': settled(waits)}


def time_bare(cfg: Config) -> dict[str, float]:
    """The same model, data and optimizer in the loop that one would write by hand."""
    import torch

    from srcnn.engine import Runner

    runner = Runner.from_cfg(cfg)
    model, loader = runner.model.train(), iter(runner.build_dataloader(cfg.train_dataloader, seed=runner.seed))
    optimizer = runner.build_optim_wrapper(cfg.optim_wrapper).optimizer
    times = []
    for _ in range(cfg.train_cfg.max_iters):
        start = time.perf_counter()
        data = model.data_preprocessor(next(loader), training=True)
        with torch.autocast(data['inputs'].device.type, torch.bfloat16, 'Amp' in cfg.optim_wrapper.get('type', '')):
            loss = model.pixel_loss(model.generator(data['inputs']), data['data_samples']['gt'])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()  # as any loop does that logs it
        times.append(time.perf_counter() - start)
    return {'iter_s': settled(times), 'data_s': 0.0}


def settled(times: Any) -> float:
    """Median without the first third."""
    return statistics.median(list(times)[len(times) // 3 :])


if __name__ == '__main__':
    run(main)
