"""The command ``srcnn``: parse, call, print. What it does is in ``srcnn.apis``."""

import argparse
import os
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from srcnn.errors import InputError
from srcnn.version import __version__

if TYPE_CHECKING:
    from srcnn.apis.files import Outcome
    from srcnn.apis.upscaler import Upscaler

SHOWN = 20  # messages that are repeated at the end


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status: 0 if all went well, 1 if not, 2 for what cannot be understood."""
    parser = argparse.ArgumentParser(prog='srcnn', description='Super-resolution of pictures and videos.')
    parser.add_argument('--version', action='version', version=f'srcnn {__version__}')
    commands = parser.add_subparsers(title='commands', required=True, metavar='COMMAND')
    help_ = 'enlarge pictures and videos'
    add_upscale_arguments(commands.add_parser('upscale', help=help_, description=f'{help_.capitalize()}.'))
    help_ = 'serve a page in the browser on which pictures are enlarged'
    add_serve_arguments(commands.add_parser('serve', help=help_, description=f'{help_.capitalize()}.'))
    args = parser.parse_args(arguments)
    warnings.formatwarning = lambda message, *place: f'warning: {message}\n'
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return args.run(args)
    except InputError as error:
        print(f'error: {error}', file=sys.stderr)
        return 1
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print('interrupted', file=sys.stderr)
        return 130


def add_upscale_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of ``srcnn upscale`` and ``tools/infer.py``."""
    parser.set_defaults(run=upscale)
    add = parser.add_argument
    add('paths', nargs='+', metavar='PATH', help="files, folders, patterns ('photos/**/*.jpg')")
    add('--out', required=True, metavar='DIR', help='folder for the results, which keep the names of their sources')
    add('--model', required=True, metavar='NAME-OR-CHECKPOINT', help='checkpoint file, its address, or a name')
    add('--config', metavar='FILE', help='config of a checkpoint that does not say which network it is for')
    add('--scale', type=int, metavar='N', help='enlargement, for a checkpoint that does not say it')
    add('--recursive', action='store_true', help='also the folders within folders; their layout is kept')
    existing = parser.add_mutually_exclusive_group()
    for name, help_ in (('skip', 'leave results that exist already'), ('overwrite', 'replace them')):
        flag = f'--{name}-existing' if name == 'skip' else f'--{name}'
        existing.add_argument(flag, dest='existing', action='store_const', const=name, default='refuse', help=help_)
    formats = ['same', 'png', 'jpg', 'webp', 'tiff']
    add('--format', choices=formats, default='same', help='of pictures (default: that of the source)')
    add('--quality', type=_between(int, 1, 100), default=95, metavar='1..100', help='of JPEG and WebP (default: 95)')
    add(
        '--crf',
        type=_between(float, 0, 51),
        default=18,
        metavar='0..51',
        help='of videos: less is better (default: 18)',
    )
    add('--self-ensemble', action='store_true', help='average over eight mirrored and turned pictures: 8 times as slow')
    add('--tile', type=_tile, default='auto', metavar='auto|N|0', help='side of the tiles in pixels; 0: no tiles')
    add('--device', help='cpu, cuda, cuda:1, mps, ... (default: the best there is)')
    add('--amp', action='store_true', help='compute in bfloat16: faster on most GPUs, off by a level or two')
    add('--quiet', action='store_true', help='no progress bar')


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of ``srcnn serve`` and ``tools/serve.py``."""
    parser.set_defaults(run=serve)
    add = parser.add_argument
    model = '[NAME=]NAME-OR-CHECKPOINT'
    add('--model', nargs='+', required=True, metavar=model, help='to choose from; also CONFIG.py,CHECKPOINT')
    add('--scale', type=int, metavar='N', help='enlargement, for checkpoints that do not say it')
    add('--host', default='127.0.0.1', help='address to listen at; 0.0.0.0 lets the whole network in')
    add('--port', type=_between(int, 0, 65535), default=7860, help='0: any that is free (default: 7860)')
    add('--device', help='cpu, cuda, cuda:1, mps, ... (default: the best there is)')
    add('--max-megabytes', type=_between(float, 0, 1e6), default=50, metavar='MB', help='of a file (default: 50)')
    add('--max-megapixels', type=_between(float, 0, 1e6), default=100, metavar='MP', help='of a result (default: 100)')


def upscale(args: argparse.Namespace) -> int:
    """``srcnn upscale``."""
    from tqdm import tqdm

    from srcnn.apis.files import upscale_files
    from srcnn.apis.jobs import find_jobs

    jobs = find_jobs(args.paths, args.out, recursive=args.recursive, format=args.format, existing=args.existing)
    if jobs.left_out:
        print(f'{jobs.left_out} files that are neither picture nor video by their names are left out.')
    if not jobs.todo:
        print(f'Nothing to do: all {len(jobs.skipped)} results exist already.')
        return 0
    os.environ.setdefault('OPENCV_LOG_LEVEL', 'OFF')  # what it says of damaged files is said by what is raised
    upscaler = _upscaler(args)
    troubles: list[Outcome] = []
    written = 0
    with tqdm(total=len(jobs.todo), unit='file', disable=args.quiet or None) as bar:
        on_frame = partial(_show_frame, bar)
        for outcome in upscale_files(upscaler, jobs.todo, quality=args.quality, crf=args.crf, on_frame=on_frame):
            written += outcome.written
            if outcome.message:
                troubles.append(outcome)
                tqdm.write(f'error: {outcome.message}', file=sys.stderr)
            bar.set_postfix_str('')
            bar.update()
    skipped = f'; {len(jobs.skipped)} existed already' if jobs.skipped else ''
    print(f'{written} of {len(jobs.todo)} files written to {args.out}{skipped}.')
    return _sum_up(troubles)


def serve(args: argparse.Namespace) -> int:
    """``srcnn serve``."""
    from srcnn.apis import web
    from srcnn.apis.shipped import find_model
    from srcnn.apis.upscaler import Upscaler
    from srcnn.apis.web_picture import Limits

    _check_device(args.device)
    models = {}
    for text in args.model:
        name, equals, source = text.rpartition('=')
        config, comma, checkpoint = source.rpartition(',')
        checkpoint = find_model(checkpoint)
        name = name if equals else Path(checkpoint).stem
        if name in models:
            raise InputError(f'--model: two are called {name}; give them names: NAME={source}.')
        models[name] = Upscaler((config, checkpoint) if comma else checkpoint, scale=args.scale, device=args.device)
    limits = Limits(args.max_megabytes, args.max_megapixels)
    web.serve(models, host=args.host, port=args.port, limits=limits)
    return 0


def _upscaler(args: argparse.Namespace) -> 'Upscaler':
    from srcnn.apis.shipped import find_model
    from srcnn.apis.upscaler import Upscaler

    checkpoint = find_model(args.model)
    source = (args.config, checkpoint) if args.config else checkpoint
    _check_device(args.device)
    return Upscaler(
        source,
        scale=args.scale,
        device=args.device,
        tile=args.tile,
        amp=args.amp,
        self_ensemble=args.self_ensemble,
    )


def _check_device(name: str | None) -> None:
    import torch

    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f'--device {name}: there is no such device here ({reason}).') from None


def _show_frame(bar, done: int, total: int) -> None:  # type: ignore[no-untyped-def]  # tqdm has no types
    bar.set_postfix_str(f'frame {done}/{total}' if total else f'frame {done}')


def _sum_up(troubles: 'list[Outcome]') -> int:
    if not troubles:
        return 0
    print(f'{len(troubles)} of them had a fault:', file=sys.stderr)
    for outcome in troubles[:SHOWN]:
        print(f'  {outcome.message}', file=sys.stderr)
    if len(troubles) > SHOWN:
        print(f'  and {len(troubles) - SHOWN} more, named above', file=sys.stderr)
    return 1


def _between(kind: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f'{text} is not from {low} to {high}')
        return value

    return number


def _tile(text: str) -> int | str:
    if text == 'auto':
        return text
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is neither 'auto' nor a number of pixels")
    return int(text)


def _terminate(number: int, frame: FrameType | None) -> None:
    """Leave as if by an exception, so that what is half written is removed."""
    sys.exit(128 + number)
