"""Patches cut on the device from all images of the set, which stay there."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from srcnn.datasets.resident.decoded_pairs import DecodedPairs
from srcnn.datasets.resident.patch_draws import PatchDraws
from srcnn.datasets.resident.patch_recipe import Turn


class DevicePatches:
    """See PatchSource. A patch is a place in memory and two strides, whichever way it is turned; a batch is one gather.

    Args:
        pairs: The data; copied.
        draws: Which patches.
        device: Where the data goes.
        capacity: Iterations that ``load`` takes at most.
    """

    def __init__(self, pairs: DecodedPairs, draws: PatchDraws, device: torch.device, capacity: int = 1) -> None:
        self.draws = draws
        self.device = device
        self.recipe = pairs.recipe
        self._pixels, self._offsets = zip(*(_upload(images, device) for images in (pairs.low, pairs.high)))
        self._widths = pairs.low_sizes[:, 1]
        # for each iteration and both kinds of image: first pixel, stride of rows, stride of columns, in pixels
        self._places = torch.zeros(capacity, 2, 3, draws.batch_size, dtype=torch.int64, device=device)
        self._row = torch.zeros(1, dtype=torch.int64, device=device)

    def load(self, first: int, count: int) -> None:
        image, top, left, turned = self.draws.iterations(first, count)
        places = []
        for offsets, scale in zip(self._offsets, (1, self.recipe.scale)):
            width = self._widths[image] * scale
            start = offsets[image] + top * scale * width + left * scale
            size = self.recipe.low_size * scale
            places.append(turned_strides(start, width, size, [turn for turn, _ in self.recipe.turns], turned))
        host = torch.from_numpy(np.stack(places, axis=1))
        if self.device.type == 'cuda':
            host = host.pin_memory()
        self._places[:count].copy_(host, non_blocking=True)

    def cut(self, row: Tensor) -> tuple[Tensor, Tensor]:
        low, high = self._places.index_select(0, row)[0]
        return (
            gather_patches(self._pixels[0], low, self.recipe.low_size),
            gather_patches(self._pixels[1], high, self.recipe.size),
        )

    def batch(self, first: int) -> tuple[Tensor, Tensor]:
        self.load(first, 1)
        return self.cut(self._row)


def turned_strides(
    start: np.ndarray, width: np.ndarray, size: int, turns: Sequence[Turn], turned: np.ndarray
) -> np.ndarray:
    """Where square patches lie once they are turned.

    Args:
        start: (count, batch) first pixel of each patch.
        width: (count, batch) pixels from one row of its image to the next.
        size: Side of the patches.
        turns: What may be done to them, in this order.
        turned: (count, batch, number of turns) whether it is.

    Returns:
        (count, 3, batch): first pixel, stride of rows, stride of columns.
    """
    row, column = width, np.ones_like(width)
    for i, turn in enumerate(turns):
        yes = turned[..., i]
        if turn == 'transpose':
            row, column = np.where(yes, column, row), np.where(yes, row, column)
        elif turn == 'horizontal':
            start, column = start + yes * (size - 1) * column, np.where(yes, -column, column)
        else:
            start, row = start + yes * (size - 1) * row, np.where(yes, -row, row)
    return np.stack([start, row, column], axis=1)


def gather_patches(pixels: Tensor, places: Tensor, size: int) -> Tensor:
    """(batch, C, size, size), channels last in memory, from (N, C) pixels and (3, batch) ``turned_strides``."""
    start, row, column = places[..., None]
    along = torch.arange(size, device=pixels.device)
    index = (start + row * along)[:, :, None] + (column * along)[:, None, :]
    return pixels.index_select(0, index.flatten()).view(*index.shape, -1).permute(0, 3, 1, 2)


def _upload(images: Sequence[np.ndarray], device: torch.device) -> tuple[Tensor, np.ndarray]:
    """All pixels one after the other, (N, C), and the number of the first one of each image."""
    different = {id(image): image for image in images}
    counts = [image.shape[0] * image.shape[1] for image in different.values()]
    first = dict(zip(different, np.cumsum([0, *counts]).tolist()))
    pixels = torch.empty(sum(counts), images[0].shape[2], dtype=torch.uint8, device=device)
    for key, image in different.items():
        flat = torch.from_numpy(image.reshape(-1, image.shape[2]).copy())  # a mapped file is read-only
        pixels[first[key] : first[key] + len(flat)].copy_(flat)
    return pixels, np.array([first[id(image)] for image in images], np.int64)
