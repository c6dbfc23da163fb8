"""Patches cut on the host, some batches ahead of the device."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from srcnn.datasets.resident.decoded_pairs import DecodedPairs
from srcnn.datasets.resident.patch_draws import Drawn, PatchDraws
from srcnn.datasets.resident.patch_recipe import Turn

AHEAD = 4  # batches, or twice as many as one load takes
VIEWS: dict[Turn, Callable[[np.ndarray], np.ndarray]] = {
    'horizontal': lambda patch: patch[:, ::-1],
    'vertical': lambda patch: patch[::-1],
    'transpose': lambda patch: patch.swapaxes(0, 1),
}


class HostPatches:
    """See PatchSource. For data that does not fit on the device, and for the CPU, where there is nothing to copy.

    Args:
        pairs: The data.
        draws: Which patches.
        device: Where they go, by pinned memory if it is a CUDA device.
        capacity: Iterations that ``load`` takes at most.
    """

    def __init__(self, pairs: DecodedPairs, draws: PatchDraws, device: torch.device, capacity: int = 1) -> None:
        self.pairs = pairs
        self.draws = draws
        self.device = device
        self.ahead = max(AHEAD, 2 * capacity)
        # on the CPU the network wants the cores
        self._pool = ThreadPoolExecutor(1 if device.type == 'cpu' else min(8, os.cpu_count() or 1))
        self._waiting: dict[int, Future[list[Tensor]]] = {}
        self._slots = [
            torch.zeros(capacity, draws.batch_size, size, size, images[0].shape[2], dtype=torch.uint8, device=device)
            for images, size in self._kinds()
        ]

    def load(self, first: int, count: int) -> None:
        for slot in range(count):
            for slots, patches in zip(self._slots, self._take(first + slot * self.draws.per_iter)):
                slots[slot].copy_(patches, non_blocking=True)

    def cut(self, row: Tensor) -> tuple[Tensor, Tensor]:
        low, high = (slots.index_select(0, row)[0].permute(0, 3, 1, 2) for slots in self._slots)
        return low, high

    def batch(self, first: int) -> tuple[Tensor, Tensor]:
        low, high = (patches.to(self.device, non_blocking=True).permute(0, 3, 1, 2) for patches in self._take(first))
        return low, high

    def _kinds(self) -> list[tuple[Sequence[np.ndarray], int]]:
        recipe = self.pairs.recipe
        return [(self.pairs.low, recipe.low_size), (self.pairs.high, recipe.size)]

    def _take(self, first: int) -> list[Tensor]:
        """The patches of the iteration that begins with draw ``first``; the next ones are begun."""
        wanted = self._waiting.pop(first, None) or self._pool.submit(self._cut, first)
        for i in range(1, self.ahead + 1):
            later = first + i * self.draws.per_iter
            if later not in self._waiting and len(self._waiting) < self.ahead:
                self._waiting[later] = self._pool.submit(self._cut, later)
        return wanted.result()

    def _cut(self, first: int) -> list[Tensor]:
        """(batch, size, size, C) of the low-resolution images and of the originals."""
        drawn = Drawn(*(array[0] for array in self.draws.iterations(first, 1)))
        turns = [turn for turn, _ in self.pairs.recipe.turns]
        patches = []
        for (images, size), scale in zip(self._kinds(), (1, self.pairs.recipe.scale)):
            shape = (self.draws.batch_size, size, size, images[0].shape[2])
            out = torch.empty(shape, dtype=torch.uint8, pin_memory=self.device.type == 'cuda')
            for target, image, top, left, turned in zip(_pixels(out.numpy()), *drawn):
                patch = _pixels(images[image])[top * scale : top * scale + size, left * scale : left * scale + size]
                target[...] = turned_view(patch, [turn for turn, yes in zip(turns, turned) if yes])
            patches.append(out)
        return patches


def turned_view(patch: np.ndarray, turns: Sequence[Turn]) -> np.ndarray:
    """A view of (H, W, …) mirrored or transposed by each of ``turns`` in their order."""
    for turn in turns:
        patch = VIEWS[turn](patch)
    return patch


def _pixels(images: np.ndarray) -> np.ndarray:
    """(…, H, W, C) bytes as (…, H, W) pixels of C bytes, which numpy copies faster."""
    return images.view(f'V{images.shape[-1]}')[..., 0]
