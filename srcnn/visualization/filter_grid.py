"""The filters of a first layer as a picture (Dong et al., TPAMI 2015, figure 5)."""

import math
from collections.abc import Mapping

import numpy as np
from torch import Tensor

from srcnn.errors import InputError
from srcnn.image.crop import quantize

_GROUND = 255  # between the filters


def filter_grid(weight: np.ndarray, *, columns: int | None = None, gap: int = 1, common: bool = False) -> np.ndarray:
    """Lay filters out in a grid, in falling order of their variance, as the paper does.

    Args:
        weight: (N, C, k, k): N filters on C = 1 (gray) or 3 (RGB) channels.
        columns: Filters in a row; about the square root of N if None.
        gap: White pixels between filters.
        common: One scale for all, so that strong filters stand out; else each fills the range by itself.

    Returns:
        (rows*(k+gap)+gap, columns*(k+gap)+gap, C) uint8: 0 is gray (128), ``max |w|`` white, ``-max |w|`` black.

    Raises:
        InputError: Filters on another number of channels.
    """
    if weight.ndim != 4 or weight.shape[1] not in (1, 3):
        raise InputError(f'filters are shown on 1 or 3 channels, (N, 1 or 3, k, k), not {weight.shape}.')
    count, channels, height, width = weight.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    order = np.argsort(-weight.reshape(count, -1).var(axis=1), kind='stable')
    peaks = np.abs(weight).max(axis=(1, 2, 3), keepdims=True)
    peaks = np.maximum(peaks.max() if common else peaks, np.finfo(np.float32).tiny)
    pixels = quantize(127.5 + 127.5 * (weight / peaks)).astype(np.uint8)
    grid = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap, channels), _GROUND, np.uint8)
    for place, index in enumerate(order):
        row, column = divmod(place, columns)
        y, x = gap + row * (height + gap), gap + column * (width + gap)
        grid[y : y + height, x : x + width] = pixels[index].transpose(1, 2, 0)
    return grid


def first_filters(weights: Mapping[str, Tensor], source: str, layer: str | None = None) -> tuple[str, np.ndarray]:
    """The name and the filters (N, C, k, k) of the first layer in a checkpoint that looks at more than one pixel.

    Args:
        weights: Tensors by name.
        source: What errors call it.
        layer: Name of another one, such as 'generator.conv1'.

    Raises:
        InputError: There is none.
    """
    found = {name: value for name, value in weights.items() if value.ndim == 4 and max(value.shape[2:]) > 1}
    if layer is not None:
        found = {name: value for name, value in found.items() if name in (layer, f'{layer}.weight')}
    if not found:
        raise InputError(
            f'{source}: no {layer or "layer"} with filters of more than one pixel in {", ".join(weights)}.'
        )
    name, value = next(iter(found.items()))
    return name.removesuffix('.weight'), value.double().numpy()
