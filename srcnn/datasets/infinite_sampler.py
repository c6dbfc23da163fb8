"""An endless order of samples that can be entered at any point."""

import random
from collections.abc import Iterator, Sequence, Sized

import numpy as np
import torch
from mmengine.dist import get_dist_info, sync_random_seed
from torch.utils.data import Sampler

from srcnn.registry import DATA_SAMPLERS

_EPOCH_STEP = 1_000_003  # seeds of epochs and of draws lie apart for any two seeds that people choose


class Draw(int):
    """Index of a sample that carries the seed of its augmentation, so that no worker's history matters."""

    seed: int

    def __new__(cls, index: int, seed: int) -> 'Draw':
        draw = super().__new__(cls, index)
        draw.seed = seed
        return draw

    def __sub__(self, other: int) -> 'Draw':
        """So that ConcatDataset, which subtracts the sizes of the sets before, hands the seed on."""
        return Draw(int(self) - other, self.seed)

    def __mod__(self, other: int) -> 'Draw':
        """Likewise for RepeatDataset."""
        return Draw(int(self) % other, self.seed)

    def __getnewargs__(self) -> tuple[int, int]:  # type: ignore[override]
        return int(self), self.seed


def seed_draw(index: int) -> None:
    """Let the transforms of a drawn sample start from its own seed; a plain index changes nothing."""
    if isinstance(index, Draw):
        np.random.seed(index.seed)
        random.seed(index.seed)


@DATA_SAMPLERS.register_module()
class InfiniteSampler(Sampler):
    """Every sample once per round, in an order drawn anew for each round; one process's share of it.

    The n-th draw of a run depends on ``seed`` and n alone: not on the workers that load it, nor on whether the run was
    interrupted. Set ``drawn`` before iterating to go on after so many draws (of all processes together).

    Args:
        dataset: What is drawn from.
        shuffle: Whether to draw an order; else the data set's own, over and over.
        seed: Of the orders and of the augmentations; agreed on between the processes if None.
    """

    def __init__(self, dataset: Sized, shuffle: bool = True, seed: int | None = None) -> None:
        self.rank, self.world_size = get_dist_info()
        self.size = len(dataset)
        self.shuffle = shuffle
        self.seed = sync_random_seed() if seed is None else seed
        self.drawn = 0

    def __iter__(self) -> Iterator[Draw]:
        position, order_round = self.drawn + self.rank, -1
        order: Sequence[int] = range(self.size)
        while True:
            round_, place = divmod(position, self.size)
            if round_ != order_round:
                order, order_round = self.order(round_), round_
            yield Draw(order[place], (self.seed * _EPOCH_STEP + position) % 2**32)
            position += self.world_size

    def order(self, round_: int) -> Sequence[int]:
        """The samples of one round, in the order in which they are drawn."""
        if not self.shuffle:
            return range(self.size)
        generator = torch.Generator().manual_seed((self.seed + _EPOCH_STEP * round_) % 2**63)
        return torch.randperm(self.size, generator=generator).tolist()

    def __len__(self) -> int:
        """Samples in a round."""
        return self.size
