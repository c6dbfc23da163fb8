"""Print a config as the tools see it, with its bases and options merged: ``print_config.py CONFIG``."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import merge_options, read_config, run
from mmengine.config import DictAction


def main() -> None:
    parser = argparse.ArgumentParser(description='Print the whole config.')
    parser.add_argument('config', help='config file')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, metavar='KEY=VALUE', help='changes to it')
    parser.add_argument('--check', action='store_true', help='also look for unknown types and misspelt keys')
    args = parser.parse_args()
    cfg = read_config(args.config)
    merge_options(cfg, args.cfg_options)
    print(cfg.pretty_text)
    if args.check:
        from srcnn.engine.check_config import check_config

        check_config(cfg)
        print('# checked: every type is known, and every key is read')


if __name__ == '__main__':
    run(main)
