"""The input of the SRCNN paper: a picture that was made small and large again."""

import numpy as np

from srcnn.datasets.transforms.original import check_reduction, original_shape
from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.image.crop import mod_crop
from srcnn.image.resize import imresize
from srcnn.image.resize_weights import Edges
from srcnn.registry import TRANSFORMS


@TRANSFORMS.register_module()
class DownsampleAndEnlarge(Transform):
    """Crop ``gt`` to multiples of the scale; reduce and enlarge it again by MATLAB's bicubic ``imresize`` for ``img``.

    As the authors of SRCNN do in test and in making training data: in double precision, and without rounding in
    between. ``img`` is as large as ``gt``, float32 on the scale 0..255 and a little beyond; the network that takes it
    has ``upscale_factor=1``. The authors work on Y: load ``gt`` with ``to_y_channel=True``.

    Args:
        scale: How many times smaller the picture becomes in between: a whole number from 2 to 16.
        edges: What lies outside the picture: 'symmetric' (its mirror image, MATLAB today) or 'replicate'.
        lq_key: Key of the image that is made.
        gt_key: Key of the original.
    """

    def __init__(self, scale: int, edges: Edges = 'symmetric', lq_key: str = 'img', gt_key: str = 'gt') -> None:
        check_reduction('DownsampleAndEnlarge', scale, 'double', edges)
        self.scale = scale
        self.edges = edges
        self.lq_key = lq_key
        self.gt_key = gt_key

    def check(self, sample: Sample) -> None:
        scale = self.scale
        height, width, channels = original_shape('DownsampleAndEnlarge', sample, self.gt_key, scale, f'scale={scale}')
        shape = (height - height % scale, width - width % scale, channels)
        sample[f'{self.gt_key}_shape'] = sample[f'{self.lq_key}_shape'] = shape

    def transform(self, results: Sample) -> Sample:
        gt = mod_crop(results[self.gt_key], self.scale)
        pixels = gt / (np.iinfo(gt.dtype).max / 255)
        reduced = imresize(pixels, 1 / self.scale, edges=self.edges)
        results[self.lq_key] = imresize(reduced, self.scale, edges=self.edges).astype(np.float32)
        results[self.gt_key] = gt
        return results
