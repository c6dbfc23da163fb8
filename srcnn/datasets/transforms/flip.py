"""Random mirror images."""

from collections.abc import Sequence

import numpy as np

from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.errors import InputError
from srcnn.registry import TRANSFORMS


@TRANSFORMS.register_module()
class Flip(Transform):
    """With probability ``flip_ratio``, mirror all of ``keys`` together; the results are views.

    Args:
        keys: The images to flip, such as ['img', 'gt'].
        flip_ratio: Probability, 0 to 1.
        direction: 'horizontal' swaps left and right, 'vertical' top and bottom.
    """

    def __init__(self, keys: str | Sequence[str], flip_ratio: float = 0.5, direction: str = 'horizontal') -> None:
        if direction not in ('horizontal', 'vertical'):
            raise InputError(f"Flip: direction={direction!r} is unknown; use 'horizontal' or 'vertical'.")
        self.keys = [keys] if isinstance(keys, str) else list(keys)
        self.flip_ratio = flip_ratio
        self.direction = direction

    def transform(self, results: Sample) -> Sample:
        if np.random.random() < self.flip_ratio:
            for key in self.keys:
                image = results[key]
                results[key] = image[:, ::-1] if self.direction == 'horizontal' else image[::-1]
        return results
