"""A random patch of an original, and the low-resolution patch of the same place, made on the fly."""

import numpy as np

from srcnn.datasets.transforms.original import check_patch_size, check_reduction, original_shape
from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.image.crop import mod_crop
from srcnn.image.resize import Convention
from srcnn.image.resize_patch import imresize_patch
from srcnn.image.resize_weights import Edges
from srcnn.registry import TRANSFORMS


@TRANSFORMS.register_module()
class RandomCropAndDownsample(Transform):
    """Cut a random patch from ``gt`` and make ``img`` from it and its surroundings, in half a millisecond.

    Every pixel of ``img`` is what Downsample followed by PairedRandomCrop would give: ``gt`` counts as cropped to
    multiples of the scale, the patch lies on the grid of low-resolution pixels, and what the kernel sees beyond the
    patch is what is there in the image. Sets ``scale``.

    Args:
        gt_patch_size: Side of the square cut from ``gt``, in pixels; a multiple of ``scale``.
        scale, convention, edges, lq_key, gt_key: As for Downsample.
    """

    def __init__(
        self,
        gt_patch_size: int,
        scale: int,
        convention: Convention = 'double',
        edges: Edges = 'symmetric',
        lq_key: str = 'img',
        gt_key: str = 'gt',
    ) -> None:
        check_reduction('RandomCropAndDownsample', scale, convention, edges)
        check_patch_size('RandomCropAndDownsample', gt_patch_size, scale)
        self.gt_patch_size = gt_patch_size
        self.scale = scale
        self.convention = convention
        self.edges = edges
        self.lq_key = lq_key
        self.gt_key = gt_key

    def check(self, sample: Sample) -> None:
        size, scale = self.gt_patch_size, self.scale
        shape = original_shape('RandomCropAndDownsample', sample, self.gt_key, size, f'gt_patch_size={size}')
        sample[f'{self.gt_key}_shape'] = (size, size, shape[2])
        sample[f'{self.lq_key}_shape'] = (size // scale, size // scale, shape[2])
        sample['scale'] = scale

    def transform(self, results: Sample) -> Sample:
        size, scale = self.gt_patch_size, self.scale
        gt, side = mod_crop(results[self.gt_key], scale), size // scale
        top = np.random.randint(gt.shape[0] // scale - side + 1)
        left = np.random.randint(gt.shape[1] // scale - side + 1)
        results[self.lq_key] = imresize_patch(
            gt, scale, top, left, side, side, edges=self.edges, convention=self.convention
        )
        top, left = top * scale, left * scale
        results[self.gt_key] = gt[top : top + size, left : left + size]
        results['scale'] = scale
        return results
