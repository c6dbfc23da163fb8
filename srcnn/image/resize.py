"""MATLAB's ``imresize`` (bicubic), for numpy images and for batches of tensors.

Both apply the same weights, made by ``axis_weights`` below: a cubic kernel with a = -0.5, widened by 1/scale when the
image is made smaller, in double precision, along the axis with the smaller scale first. They are laid out as short
dense matrices ("bands"), each turning a run of input lines into a run of output lines, so that the work is a few
small matrix products whatever the scale.

For whole-number reductions (1/2, 1/3, 1/4 ...) the weights are fractions with one small denominator. The bands then
hold the numerators, sums are exact, and the result depends neither on the order of addition nor on the machine.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..errors import InputError

Edges = Literal['symmetric', 'replicate']
Convention = Literal['uint8', 'double']
Scale = float | tuple[float, float]

# Sums of whole numbers below this are exact in float32, with bits to spare for the rounding of the quotient.
_EXACT_FLOAT32 = 2**22


class Band(NamedTuple):
    """Output lines ``start:stop`` are ``matrix @ lines[first:last]``, over the denominator of the axis."""

    start: int
    stop: int
    first: int
    last: int
    matrix: np.ndarray


class AxisWeights(NamedTuple):
    """All bands of one axis; no sum exceeds the largest input times ``gain``."""

    bands: tuple[Band, ...]
    denominator: int
    gain: float


def _cubic(x: np.ndarray) -> np.ndarray:
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


def _contributions(size: int, out: int, scale: float, antialias: bool) -> tuple[np.ndarray, np.ndarray]:
    """MATLAB's ``contributions``: weights (out, P) and the input positions (out, P) they belong to, edges unmapped."""
    shrink = scale if antialias and scale < 1 else 1.0
    width = 4 / shrink
    centre = (np.arange(1, out + 1) / scale + 0.5 * (1 - 1 / scale)) - 1
    taps = math.ceil(width) + 2
    positions = np.floor(centre - width / 2).astype(np.int64)[:, None] + np.arange(taps)
    weights = shrink * _cubic(shrink * (centre[:, None] - positions))
    return weights / weights.sum(axis=1, keepdims=True), positions


def _as_fractions(weights: np.ndarray, scale: float) -> tuple[np.ndarray, int]:
    """Numerators and denominator where the weights are fractions (a reduction by a small whole number), else over 1."""
    factor = round(1 / scale)
    if 2 <= factor <= 16 and scale == 1 / factor:
        denominator = 16 * factor**4
        numerators = np.rint(weights * denominator)
        if np.abs(numerators - weights * denominator).max() < 1e-6:
            common = math.gcd(denominator, int(np.gcd.reduce(numerators.astype(np.int64), axis=None)))
            return numerators / common, denominator // common
    return weights, 1


@lru_cache(maxsize=64)
def axis_weights(size: int, out: int, scale: float, antialias: bool, edges: Edges, block: int = 16) -> AxisWeights:
    """The weights that take ``size`` lines to ``out`` lines at ``scale``, as bands of ``block`` output lines."""
    weights, positions = _contributions(size, out, scale, antialias)
    weights, denominator = _as_fractions(weights, scale)
    if edges == 'symmetric':
        mirrored = positions % (2 * size)
        positions = np.where(mirrored < size, mirrored, 2 * size - 1 - mirrored)
    else:
        positions = positions.clip(0, size - 1)
    bands = []
    for start in range(0, out, block):
        stop = min(start + block, out)
        where = positions[start:stop]
        first, last = int(where.min()), int(where.max()) + 1
        matrix = np.zeros((stop - start, last - first))
        np.add.at(matrix, (np.arange(stop - start)[:, None], where - first), weights[start:stop])
        matrix.flags.writeable = False
        bands.append(Band(start, stop, first, last, matrix))
    return AxisWeights(tuple(bands), denominator, float(np.abs(weights).sum(axis=1).max()))


class _Pass(NamedTuple):
    """One axis of a resize: apply the bands, divide by ``divisor``, and if ``rounded`` round to whole numbers."""

    axis: int
    bands: tuple[Band, ...]
    divisor: int
    rounded: bool
    exact32: bool


def _check_names(edges: str, convention: str) -> None:
    if edges not in ('symmetric', 'replicate'):
        raise InputError(f"edges must be 'symmetric' or 'replicate', not {edges!r}")
    if convention not in ('uint8', 'double'):
        raise InputError(f"convention must be 'uint8' or 'double', not {convention!r}")


def _scales(sides: Sequence[int], scale: Scale | None, size: Sequence[int] | None) -> tuple[float, float]:
    if scale is not None:
        scales = (float(scale), float(scale)) if isinstance(scale, (int, float)) else (scale[0], scale[1])
    elif size is not None:
        scales = (size[0] / sides[0], size[1] / sides[1])
    else:
        raise InputError('imresize needs a scale, an output size or both')
    if not all(math.isfinite(s) and s > 0 for s in scales):
        raise InputError(f'imresize needs scales above 0, not {scales}')
    return scales


def _plan(
    sides: tuple[int, int],
    top: int | None,
    scale: Scale | None,
    size: Sequence[int] | None,
    antialias: bool,
    edges: Edges,
    convention: Convention,
) -> list[_Pass]:
    """The two passes, smaller scale first, for an image whose values are whole numbers up to ``top`` (None: real)."""
    _check_names(edges, convention)
    scales = _scales(sides, scale, size)
    out = [math.ceil(s * n) for s, n in zip(scales, sides)] if size is None else list(size)
    if min(*sides, *out) < 1:
        raise InputError(f'imresize cannot take an image of {sides[0]}x{sides[1]} pixels to {out[0]}x{out[1]}')
    order = (0, 1) if scales[0] <= scales[1] else (1, 0)
    bound, divisor = (math.inf if top is None else float(top)), 1
    passes = []
    for axis in order:
        weights = axis_weights(sides[axis], out[axis], scales[axis], antialias, edges)
        bound *= weights.gain
        divisor *= weights.denominator
        last = axis == order[-1]
        rounded = top is not None and (last or convention == 'uint8')
        exact32 = weights.denominator > 1 and bound < _EXACT_FLOAT32
        passes.append(_Pass(axis, weights.bands, divisor if last or rounded else 1, rounded, exact32))
        if top is not None and rounded:
            bound, divisor = float(top), 1
    return passes


def imresize(
    img: np.ndarray,
    scale: Scale | None = None,
    *,
    size: Sequence[int] | None = None,
    antialias: bool = True,
    edges: Edges = 'symmetric',
    convention: Convention = 'uint8',
) -> np.ndarray:
    """Resize as MATLAB's ``imresize(img, scale, 'bicubic')`` does, to the last bit of its 8-bit results.

    Args:
        img: Image (H, W) or (H, W, C) of uint8, uint16, float32 or float64.
        scale: One factor, or one each for height and width. The output has ``ceil(scale * side)`` pixels.
        size: Output (height, width). Alone, it sets the scale of each axis to output / input; with ``scale``, only the
            number of pixels.
        antialias: Widen the kernel when the image is made smaller (MATLAB's default).
        edges: What lies outside the picture: its mirror image (MATLAB today) or its outermost pixel (older MATLAB).
        convention: How integer images are rounded, half away from zero and clipped. ``uint8``: after each of the two
            passes, as MATLAB does with an integer image. ``double``: once at the end, as for
            ``im2uint8(imresize(im2double(img), ...))``. Floating-point images are never rounded.

    Returns:
        The resized image, of the type given.

    Raises:
        InputError: For sizes, scales, types or names that make no sense.
    """
    if img.ndim not in (2, 3):
        raise InputError(f'imresize takes images (H, W) or (H, W, C), not an array of shape {img.shape}')
    if img.dtype not in (np.uint8, np.uint16, np.float32, np.float64):
        raise InputError(f'imresize takes uint8, uint16, float32 and float64 images, not {img.dtype}')
    top = int(np.iinfo(img.dtype).max) if img.dtype.kind == 'u' else None
    x = img
    for step in _plan((img.shape[0], img.shape[1]), top, scale, size, antialias, edges, convention):
        lines = _apply(np.ascontiguousarray(x.swapaxes(0, step.axis)), step, top, img.dtype)
        x = lines.swapaxes(0, step.axis)
    return np.ascontiguousarray(x, dtype=img.dtype)


def _apply(lines: np.ndarray, step: _Pass, top: int | None, dtype: np.dtype) -> np.ndarray:
    """One pass over the first axis; the blocks are small enough to stay in the processor's cache."""
    work = np.dtype(np.float32 if step.exact32 else np.float64)
    flat = lines.reshape(len(lines), -1)
    out = np.empty((step.bands[-1].stop, flat.shape[1]), dtype if step.rounded else work)
    for band in step.bands:
        block = band.matrix.astype(work) @ flat[band.first : band.last].astype(work)
        if step.divisor != 1:
            block /= step.divisor
        if step.rounded:
            block += 0.5
            np.floor(block, out=block)
            np.clip(block, 0, top, out=block)
        out[band.start : band.stop] = block
    return out.reshape(len(out), *lines.shape[1:])


def imresize_torch(
    x: Tensor,
    scale: Scale | None = None,
    *,
    size: Sequence[int] | None = None,
    antialias: bool = True,
    edges: Edges = 'symmetric',
    convention: Convention = 'uint8',
) -> Tensor:
    """``imresize`` for tensors (..., H, W) on any device: a batch at once, differentiable for floating-point input.

    The sums are made in float64 (float32 on Apple's MPS, which has no float64), whatever the type of ``x``.

    Args:
        x: Tensor of uint8 (rounded by ``convention``) or of any floating-point type (not rounded), any range.
        scale: As for ``imresize``.
        size: As for ``imresize``.
        antialias: As for ``imresize``.
        edges: As for ``imresize``.
        convention: As for ``imresize``.

    Returns:
        The resized tensor, of the type given.

    Raises:
        InputError: For sizes, scales, types or names that make no sense.
    """
    if x.dtype != torch.uint8 and not x.is_floating_point():
        raise InputError(f'imresize_torch takes uint8 and floating-point tensors, not {x.dtype}')
    if x.ndim < 2:
        raise InputError(f'imresize_torch takes tensors (..., H, W), not of shape {tuple(x.shape)}')
    work = torch.float32 if x.device.type == 'mps' else torch.float64
    top = None if x.is_floating_point() else 255
    y = x.to(work)
    for step in _plan((x.shape[-2], x.shape[-1]), top, scale, size, antialias, edges, convention):
        along = step.axis - 2
        blocks = []
        for band in step.bands:
            matrix = torch.tensor(band.matrix, dtype=work, device=x.device)
            lines = y.narrow(along, band.first, band.last - band.first)
            blocks.append(matrix @ lines if step.axis == 0 else lines @ matrix.T)
        y = torch.cat(blocks, along)
        if step.divisor != 1:
            y = y / step.divisor
        if step.rounded:
            y = (y + 0.5).floor().clamp(0, 255)
    return y.to(x.dtype)
