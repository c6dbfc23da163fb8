"""The weights of MATLAB's bicubic ``imresize`` along one axis."""

import math
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

Edges = Literal['symmetric', 'replicate']
BLOCK = 16  # output lines at a time: what they are made from stays in the processor's cache


class AxisWeights(NamedTuple):
    """Output line i is the sum over t of ``numerators[i, t] / denominator * lines[positions[i, t]]``."""

    positions: np.ndarray
    numerators: np.ndarray
    denominator: int

    @property
    def gain(self) -> float:
        """No sum of numerators exceeds the largest input times this."""
        return float(np.abs(self.numerators).sum(axis=1).max())


class Band(NamedTuple):
    """Output lines ``start:stop`` are ``matrix @ lines[first:last]``, over the denominator of the axis."""

    start: int
    stop: int
    first: int
    last: int
    matrix: np.ndarray


def _cubic(x: np.ndarray) -> np.ndarray:
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


@lru_cache(maxsize=64)
def axis_weights(size: int, out: int, scale: float, antialias: bool, edges: Edges) -> AxisWeights:
    """MATLAB's ``contributions``: what takes ``size`` lines to ``out`` lines at ``scale``."""
    shrink = scale if antialias and scale < 1 else 1.0
    width = 4 / shrink
    centre = np.arange(1, out + 1) / scale + 0.5 * (1 - 1 / scale) - 1
    positions = np.floor(centre - width / 2).astype(np.int64)[:, None] + np.arange(math.ceil(width) + 2)
    weights = shrink * _cubic(shrink * (centre[:, None] - positions))
    weights /= weights.sum(axis=1, keepdims=True)
    if edges == 'symmetric':
        mirrored = positions % (2 * size)
        positions = np.where(mirrored < size, mirrored, 2 * size - 1 - mirrored)
    else:
        positions = positions.clip(0, size - 1)
    used = weights.any(axis=0)
    return AxisWeights(positions[:, used], *_as_fractions(weights[:, used], scale))


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
def axis_bands(size: int, out: int, scale: float, antialias: bool, edges: Edges) -> tuple[Band, ...]:
    """The same weights as matrices, ``BLOCK`` output lines each."""
    weights = axis_weights(size, out, scale, antialias, edges)
    bands = []
    for start in range(0, out, BLOCK):
        stop = min(start + BLOCK, out)
        where = weights.positions[start:stop]
        first, last = int(where.min()), int(where.max()) + 1
        matrix = np.zeros((stop - start, last - first))
        np.add.at(matrix, (np.arange(stop - start)[:, None], where - first), weights.numerators[start:stop])
        bands.append(Band(start, stop, first, last, matrix))
    return tuple(bands)
