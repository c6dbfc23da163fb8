"""The same random place cut from both images of a pair."""

import numpy as np

from srcnn.datasets.transforms.pair import pair_scale
from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.errors import InputError
from srcnn.registry import TRANSFORMS


@TRANSFORMS.register_module()
class PairedRandomCrop(Transform):
    """Cut a random patch from ``gt`` and the patch of the same place from ``img``; both are views.

    Needs ``scale`` in the sample (see SetValues).

    Args:
        gt_patch_size: Side of the square cut from ``gt``, in pixels; a multiple of ``scale``.
        lq_key: Key of the low-resolution image.
        gt_key: Key of the original.
    """

    def __init__(self, gt_patch_size: int, lq_key: str = 'img', gt_key: str = 'gt') -> None:
        if gt_patch_size < 1:
            raise InputError(f'PairedRandomCrop: gt_patch_size={gt_patch_size} must be at least 1.')
        self.gt_patch_size = gt_patch_size
        self.lq_key = lq_key
        self.gt_key = gt_key

    def check(self, sample: Sample) -> None:
        """The pair must fit the scale, the patch the scale and both images."""
        if 'scale' not in sample:
            raise InputError(
                'PairedRandomCrop needs the scale; put dict(type="SetValues", dictionary=dict(scale=4)) before it.'
            )
        scale = pair_scale(sample, self.lq_key, self.gt_key)
        if self.gt_patch_size % scale:
            raise InputError(
                f'PairedRandomCrop: gt_patch_size={self.gt_patch_size} is not a multiple of scale={scale}.'
            )
        height, width, channels = sample[f'{self.gt_key}_shape']
        size = self.gt_patch_size
        if min(height, width) < size:
            raise InputError(
                f'{sample[f"{self.gt_key}_path"]} is {width}x{height}, smaller than gt_patch_size={size}; take a '
                'smaller gt_patch_size in PairedRandomCrop, or leave the image out.'
            )
        sample[f'{self.gt_key}_shape'] = (size, size, channels)
        sample[f'{self.lq_key}_shape'] = (size // scale, size // scale, sample[f'{self.lq_key}_shape'][2])

    def transform(self, results: Sample) -> Sample:
        scale, size = results['scale'], self.gt_patch_size
        img, gt = results[self.lq_key], results[self.gt_key]
        img_size = size // scale
        # np.random.randint takes twenty times as long
        top = int(np.random.random() * (img.shape[0] - img_size + 1))
        left = int(np.random.random() * (img.shape[1] - img_size + 1))
        results[self.lq_key] = img[top : top + img_size, left : left + img_size]
        top, left = top * scale, left * scale
        results[self.gt_key] = gt[top : top + size, left : left + size]
        return results
