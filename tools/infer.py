"""Enlarge pictures and videos: ``srcnn upscale`` from a clone that is not installed."""

import argparse

from _cli import run

from srcnn.command import add_upscale_arguments, upscale


def main() -> int:
    parser = argparse.ArgumentParser(description='Enlarge pictures and videos.')
    add_upscale_arguments(parser)
    return upscale(parser.parse_args())


if __name__ == '__main__':
    run(main)
