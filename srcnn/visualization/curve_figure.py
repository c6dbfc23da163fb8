"""Training curves: a panel for each value, a line for each run."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from srcnn.errors import InputError
from srcnn.visualization.page import FONT_SIZE, LINE, NOTE_SIZE, Box, Page
from srcnn.visualization.run_log import Entry, score_names, series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which all eyes tell apart
COLOURS = ('#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000')
DASHES = ('-', '--', ':', '-.')
_LESS_IS_BETTER = ('loss', 'MAE')
_ACROSS, _PANEL, _LEFT, _BELOW, _ABOVE = 3, 1.7, 0.55, 0.45, 0.25  # panels in a row; inches
_FEW, _MANY = 40, 10_000  # points of a line that are marked; iterations that are printed as 10k


def curve_figure(
    runs: Mapping[str, Sequence[Entry]],
    keys: Sequence[str] | None = None,
    *,
    by_seconds: bool = False,
    smooth: int = 1,
    log: Sequence[str] = ('loss',),
    width: float = 7.0,
) -> 'Figure':
    """Draw values of one or many runs.

    The best point of each score is ringed, and the best of all named at the top of its panel.

    Args:
        runs: Entries by the name of the run, see ``run_log.read_run``.
        keys: What to draw, such as 'loss', 'lr', 'Set5/PSNR'; the loss and all scores of the validation if None.
        by_seconds: Over seconds of training instead of iterations.
        smooth: Records over which values of the training are averaged, the raw ones shown pale behind.
        log: Keys whose axis is logarithmic.
        width: Inches.

    Returns:
        A matplotlib figure; see ``page.save_figure``.

    Raises:
        InputError: A key that no run has logged.
    """
    from matplotlib.ticker import EngFormatter

    known = list(dict.fromkeys(key for run in runs.values() for entry in run for key in entry.values))
    scores = score_names(list(runs.values()))
    keys = list(keys or [key for key in ('loss', *scores) if key in known])
    if unknown := [key for key in keys if key not in known]:
        raise InputError(f'nothing called {unknown[0]!r} was logged; there are {", ".join(known) or "no values"}.')
    if not keys:
        raise InputError(f'neither a loss nor scores were logged; choose from {", ".join(known)}.')
    rows = math.ceil(len(keys) / _ACROSS)
    across = math.ceil(len(keys) / rows)
    end = max(entry.seconds if by_seconds else entry.step for run in runs.values() for entry in run)
    legend = LINE + 0.1 if len(runs) > 1 else 0
    page = Page(width, rows * (_PANEL + _BELOW + _ABOVE) + legend)
    side = width / across
    for i, key in enumerate(keys):
        row, column = divmod(i, across)
        top = legend + row * (_PANEL + _BELOW + _ABOVE) + _ABOVE
        axes = page.axes(Box(column * side + _LEFT, top, side - _LEFT - 0.1, _PANEL))
        lines = {name: series(run, key, by_seconds) for name, run in runs.items()}
        _draw(axes, key, lines, 1 if key in scores else smooth, key in scores)
        if key in log and all(value > 0 for _, values in lines.values() for value in values):
            _make_logarithmic(axes)
        axes.set_xlim(0, end * 1.02)
        if end >= _MANY:
            axes.xaxis.set_major_formatter(EngFormatter(sep=''))  # 250k
        axes.set_xlabel('seconds of training' if by_seconds else 'iteration', fontsize=FONT_SIZE)
    if len(runs) > 1:
        handles, labels = _one_of_each(page.figure.axes)
        page.figure.legend(handles, labels, loc='upper center', ncols=len(runs), fontsize=FONT_SIZE, frameon=False)
    return page.figure


def _one_of_each(panels: Sequence['Axes']) -> tuple[list, list[str]]:
    """A line of each run for the legend, from whichever panel has one."""
    found = {label: line for axes in panels for line, label in zip(*axes.get_legend_handles_labels())}
    return list(found.values()), list(found)


def running_mean(values: Sequence[float], window: int) -> np.ndarray:
    """Mean of each value and the ``window - 1`` before it (fewer at the start)."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(sums))
    starts = np.maximum(0, ends - window)
    return (sums[ends] - sums[starts]) / (ends - starts)


def _draw(
    axes: 'Axes', key: str, lines: Mapping[str, tuple[list[float], list[float]]], smooth: int, is_score: bool
) -> None:
    choose = np.nanargmin if key.rpartition('/')[2].startswith(_LESS_IS_BETTER) else np.nanargmax
    best: list[float] = []
    for i, (name, (x, y)) in enumerate(lines.items()):
        if not y:
            continue
        colour, dash = COLOURS[i % len(COLOURS)], DASHES[i // len(COLOURS) % len(DASHES)]
        marker = '.' if is_score and len(y) <= _FEW else ''
        axes.plot(x, running_mean(y, smooth), dash, marker=marker, color=colour, lw=1.1, markersize=3, label=name)
        if smooth > 1:
            axes.plot(x, y, dash, color=colour, linewidth=0.5, alpha=0.3)
        if is_score and np.isfinite(y).any():
            top = int(choose(np.where(np.isfinite(y), y, np.nan)))
            axes.plot(x[top], y[top], 'o', color=colour, markersize=5, fillstyle='none')
            best.append(y[top])
    title = key
    if best:
        value = best[int(choose(best))]
        title = f'{key} (best {value:.4f})' if abs(value) < 10 else f'{key} (best {value:.2f})'
    axes.set_title(title, fontsize=FONT_SIZE, parse_math=False)
    axes.tick_params(labelsize=NOTE_SIZE, length=2)
    axes.ticklabel_format(axis='y', useOffset=False, style='plain')
    axes.grid(linewidth=0.4, color='#dddddd')
    for side in ('top', 'right'):
        axes.spines[side].set_visible(False)


def _make_logarithmic(axes: 'Axes') -> None:
    """With numbers beside the axis where it is short as well."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    axes.set_yscale('log')
    low, high = axes.get_ylim()
    axes.yaxis.set_major_locator(LogLocator(subs=(1,) if high > 30 * low else (1, 1.5, 2, 3, 4, 5, 7)))
    axes.yaxis.set_major_formatter(StrMethodFormatter('{x:g}'))
    axes.yaxis.set_minor_formatter(NullFormatter())
