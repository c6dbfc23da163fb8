"""MATLAB's ``imresize`` (bicubic), for numpy images and for batches of tensors.

Both apply the weights of ``resize_weights.py``: a cubic kernel with a = -0.5, widened by 1/scale when the image is made
smaller, in double precision, along the axis with the smaller scale first. There are two ways of adding them up:

* **In order**, tap after tap in double precision, as MATLAB does. Where the exact result lies half-way between two
  levels, the last bit decides which, so the order of the additions is part of the result.
* **By matrix**, where the order cannot matter: for floating-point tensors, and for 8-bit images reduced by a whole
  number and rounded after each pass. There the weights are fractions with a small denominator, so that sums of
  numerators are exact even in float32.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from ..errors import InputError
from .resize_weights import BLOCK, AxisWeights, Band, Edges, axis_bands, axis_weights

if TYPE_CHECKING:  # preparing data needs no torch, and starts seconds earlier without
    from torch import Tensor

Convention = Literal['uint8', 'double']
Scale = float | tuple[float, float]

# Sums of whole numbers below this are exact in float32, with bits to spare for the rounding of the quotient.
_EXACT_FLOAT32 = 2**22


class _Pass(NamedTuple):
    """One axis of a resize.

    Values are divided by ``unit``, weighted, and if ``rounded`` made whole again; ``exact32``: they are whole numbers
    whose sums with the numerators of the weights fit float32.
    """

    axis: int
    size: int
    out: int
    scale: float
    antialias: bool
    edges: Edges
    unit: int
    rounded: bool
    exact32: bool

    def weights(self) -> AxisWeights:
        return axis_weights(*self[1:6])

    def bands(self) -> tuple[Band, ...]:
        return axis_bands(*self[1:6])


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
    if edges not in ('symmetric', 'replicate'):
        raise InputError(f"edges must be 'symmetric' or 'replicate', not {edges!r}")
    if convention not in ('uint8', 'double'):
        raise InputError(f"convention must be 'uint8' or 'double', not {convention!r}")
    scales = _scales(sides, scale, size)
    out = [math.ceil(s * n) for s, n in zip(scales, sides)] if size is None else list(size)
    if min(*sides, *out) < 1:
        raise InputError(f'imresize cannot take an image of {sides[0]}x{sides[1]} pixels to {out[0]}x{out[1]}')
    rounded = top is not None and convention == 'uint8'
    unit = 1 if top is None or rounded else top
    passes = []
    for axis in (0, 1) if scales[0] <= scales[1] else (1, 0):
        step = _Pass(axis, sides[axis], out[axis], scales[axis], antialias, edges, unit, rounded, exact32=False)
        weights = step.weights()
        exact32 = rounded and weights.denominator > 1 and weights.gain * (top or 0) < _EXACT_FLOAT32
        passes.append(step._replace(exact32=exact32))
        unit = 1
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
        lines = np.ascontiguousarray(x) if step.axis == 0 else _transpose(x)
        apply = _by_matrix if step.exact32 else _in_order
        flat = apply(lines.reshape(len(lines), -1), step, top)
        x = flat.reshape(step.out, *lines.shape[1:])
        x = x if step.axis == 0 else _transpose(x)
    if top is not None and convention == 'double':
        x = _round(x * top, top)
    return np.ascontiguousarray(x, dtype=img.dtype)


def _transpose(x: np.ndarray) -> np.ndarray:
    """Rows to columns of an image (H, W) or (H, W, C), laid out anew; numpy takes ten times as long as OpenCV."""
    if x[0, 0].nbytes > 32:  # more than OpenCV moves at once
        return np.ascontiguousarray(x.swapaxes(0, 1))
    import cv2

    return cv2.transpose(x).reshape(x.shape[1], x.shape[0], *x.shape[2:])


def _round(x: np.ndarray, top: int | None) -> np.ndarray:
    """Half away from zero and clip to 0..top, in place."""
    x += 0.5
    return np.clip(np.floor(x, out=x), 0, top, out=x)


def _by_matrix(lines: np.ndarray, step: _Pass, top: int | None) -> np.ndarray:
    """One rounded pass over lines (n, m) of whole numbers, exact in float32."""
    denominator = step.weights().denominator
    out = np.empty((step.out, lines.shape[1]), lines.dtype)
    for band in step.bands():
        block = band.matrix.astype(np.float32) @ lines[band.first : band.last].astype(np.float32)
        block /= denominator
        out[band.start : band.stop] = _round(block, top)
    return out


def _in_order(lines: np.ndarray, step: _Pass, top: int | None) -> np.ndarray:
    """One pass over lines (n, m) in double precision, tap after tap."""
    positions, numerators, denominator = step.weights()
    weights = numerators / denominator
    out = np.empty((step.out, lines.shape[1]), lines.dtype if step.rounded else np.float64)
    for start in range(0, step.out, BLOCK):
        where = positions[start : start + BLOCK]
        first = where.min()
        source = lines[first : where.max() + 1].astype(np.float64)
        if step.unit != 1:
            source /= step.unit
        block = np.zeros((len(where), lines.shape[1]))
        term = np.empty_like(block)
        for tap, weight in enumerate(weights[start : start + BLOCK].T):
            np.multiply(source[_as_slice(where[:, tap] - first)], weight[:, None], out=term)
            block += term
        out[start : start + BLOCK] = _round(block, top) if step.rounded else block
    return out


def _as_slice(index: np.ndarray) -> np.ndarray | slice:
    """The same lines without a copy, where they are evenly spaced."""
    step = index[1] - index[0] if len(index) > 1 else 1
    if step > 0 and index[-1] - index[0] == step * (len(index) - 1) and (np.diff(index) == step).all():
        return slice(index[0], index[-1] + 1, step)
    return index


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
        x: Tensor of uint8 (rounded by ``convention``, as ``imresize`` does to the pixel) or of any floating-point type
            (not rounded), any range.
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
    import torch

    if x.dtype != torch.uint8 and not x.is_floating_point():
        raise InputError(f'imresize_torch takes uint8 and floating-point tensors, not {x.dtype}')
    if x.ndim < 2:
        raise InputError(f'imresize_torch takes tensors (..., H, W), not of shape {tuple(x.shape)}')
    whole = x.dtype == torch.uint8
    top = 255 if whole else None
    y = x.to(torch.float32 if x.device.type == 'mps' else torch.float64)
    for step in _plan((x.shape[-2], x.shape[-1]), top, scale, size, antialias, edges, convention):
        y = y / step.unit
        y = _torch_in_order(y, step) if whole and not step.exact32 else _torch_by_matrix(y, step)
        if step.rounded:
            y = (y + 0.5).floor().clamp(0, 255)
    if whole and convention == 'double':
        y = (y * 255 + 0.5).floor().clamp(0, 255)
    return y.to(x.dtype)


def _torch_by_matrix(y: Tensor, step: _Pass) -> Tensor:
    import torch

    blocks = []
    for band in step.bands():
        matrix = torch.tensor(band.matrix, dtype=y.dtype, device=y.device)
        lines = y.narrow(step.axis - 2, band.first, band.last - band.first)
        blocks.append(matrix @ lines if step.axis == 0 else lines @ matrix.T)
    return torch.cat(blocks, step.axis - 2) / step.weights().denominator


def _torch_in_order(y: Tensor, step: _Pass) -> Tensor:
    import torch

    positions, numerators, denominator = step.weights()
    factors = torch.tensor(numerators / denominator, dtype=y.dtype, device=y.device)
    where = torch.tensor(positions, device=y.device)
    total = y.new_zeros(())
    for tap in range(where.shape[1]):
        factor = factors[:, tap, None] if step.axis == 0 else factors[:, tap]
        total = total + y.index_select(step.axis - 2, where[:, tap]) * factor
    return total
