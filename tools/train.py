"""Train what a config describes: ``python tools/train.py CONFIG``."""

import argparse

from _cli import load_config, make_parser, run
from mmengine.config import Config

from srcnn.errors import InputError


def parse_args() -> argparse.Namespace:
    parser = make_parser('Train a network.')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        metavar='CHECKPOINT',
        help='go on from a checkpoint; without a value, from the last one in the work directory',
    )
    parser.add_argument('--amp', action='store_true', help='mixed precision (bfloat16 on a CPU)')
    parser.add_argument('--auto-scale-lr', action='store_true', help='scale the learning rate with the batch size')
    parser.add_argument('--seed', type=int, help='of weights, sample order and augmentation; drawn if not given')
    parser.add_argument(
        '--deterministic',
        action='store_true',
        help='only deterministic operations: same seed, same result, bit for bit',
    )
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    cfg = load_config(args)
    if cfg.get('train_cfg') is None:
        raise InputError(
            f"{args.config}: no train_cfg; write train_cfg = dict(type='IterBasedTrainLoop', max_iters=…)."
        )
    if args.amp:
        use_amp(cfg)
    if args.auto_scale_lr:
        if not (cfg.get('auto_scale_lr') or {}).get('base_batch_size'):
            raise InputError('--auto-scale-lr: the config needs auto_scale_lr=dict(base_batch_size=16).')
        cfg.auto_scale_lr.enable = True
    if args.seed is not None or args.deterministic:
        cfg.randomness = {**(cfg.get('randomness') or {})}
        if args.seed is not None:
            cfg.randomness.seed = args.seed
        cfg.randomness.deterministic = args.deterministic or cfg.randomness.get('deterministic', False)
    if args.resume:
        cfg.resume = True
        cfg.load_from = None if args.resume == 'auto' else args.resume

    from srcnn.engine import Runner
    from srcnn.engine.distributed import leave_processes

    runner = Runner.from_cfg(cfg)
    runner.train()
    runner.logger.info(f'Finished. Log, pictures and checkpoints are in {cfg.work_dir}')
    leave_processes()


def use_amp(cfg: Config) -> None:
    """Turn the optimizer wrapper into its mixed-precision sister."""
    from srcnn.engine.prepare_config import type_name

    kind = type_name(cfg.optim_wrapper)
    if kind not in ('', 'OptimWrapper', 'AmpOptimWrapper'):
        raise InputError(f'--amp: works with optim_wrapper.type="OptimWrapper", not {kind!r}.')
    cfg.optim_wrapper.type = 'AmpOptimWrapper'
    cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')


if __name__ == '__main__':
    run(main)
