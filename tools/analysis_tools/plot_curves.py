"""Training curves of one or many runs, from their logs.

    python tools/analysis_tools/plot_curves.py [LABEL=]WORK_DIR… --out CURVES.png CURVES.csv

The starts of a run that was resumed are put together. Without --keys, the loss and every score of the validation are
drawn; the best of each score is ringed.
"""

import argparse
import io
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import run
from _methods import split_label, write_whole

from srcnn.errors import InputError


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('runs', nargs='+', metavar='[LABEL=]WORK_DIR', help='also the folder of one start')
    parser.add_argument('--out', nargs='+', type=Path, required=True, help='to write: .png, .pdf, .svg, .csv')
    parser.add_argument('--keys', nargs='+', metavar='KEY', help='such as loss lr Set5/PSNR')
    parser.add_argument('--x', choices=['iterations', 'seconds'], default='iterations', help='seconds: of training')
    parser.add_argument('--smooth', type=int, default=1, metavar='N', help='average the training over N records')
    parser.add_argument('--log', nargs='*', default=['loss'], metavar='KEY', help='logarithmic axes (default: loss)')
    parser.add_argument('--width', type=float, default=7.0, help='in inches (default: 7)')
    parser.add_argument('--dpi', type=int, default=300, help='of a PNG (default: 300)')
    return parser.parse_args()


def main() -> None:
    args = parse_args()

    from srcnn.visualization.curve_figure import curve_figure
    from srcnn.visualization.page import check_figure_path, save_figure
    from srcnn.visualization.run_log import read_run, score_names, write_csv

    if args.smooth < 1 or args.width <= 0 or args.dpi < 1:
        raise InputError('--smooth, --width and --dpi must be greater than 0.')
    figures = [check_figure_path(path) for path in args.out if path.suffix.lower() != '.csv']
    runs = {}
    for text in args.runs:
        label, folder = split_label(text)
        label = label or Path(folder).resolve().name
        if label in runs:
            raise InputError(f'two runs are called {label}; give them names: NAME={folder}.')
        runs[label] = read_run(Path(folder))
    scores = score_names(list(runs.values()))
    for label, entries in runs.items():
        last = entries[-1]
        print(f'{label}: {len(entries)} records to iteration {last.step}, {last.seconds:.0f} s of training')
    print(f'scores: {", ".join(scores) or "none"}; their protocol is in the config of the run (val_evaluator)')
    for path in args.out:
        if path not in figures:
            table = io.StringIO()
            write_csv(runs, table)
            write_whole(path, table.getvalue())
    if figures:
        figure = curve_figure(
            runs, args.keys, by_seconds=args.x == 'seconds', smooth=args.smooth, log=args.log, width=args.width
        )
        for path in figures:
            save_figure(figure, path, args.dpi)
    print('written:', *args.out)


if __name__ == '__main__':
    run(main)
