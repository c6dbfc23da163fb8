"""Seconds and memory to enlarge a picture, in turn with a peer.

    python tools/benchmarks/infer.py [CHECKPOINT] [--image FILE | --size 510x339] [--peer 'COMMAND'] [--rounds 3]
    python tools/benchmarks/infer.py --megapixels 3 12 25 50 100    # how time and memory grow

Array to array, with srcnn.Upscaler; without a checkpoint, SRCNN 9-1-5 x4 on RGB with random weights. Each round starts
each contestant as a process of its own, which enlarges the picture --repeats times after once; the peer is any command
that prints a line ``RESULT {"median_s": ...}``. Prints the rounds and ``RESULT {"median_s": ..., "best_s": ...,
"extra_mb": ..., "peer_s": ..., "times_faster": ...}``: medians over the rounds. ``extra_mb`` is the peak memory over
that of the loaded program, the output included.
"""

import argparse
import json
import shlex
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import run
from _contest import in_turn


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('checkpoint', nargs='?', help='that srcnn.Upscaler takes by itself')
    parser.add_argument('--scale', type=int, help='where the checkpoint does not tell')
    parser.add_argument('--image', help='a picture to enlarge')
    parser.add_argument('--size', default='510x339', metavar='WxH', help='or the size of one to make up')
    parser.add_argument('--megapixels', nargs='+', type=float, metavar='MP', help='sizes of output to try instead')
    parser.add_argument('--device')
    parser.add_argument('--tile', default='auto', help="side, 'auto', or 0 for the whole")
    parser.add_argument('--amp', action='store_true', help='bfloat16')
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--peer', metavar='COMMAND', help='time this too')
    parser.add_argument('--one', action='store_true', help=argparse.SUPPRESS)  # in its own process
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    if args.one:
        print('RESULT', json.dumps(time_ours(args)))
        return
    again = [sys.executable, *sys.argv, '--one']
    if args.megapixels:
        for megapixels in args.megapixels:
            side = round((megapixels * 1e6) ** 0.5 / (args.scale or 4))
            (result,) = in_turn({'ours': [*again, '--size', f'{side}x{side}', '--repeats', '1']}, 1, 'median_s')
            print('RESULT', json.dumps(result['ours']))
        return
    commands = {'ours': again} | ({'peer': shlex.split(args.peer)} if args.peer else {})
    rounds = in_turn(commands, args.rounds, 'median_s')
    figures = {name: statistics.median(r['ours'][name] for r in rounds) for name in rounds[0]['ours']}
    if args.peer:
        figures['peer_s'] = statistics.median(r['peer']['median_s'] for r in rounds)
        figures['times_faster'] = statistics.median(r['peer']['median_s'] / r['ours']['median_s'] for r in rounds)
    print('RESULT', json.dumps(figures))


def time_ours(args: argparse.Namespace) -> dict[str, float]:
    """The figures of this process."""
    import numpy as np

    from srcnn import Upscaler
    from srcnn.image.io import read_image
    from srcnn.models.networks import SRCNNNet

    if args.image:
        image = read_image(args.image, color='rgb')
    else:
        width, height = map(int, args.size.split('x'))
        image = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    source: Any = args.checkpoint or SRCNNNet(upscale_factor=args.scale or 4)
    tile = args.tile if args.tile == 'auto' else int(args.tile)
    scale = args.scale if args.checkpoint else None
    upscaler = Upscaler(source, scale=scale, device=args.device, tile=tile, amp=args.amp)
    upscaler(image[:8, :8])
    before, times = peak_mb(), []
    for _ in range(args.repeats + (args.repeats > 1)):
        start = time.perf_counter()
        out = upscaler(image)
        times.append(time.perf_counter() - start)
    times = times[1:] or times
    figures = {'median_s': statistics.median(times), 'best_s': min(times), 'extra_mb': peak_mb() - before}
    return figures | {'megapixels': out.shape[0] * out.shape[1] / 1e6}


def peak_mb() -> float:
    """The most memory that this process has held; 0 where the system does not say."""
    try:
        import resource
    except ModuleNotFoundError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == 'darwin' else 1e3)


if __name__ == '__main__':
    run(main)
