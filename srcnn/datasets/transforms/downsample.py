"""A low-resolution image made from the whole original."""

from srcnn.datasets.transforms.original import check_reduction, original_shape
from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.image.crop import mod_crop
from srcnn.image.resize import Convention, imresize
from srcnn.image.resize_weights import Edges
from srcnn.registry import TRANSFORMS


@TRANSFORMS.register_module()
class Downsample(Transform):
    """Crop ``gt`` to multiples of the scale and make ``img`` from it by MATLAB's bicubic ``imresize``.

    For validation and test where there are originals alone; for training see RandomCropAndDownsample. Sets ``scale``.

    Args:
        scale: How many times smaller ``img`` is: a whole number from 2 to 16.
        convention: How pixels are rounded: 'double' once, at the end, as ``imresize(im2double(HR))`` does (the data of
            MMagic and BasicSR); 'uint8' after each of the two passes, as MATLAB does with an integer image.
        edges: What lies outside the picture: 'symmetric' (its mirror image, MATLAB today) or 'replicate'.
        lq_key: Key of the image that is made.
        gt_key: Key of the original.
    """

    def __init__(
        self,
        scale: int,
        convention: Convention = 'double',
        edges: Edges = 'symmetric',
        lq_key: str = 'img',
        gt_key: str = 'gt',
    ) -> None:
        check_reduction('Downsample', scale, convention, edges)
        self.scale = scale
        self.convention = convention
        self.edges = edges
        self.lq_key = lq_key
        self.gt_key = gt_key

    def check(self, sample: Sample) -> None:
        scale = self.scale
        height, width, channels = original_shape('Downsample', sample, self.gt_key, scale, f'scale={scale}')
        sample[f'{self.gt_key}_shape'] = (height - height % scale, width - width % scale, channels)
        sample[f'{self.lq_key}_shape'] = (height // scale, width // scale, channels)
        sample['scale'] = scale

    def transform(self, results: Sample) -> Sample:
        gt = mod_crop(results[self.gt_key], self.scale)
        results[self.lq_key] = imresize(gt, 1 / self.scale, edges=self.edges, convention=self.convention)
        results[self.gt_key] = gt
        results['scale'] = self.scale
        return results
