"""A page in the browser on which pictures are enlarged: ``srcnn serve`` from a clone that is not installed."""

import argparse

from _cli import run

from srcnn.command import add_serve_arguments, serve


def main() -> int:
    parser = argparse.ArgumentParser(description='Serve a page in the browser on which pictures are enlarged.')
    add_serve_arguments(parser)
    return serve(parser.parse_args())


if __name__ == '__main__':
    run(main)
