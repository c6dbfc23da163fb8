"""Seconds from a folder of originals to the first training sample: preparation, decoded pixels included.

    python tools/benchmarks/prepare.py FOLDER                                  # any pictures, of 64 pixels at least
    python tools/benchmarks/prepare.py FOLDER --set DIV2K --sub-images         # other options go to prepare.py
    python tools/benchmarks/prepare.py FOLDER --set DIV2K --peer-command 'PYTHON preprocess.py --data-root {source}'

Prints one line, ``RESULT {"images": …, "ours_s": …, "ours_cpu_s": …, "first_sample_s": …}``, medians of --rounds.
ours_s is the whole command, its start included, and the time to a pair at each scale, first_sample_s. The command of
--peer-command is run in turn with ours, each time on a fresh copy of the files ({source}; {out} is an empty folder),
and gives peer_s, peer_cpu_s, ratio and cpu_ratio. CPU seconds are those of all processes, and known on Linux alone.
"""

import argparse
import ctypes
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import run

from srcnn.datasets import BasicImageDataset
from srcnn.datasets.transforms import LoadImageFromFile, PackInputs, PairedRandomCrop, SetValues
from srcnn.errors import InputError
from srcnn.preparation.known_sets import KnownSet, find_set

PREPARE = Path(__file__).resolve().parents[1] / 'dataset_converters' / 'prepare.py'
PR_SET_CHILD_SUBREAPER = 36  # of Linux: who is left behind by a child becomes ours, and its CPU time is known
SCALES = (2, 3, 4)


def parse_args() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument('source', type=Path, help='folder of originals')
    parser.add_argument('--set', help='that it is of a known set to train on, laid out as published, such as DIV2K')
    parser.add_argument('--rounds', type=int, default=3, metavar='N')
    parser.add_argument('--peer-command', metavar='COMMAND', help='another way to prepare the same files')
    parser.add_argument('--work', metavar='FOLDER', help='on the disk to be used (default: beside the source)')
    args, others = parser.parse_known_args()
    if args.rounds < 1:
        parser.error('--rounds must be at least 1')
    return args, others


def main() -> None:
    args, options = parse_args()
    if not args.source.is_dir():
        raise InputError(f'{args.source}: no such folder; give one that holds originals.')
    known = find_set(args.set) if args.set else KnownSet('bench', 'train', own=True)
    if sys.platform == 'linux':
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    named = [known.name] if args.set else ['--name', known.name, '--cache']
    rounds = []
    for _ in range(args.rounds):
        with tempfile.TemporaryDirectory(dir=args.work or args.source.parent, prefix='bench-') as folder:
            copy, out = Path(folder) / 'source', Path(folder) / 'out'
            shutil.copytree(args.source, copy, ignore=shutil.ignore_patterns('.*'))
            out.mkdir()
            command = [sys.executable, str(PREPARE), *named, '--source', str(copy), '--out', str(out), *options]
            ours, ours_cpu = timed(command)
            first, images = first_samples(known, out / known.name)
            figures = {'images': images, 'ours_s': ours + first, 'ours_cpu_s': ours_cpu, 'first_sample_s': first}
            shutil.rmtree(out)
            out.mkdir()
            if args.peer_command:
                peer, peer_cpu = timed(args.peer_command.format(source=copy, out=out))
                figures |= {'peer_s': peer, 'peer_cpu_s': peer_cpu, 'ratio': peer / figures['ours_s']}
                figures['cpu_ratio'] = peer_cpu / ours_cpu if ours_cpu else 0
        print({name: round(value, 2) for name, value in figures.items()}, file=sys.stderr)
        rounds.append(figures)
    print('RESULT', json.dumps({name: statistics.median(each[name] for each in rounds) for name in rounds[0]}))


def timed(command: str | Sequence[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a command, with all processes that it starts; it must succeed."""
    if sys.platform != 'win32':
        os.sync()  # what was written before is not to be waited for now
    before, start = children_cpu(), time.perf_counter()
    done = subprocess.run(command, shell=isinstance(command, str), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise InputError(f'{command} failed with status {done.returncode}:\n{done.stderr[-2000:]}')
    return seconds, children_cpu() - before


def children_cpu() -> float:
    """CPU seconds of all processes that were started from here, once they have ended; 0 where nobody counts."""
    if sys.platform != 'linux':
        return 0
    import resource

    while True:
        try:
            os.wait()
        except ChildProcessError:
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            return usage.ru_utime + usage.ru_stime


def first_samples(known: KnownSet, root: Path) -> tuple[float, int]:
    """Seconds to open the set at each scale and take a pair from it; and how many there are."""
    load, crop = [LoadImageFromFile('img'), LoadImageFromFile('gt')], PairedRandomCrop(gt_patch_size=60)
    start = time.perf_counter()
    for scale in SCALES:
        dataset = BasicImageDataset(
            data_root=str(root),
            data_prefix={'img': known.lr.format(scale=scale), 'gt': known.hr},
            filename_tmpl={'img': known.lr_name.format(name='{}', scale=scale), 'gt': '{}'},
            search_key='gt',
            cache=True,
            pipeline=[*load, SetValues({'scale': scale}), crop, PackInputs()],
        )
        dataset[0]
    return time.perf_counter() - start, len(dataset)


if __name__ == '__main__':
    run(main)
