"""Arrays -> tensors."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from srcnn.datasets.transforms.pair import pair_scale
from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.errors import InputError
from srcnn.registry import TRANSFORMS

# What the steps after the network want to know of a sample; everything else stays behind.
META_KEYS = ('key', 'img_path', 'gt_path', 'scale')


@TRANSFORMS.register_module()
class PackInputs(Transform):
    """End of a pipeline: ``{'inputs': img, 'data_samples': {'gt': gt, 'key': …, 'img_path': …}}``.

    Images become (C, H, W) tensors of the depth they have, uint8 as a rule: a quarter of what floats would take to
    collate and to copy to a device.

    Args:
        keys: The image that goes into the network; the first of these that the sample has.
        meta_keys: Further entries of the sample to hand on as they are.
        data_keys: Further arrays of the sample to hand on as tensors.
    """

    def __init__(
        self,
        keys: str | Sequence[str] = ('merged', 'img'),
        meta_keys: str | Sequence[str] = (),
        data_keys: str | Sequence[str] = (),
    ) -> None:
        self.keys = _as_list(keys)
        self.meta_keys = [*META_KEYS, *_as_list(meta_keys)]
        self.data_keys = ['gt', *_as_list(data_keys)]

    def check(self, sample: Sample) -> None:
        if not any(f'{key}_shape' in sample for key in self.keys):
            raise InputError(
                f'PackInputs: the sample holds none of the images {self.keys}; load one with LoadImageFromFile(key=…).'
            )
        if 'img_shape' in sample and 'gt_shape' in sample:
            sample['scale'] = pair_scale(sample)

    def transform(self, results: Sample) -> Sample:
        image = next(results[key] for key in self.keys if key in results)
        data = {key: results[key] for key in self.meta_keys if key in results}
        data.update((key, to_tensor(results[key])) for key in self.data_keys if key in results)
        return {'inputs': to_tensor(image), 'data_samples': data}


def to_tensor(image: np.ndarray) -> Tensor:
    """(H, W, C) array, perhaps a read-only view, to a contiguous (C, H, W) tensor of the same depth and its own."""
    return torch.from_numpy(image.transpose(2, 0, 1).copy())


def _as_list(keys: str | Sequence[str]) -> list[str]:
    return [keys] if isinstance(keys, str) else list(keys)
