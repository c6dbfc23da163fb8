"""A part of what MATLAB's ``imresize`` makes of an image, without making the rest."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..errors import InputError
from .resize import Convention, _plan, _round
from .resize_weights import Edges

WHOLE_SCALES = range(2, 17)  # for these, the weights are fractions and the same for every pixel


class _Taps(NamedTuple):
    """Output line i is the sum of ``weights[t] * lines[scale * i + first + offsets[t]]``, over ``divisor``."""

    first: int
    offsets: tuple[int, ...]
    weights: tuple[float, ...]
    divisor: int
    unit: int
    rounded: bool
    dtype: np.dtype


@lru_cache(maxsize=32)
def _taps(scale: int, top: int | None, convention: Convention) -> tuple[_Taps, _Taps]:
    """What ``imresize`` does to the rows, then to the columns, of an image of values up to ``top`` (None: real)."""
    inner = 8  # far from any edge
    sides = 2 * inner * scale
    passes = []
    for step in _plan((sides, sides), top, 1 / scale, None, True, 'symmetric', convention):
        positions, numerators, denominator = step.weights()
        first = positions[inner, 0]
        passes.append(
            _Taps(
                int(first) - inner * scale,
                tuple((positions[inner] - first).tolist()),
                tuple((numerators[inner] / (1 if step.exact32 else denominator)).tolist()),
                denominator if step.exact32 else 1,
                step.unit,
                step.rounded,
                np.dtype(np.float32 if step.exact32 else np.float64),
            )
        )
    return passes[0], passes[1]


def imresize_patch(
    img: np.ndarray,
    scale: int,
    top: int,
    left: int,
    height: int,
    width: int,
    *,
    edges: Edges = 'symmetric',
    convention: Convention = 'uint8',
) -> np.ndarray:
    """``imresize(img, 1 / scale)[top : top + height, left : left + width]``, equal in every bit.

    Args:
        img: Image (H, W, C) of a type that ``imresize`` takes; a view will do.
        scale: Whole number, 2 to 16.
        top, left, height, width: The part, in pixels of the reduced image.
        edges: As for ``imresize``; matters where the part lies at a border.
        convention: As for ``imresize``.

    Returns:
        Array (height, width, C) of the type given.

    Raises:
        InputError: The scale is another, or the part is not within the reduced image.
    """
    if scale not in WHOLE_SCALES:
        raise InputError(f'a part of an image can be reduced by whole numbers from 2 to 16, not by {scale!r}')
    out = [-(-side // scale) for side in img.shape[:2]]
    if min(top, left) < 0 or min(height, width) < 1 or top + height > out[0] or left + width > out[1]:
        where = f'{width}x{height} at ({left}, {top})'
        raise InputError(f'the part of {where} is not within the reduced image of {out[1]}x{out[0]} pixels')
    peak = int(np.iinfo(img.dtype).max) if img.dtype.kind == 'u' else None
    rows, columns = _taps(scale, peak, convention)
    reach = rows.offsets[-1] + 1 - scale
    y, x = top * scale + rows.first, left * scale + columns.first
    part = cut(img, y, x, height * scale + reach, width * scale + reach, edges)
    part = np.ascontiguousarray(part.transpose(0, 2, 1), rows.dtype)  # so that both passes run along memory
    if rows.unit != 1:
        part /= rows.unit
    part = _sum([part[t : t + scale * height : scale] for t in rows.offsets], rows, peak)
    part = part.astype(columns.dtype, copy=False)
    part = _sum([part[..., t : t + scale * width : scale] for t in columns.offsets], columns, peak)
    if peak is not None and convention == 'double':
        part = _round(part * peak, peak)
    return np.ascontiguousarray(part.transpose(0, 2, 1), dtype=img.dtype)


def patch_margin(scale: int) -> int:
    """How many pixels round a patch of an original suffice to make all of its reduced pixels; whole reduced pixels."""
    return 2 * scale


def _sum(lines: list[np.ndarray], taps: _Taps, peak: int | None) -> np.ndarray:
    """Tap after tap, as ``imresize`` does: the order decides how ties are rounded."""
    total = lines[0] * taps.weights[0]
    term = np.empty_like(total)
    for source, weight in zip(lines[1:], taps.weights[1:]):
        total += np.multiply(source, weight, out=term)
    if taps.divisor != 1:
        total /= taps.divisor
    return _round(total, peak) if taps.rounded else total


def cut(img: np.ndarray, top: int, left: int, height: int, width: int, edges: Edges) -> np.ndarray:
    """A part of an image (H, W, C) that may reach beyond its borders, where ``edges`` says what is seen.

    Returns:
        Array (height, width, C); a view if all of it lies within the image.
    """
    for axis, (start, size) in enumerate(((top, height), (left, width))):
        side = img.shape[axis]
        if start >= 0 and start + size <= side:
            img = img[start : start + size] if axis == 0 else img[:, start : start + size]
        else:
            where = np.arange(start, start + size)
            if edges == 'symmetric':
                where %= 2 * side
                where = np.minimum(where, 2 * side - 1 - where)
            img = img.take(where.clip(0, side - 1), axis)
    return img
