"""What the command lines share: arguments, config, and errors without traceback."""

import argparse
import os
import re
import signal
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

try:
    import srcnn  # noqa: F401
except ModuleNotFoundError:  # run from a clone that is not installed
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mmengine.config import Config, DictAction

from srcnn.errors import InputError

# Seconds that a process keeps its error to itself if another one is to speak: where all on a machine fail alike, the
# first; where one has failed, that one. Its launcher then ends the others.
GRACE = 5.0


def make_parser(description: str) -> argparse.ArgumentParser:
    """Parser with the arguments of every tool that runs a config."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('config', help='config file')
    parser.add_argument('--work-dir', help='where logs, pictures and checkpoints go (default: work_dirs/CONFIG-NAME)')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='change the config: model.generator.channels="(3,32,16,3)" train_cfg.max_iters=1000',
    )
    parser.add_argument(
        '--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none', help='what started the processes'
    )
    # torchrun sets LOCAL_RANK; the launchers before it pass one of these two spellings
    parser.add_argument('--local-rank', '--local_rank', type=int, help=argparse.SUPPRESS)
    return parser


def load_config(args: argparse.Namespace) -> Config:
    """The config with everything that the command line says of it."""
    if args.local_rank is not None:
        os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    cfg = read_config(args.config)
    cfg.launcher = args.launcher
    merge_options(cfg, args.cfg_options)
    if args.work_dir:
        cfg.work_dir = args.work_dir
    elif not cfg.get('work_dir'):
        cfg.work_dir = str(Path('work_dirs') / Path(args.config).stem)
    return cfg


def read_config(path: str) -> Config:
    """Execute the config file ``path``.

    Raises:
        InputError: It is not there, or Python finds a fault in it.
    """
    if '://' in path:
        raise InputError(f'{path}: a config is a program, so none is run from an address; download and read it first.')
    if not Path(path).is_file():
        raise InputError(f'{path}: no such config file; see configs/ for those that ship.')
    try:
        return Config.fromfile(path)
    except InputError:
        raise
    except Exception as error:  # a config is Python, so anything can be wrong with it
        raise InputError(f'{path}: the config cannot be read ({type(error).__name__}: {error}).') from error


def merge_options(cfg: Config, options: dict | None) -> None:
    """Apply ``--cfg-options`` to ``cfg``."""
    try:
        cfg.merge_from_dict(options or {})
    except (KeyError, TypeError) as error:
        raise InputError(f'--cfg-options {" ".join(options or {})}: no such place in the config ({error}).') from error


def run(main: Callable[[], int | None]) -> None:
    """Call ``main`` and exit: 0 if all went well, 1 after an InputError, which is printed alone."""
    first = int(os.environ.get('LOCAL_RANK') or os.environ.get('SLURM_LOCALID') or 0) == 0
    several = int(os.environ.get('WORLD_SIZE') or os.environ.get('SLURM_NTASKS') or 1) > 1
    warnings.formatwarning = lambda message, *place: f'warning: {message}\n'
    if not first:
        warnings.simplefilter('ignore')
    try:
        status = main()
        sys.stdout.flush()
    except InputError as error:
        status = _fail(_plain(str(error)), 0 if first else GRACE)
    except RuntimeError as error:
        from srcnn.engine.distributed import lost_connection

        if not (message := lost_connection(error)):
            raise
        status = _fail(message, GRACE if first else 2 * GRACE)
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except KeyboardInterrupt:
        print('interrupted', file=sys.stderr)
        status = 130
    finally:
        if several:  # once one has ended, the launcher ends the others, whose status is to be their own
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(status or 0)


def _fail(message: str, wait: float) -> int:
    if wait:
        signal.signal(signal.SIGTERM, lambda number, frame: os._exit(1))  # nothing is left to save or say
        time.sleep(wait)
    print(f'error: {message}', file=sys.stderr)
    return 1


def _plain(message: str) -> str:
    """Without the traceback that a data loader's worker process wraps round its error."""
    if match := re.search(r'InputError: (.*)', message, re.DOTALL):
        return match.group(1).strip()
    return message
