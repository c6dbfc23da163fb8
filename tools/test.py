"""Score a checkpoint on the data sets of a config: ``python tools/test.py CONFIG CHECKPOINT``."""

import argparse
import json
from pathlib import Path

from _cli import load_config, make_parser, run

from srcnn.errors import InputError


def parse_args() -> argparse.Namespace:
    parser = make_parser('Test a network.')
    parser.add_argument('checkpoint', help='checkpoint file, or its http(s) address')
    parser.add_argument('--out', help='write scores, protocols and the scores of each image to this JSON file')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    cfg = load_config(args)
    cfg.load_from, cfg.resume = args.checkpoint, False
    if args.out:
        check_out(Path(args.out))

    from mmengine.dist import is_main_process

    from srcnn.engine import Runner
    from srcnn.engine.distributed import leave_processes
    from srcnn.engine.loops import MultiTestLoop

    if cfg.get('test_cfg') is None:
        raise InputError(f"{args.config}: no test_cfg; write test_cfg = dict(type='MultiTestLoop').")
    runner = Runner.from_cfg(cfg)
    scores = runner.test()
    if args.out and is_main_process():
        loop = runner.test_loop
        report = loop.report if isinstance(loop, MultiTestLoop) else scores
        Path(args.out).write_text(json.dumps(report, indent=2) + '\n', encoding='utf-8')
        runner.logger.info(f'Scores written to {args.out}')
    leave_processes()


def check_out(path: Path) -> None:
    """The folder is made now, so that a run of an hour does not end without its result."""
    if path.is_dir():
        raise InputError(f'--out {path}: this is a folder; give the name of a JSON file.')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        known = path.exists()
        path.open('a').close()
        if not known:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f'--out {path}: cannot be written ({error.strerror}).') from error


if __name__ == '__main__':
    run(main)
