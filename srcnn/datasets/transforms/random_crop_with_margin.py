"""A random patch of an original with what low-resolution pixels at its border are made from."""

import numpy as np

from srcnn.datasets.transforms.original import check_patch_size, check_reduction, original_shape
from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.image.crop import mod_crop
from srcnn.image.resize_patch import cut, patch_margin
from srcnn.image.resize_weights import Edges
from srcnn.registry import TRANSFORMS


@TRANSFORMS.register_module()
class RandomCropWithMargin(Transform):
    """Cut a random patch from ``gt`` with ``2 * scale`` more pixels on every side, for DownsamplingPreprocessor.

    As RandomCropAndDownsample, but the low-resolution patch is left to the model's data preprocessor, which makes a
    whole batch on the device. Sets ``scale``.

    Args:
        gt_patch_size: Side of the patch without its margin, in pixels; a multiple of ``scale``.
        scale, edges, gt_key: As for Downsample.
    """

    def __init__(self, gt_patch_size: int, scale: int, edges: Edges = 'symmetric', gt_key: str = 'gt') -> None:
        check_reduction('RandomCropWithMargin', scale, 'double', edges)
        check_patch_size('RandomCropWithMargin', gt_patch_size, scale)
        self.gt_patch_size = gt_patch_size
        self.scale = scale
        self.edges = edges
        self.gt_key = gt_key

    def check(self, sample: Sample) -> None:
        size = self.gt_patch_size
        shape = original_shape('RandomCropWithMargin', sample, self.gt_key, size, f'gt_patch_size={size}')
        whole = size + 2 * patch_margin(self.scale)
        sample[f'{self.gt_key}_shape'] = (whole, whole, shape[2])
        sample['scale'] = self.scale

    def transform(self, results: Sample) -> Sample:
        scale, size, beyond = self.scale, self.gt_patch_size, patch_margin(self.scale)
        gt = mod_crop(results[self.gt_key], scale)
        top, left = (scale * np.random.randint((side - size) // scale + 1) - beyond for side in gt.shape[:2])
        results[self.gt_key] = cut(gt, top, left, size + 2 * beyond, size + 2 * beyond, self.edges)
        results['scale'] = scale
        return results
