"""Where methods are wrong: maps of the absolute difference to the original, all on one scale."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from srcnn.errors import InputError
from srcnn.evaluation.protocol import Protocol
from srcnn.visualization.page import FONT_SIZE, GAP, LINE, MARGIN, NOTE_SIZE, Box, Page, note_height

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

_BAR, _TICKS = 0.1, 0.35  # inches; width of the colour bar and of its numbers
_CAPTION = 2 * LINE + 0.06
_SHOWN = 99.8  # per cent of the pixels that end below the top of the scale


class ErrorMap(NamedTuple):
    """What is mapped: a name, what stands below it, and (H, W) absolute differences in levels 0..255."""

    title: str
    note: str
    values: np.ndarray


def error_map(pred: np.ndarray, gt: np.ndarray, convert_to: str | None = None) -> np.ndarray:
    """Mean over the channels of ``|pred - gt|``.

    Args:
        pred: (H, W, C) uint8 or uint16, RGB.
        gt: The same size.
        convert_to: Colours in which they are compared, see Protocol.

    Returns:
        (H, W) float64, in levels of an 8-bit picture, 0..255; no border is cropped.

    Raises:
        InputError: Sizes that differ, or colours that are not there.
    """
    protocol = Protocol(convert_to)
    ours, theirs = protocol.apply(pred), protocol.apply(gt)
    if ours.shape != theirs.shape:
        raise InputError(f'pictures of {tuple(ours.shape)} and {tuple(theirs.shape)} (C, H, W) cannot be compared.')
    return (ours - theirs).abs().mean(dim=0).numpy()


def common_top(maps: Sequence[np.ndarray]) -> float:
    """Top of a scale on which all maps are shown: all but two pixels in a thousand lie below it."""
    return max(1.0, float(np.percentile(np.concatenate([values.ravel() for values in maps]), _SHOWN)))


def error_figure(
    rows: Sequence[tuple[str, Sequence[ErrorMap]]], note: str, *, top: float | None = None, width: float = 7.0
) -> 'Figure':
    """Draw a row of maps for each picture, and one colour bar.

    Args:
        rows: Name of the picture, its maps.
        note: Printed at the foot: the protocol of the scores.
        top: Error at the top of the scale, in levels; ``common_top`` of all maps if None. Larger ones look like it.
        width: Inches.

    Returns:
        A matplotlib figure; see ``page.save_figure``.

    Raises:
        InputError: No map.
    """
    if not rows or not all(maps for _, maps in rows):
        raise InputError('an error figure needs at least one map.')
    top = top or common_top([item.values for _, maps in rows for item in maps])
    across = max(len(maps) for _, maps in rows)
    side = (width - 2 * MARGIN - across * GAP - _BAR - _TICKS) / across
    heights = [side * maps[0].values.shape[0] / maps[0].values.shape[1] + _CAPTION + GAP for _, maps in rows]
    page = Page(width, MARGIN + sum(heights) + note_height(note, width) + MARGIN)
    y = MARGIN
    for (name, maps), height in zip(rows, heights):
        for i, item in enumerate(maps):
            box = Box(MARGIN + i * (side + GAP), y, side, height - _CAPTION - GAP)
            image = _draw(page, box, item, top, name if len(rows) > 1 else '')
        y += height
    bar = page.axes(Box(width - MARGIN - _BAR - _TICKS, MARGIN, _BAR, heights[0] - _CAPTION - GAP))
    scale = page.figure.colorbar(image, cax=bar, extend='max')
    scale.ax.tick_params(labelsize=NOTE_SIZE, length=2, pad=2)
    scale.outline.set_linewidth(0.5)
    page.note(y, note)
    return page.figure


def _draw(page: Page, box: Box, item: ErrorMap, top: float, name: str) -> 'AxesImage':
    axes = page.axes(box)
    axes.set_axis_off()
    image = axes.imshow(item.values, cmap='inferno', vmin=0, vmax=top)
    middle, below = box.left + box.width / 2, box.top + box.height + 0.04
    page.text(middle, below, f'{name}: {item.title}' if name else item.title, FONT_SIZE)
    page.text(middle, below + LINE, item.note, FONT_SIZE)
    return image
