"""Which patches a run draws: a function of its seed and the number of the draw, for any stretch of draws at once."""

from typing import NamedTuple

import numpy as np

from srcnn.datasets.infinite_sampler import InfiniteSampler
from srcnn.datasets.resident.patch_recipe import PatchRecipe


class Drawn(NamedTuple):
    """Patches of consecutive iterations: arrays of one shape, with one more axis for the turns.

    ``image`` is the number of the sample; ``top`` and ``left`` are in pixels of the low-resolution image.
    """

    image: np.ndarray
    top: np.ndarray
    left: np.ndarray
    turned: np.ndarray


class PatchDraws:
    """Draws for one process: every image once per round, in the order of its InfiniteSampler, then place and turns.

    Args:
        sampler: Gives seed and order, and says which process this is.
        recipe: What is cut.
        low_sizes: (N, 2) heights and widths of the low-resolution images.
        batch_size: Of one process.
    """

    def __init__(self, sampler: InfiniteSampler, recipe: PatchRecipe, low_sizes: np.ndarray, batch_size: int) -> None:
        self.sampler = sampler
        self.recipe = recipe
        self.low_sizes = low_sizes
        self.batch_size = batch_size
        self.per_iter = batch_size * sampler.world_size  # draws of all processes together
        self._last = (-1, np.empty(0, np.int64))  # a round and its order

    def iterations(self, first: int, count: int) -> Drawn:
        """What ``count`` iterations use that begin with draw ``first``; each array is (count, batch size)."""
        draws = count * self.per_iter
        image = self._images(first, draws)
        numbers = uniforms(self.sampler.seed, first, draws, 2 + len(self.recipe.turns))
        free = self.low_sizes[image] - self.recipe.low_size + 1  # places for the patch, down and across
        top, left = (numbers[:, :2] * free).astype(np.int64).T
        turned = numbers[:, 2:] < [ratio for _, ratio in self.recipe.turns]
        return Drawn(*(self._share(array, count) for array in (image, top, left, turned)))

    def _share(self, array: np.ndarray, count: int) -> np.ndarray:
        """Of this process: every n-th draw, as InfiniteSampler deals them out."""
        sampler = self.sampler
        mine = array[sampler.rank :: sampler.world_size]
        return mine.reshape(count, self.batch_size, *array.shape[1:])

    def _images(self, first: int, count: int) -> np.ndarray:
        rounds, places = np.divmod(np.arange(first, first + count), self.sampler.size)
        images = np.empty(count, np.int64)
        for number in range(rounds[0], rounds[-1] + 1):
            images[rounds == number] = self._order(number)[places[rounds == number]]
        return images

    def _order(self, number: int) -> np.ndarray:
        """Of one round; several threads may ask."""
        last, order = self._last
        if last != number:
            order = np.asarray(self.sampler.order(number))
            self._last = number, order
        return order


def uniforms(seed: int, first: int, count: int, width: int) -> np.ndarray:
    """(count, width) numbers in [0, 1); row i depends on ``seed`` and ``first + i`` alone."""
    blocks = -(-width // 4)  # Philox hashes each value of its counter to four numbers
    bits = np.random.Philox(key=seed % 2**64, counter=first * blocks).random_raw(count * blocks * 4)
    return (bits.reshape(count, -1)[:, :width] >> np.uint64(11)) * 2.0**-53
