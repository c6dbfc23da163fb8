"""Random exchange of rows and columns."""

from collections.abc import Sequence

import numpy as np

from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.registry import TRANSFORMS


@TRANSFORMS.register_module()
class RandomTransposeHW(Transform):
    """With probability ``transpose_ratio``, swap height and width of all of ``keys`` together; the results are views.

    Together with the two flips this gives the eight symmetries of the square.
    """

    def __init__(self, keys: str | Sequence[str], transpose_ratio: float = 0.5) -> None:
        self.keys = [keys] if isinstance(keys, str) else list(keys)
        self.transpose_ratio = transpose_ratio

    def transform(self, results: Sample) -> Sample:
        if np.random.random() < self.transpose_ratio:
            for key in self.keys:
                results[key] = results[key].transpose(1, 0, 2)
        return results
