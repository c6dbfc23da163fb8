"""Seconds to compute SSIM, in turn with a peer, and how far the two agree.

    python tools/benchmarks/ssim.py [ORIGINAL PREDICTION | --size 2040x1356] [--peer PYTHON] [--rounds 3]

Two 8-bit RGB pictures, all channels, no border cropped. Each round starts each contestant as a process of its own,
which computes the score --repeats times after once. PYTHON is the interpreter of an environment with MMagic, whose
function is timed by this same script; or any command with a blank in it, that prints a line ``RESULT {"median_s": ...,
"ssim": ...}``. Prints the rounds and ``RESULT {"median_s": ..., "best_s": ..., "metric_s": ..., "ssim": ...,
"peer_s": ..., "times_faster": ..., "difference": ...}``, medians over the rounds; ``metric_s`` is the metric of the
configs, protocol and all.
"""

import argparse
import json
import shlex
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import run
from _contest import in_turn


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('images', nargs='*', metavar='ORIGINAL PREDICTION', help='two files of one size')
    parser.add_argument('--size', default='2040x1356', metavar='WxH', help='or the size of two to make up')
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--peer', metavar='PYTHON', help='of an environment with MMagic')
    parser.add_argument('--one', choices=['ours', 'mmagic'], help=argparse.SUPPRESS)  # in its own process
    args = parser.parse_args()
    if len(args.images) not in (0, 2):
        parser.error('give two images or none')
    return args


def main() -> None:
    args = parse_args()
    if args.one:
        print('RESULT', json.dumps((time_ours if args.one == 'ours' else time_mmagic)(args)))
        return
    commands = {'ours': [sys.executable, *sys.argv, '--one', 'ours']}
    if args.peer:
        whole = ' ' in args.peer
        commands['peer'] = shlex.split(args.peer) if whole else [args.peer, *sys.argv, '--one', 'mmagic']
    rounds = in_turn(commands, args.rounds, 'median_s')
    figures = {name: statistics.median(r['ours'][name] for r in rounds) for name in rounds[0]['ours']}
    if args.peer:
        figures['peer_s'] = statistics.median(r['peer']['median_s'] for r in rounds)
        figures['times_faster'] = statistics.median(r['peer']['median_s'] / r['ours']['median_s'] for r in rounds)
        figures['difference'] = rounds[0]['ours']['ssim'] - rounds[0]['peer']['ssim']
    print('RESULT', json.dumps(figures))


def pictures(args: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """Original and prediction, (H, W, 3) uint8; made up, they are waves and noise, and these without detail."""
    if args.images:
        from srcnn.image.io import read_image

        original, prediction = (read_image(path, color='rgb') for path in args.images)
        return original, prediction
    width, height = map(int, args.size.split('x'))
    y, x = np.mgrid[:height, :width][..., None]
    waves = 128 + 70 * np.sin(x / (9 + 4 * np.arange(3))) * np.cos(y / 23) + 40 * np.sin((x + y) / 200)
    original = np.clip(waves + np.random.default_rng(0).normal(0, 6, waves.shape), 0, 255).astype(np.uint8)
    return original, np.clip(waves, 0, 255).astype(np.uint8)


def time_ours(args: argparse.Namespace) -> dict[str, float]:
    """The function on the pictures as they are, and the metric."""
    import torch

    from srcnn.engine.freed_memory import keep_freed_memory
    from srcnn.evaluation import SSIM
    from srcnn.evaluation.ssim import ssim

    keep_freed_memory()  # as a run does
    original, prediction = pictures(args)
    planes = [torch.from_numpy(np.ascontiguousarray(img.transpose(2, 0, 1))) for img in (prediction, original)]
    figures = timed(lambda: ssim(*planes), args.repeats)
    metric = SSIM()
    return figures | {'metric_s': timed(lambda: metric.score(prediction, original), args.repeats)['median_s']}


def time_mmagic(args: argparse.Namespace) -> dict[str, float]:
    """Its function on the same."""
    from mmagic.evaluation.metrics.ssim import ssim

    original, prediction = pictures(args)
    return timed(lambda: float(ssim(original, prediction, input_order='HWC')), args.repeats)


def timed(score: Callable[[], float], repeats: int) -> dict[str, float]:
    """Seconds of ``repeats`` calls, after one, and what they return."""
    value, times = score(), []
    for _ in range(repeats):
        start = time.perf_counter()
        score()
        times.append(time.perf_counter() - start)
    return {'median_s': statistics.median(times), 'best_s': min(times), 'ssim': value}


if __name__ == '__main__':
    run(main)
