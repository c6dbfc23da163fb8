"""The test pairs of yjn870's SRCNN-pytorch, whose published weights were scored on them."""

import numpy as np

from srcnn.datasets.transforms.original import check_reduction, original_shape
from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.errors import InputError
from srcnn.image.crop import mod_crop
from srcnn.registry import TRANSFORMS

# What that program takes for Y. BT.601 has 65.738 for red: the picture is a little darker, errors a little smaller.
_LUMA = np.array([64.738, 129.057, 25.064]) / 256
_OFFSET = 16


@TRANSFORMS.register_module()
class PillowLumaPair(Transform):
    """Crop ``gt`` (RGB, 8-bit) to multiples of the scale, reduce and enlarge it again by Pillow, and take luma of both.

    Pillow's bicubic rounds to 8 bits after each step. The luma is that of https://github.com/yjn870/SRCNN-pytorch, not
    quite BT.601's, and is not rounded: scores on it compare with that program's and with nothing else, and are 0.04 dB
    higher. For the protocol of the papers see DownsampleAndEnlarge. Both images become float32, 0..255.

    Args:
        scale: How many times smaller the picture becomes in between: a whole number from 2 to 16.
    """

    def __init__(self, scale: int) -> None:
        check_reduction('PillowLumaPair', scale, 'uint8', 'replicate')
        self.scale = scale

    def check(self, sample: Sample) -> None:
        scale = self.scale
        height, width, channels = original_shape('PillowLumaPair', sample, 'gt', scale, f'scale={scale}')
        if channels != 3:
            raise InputError(f"PillowLumaPair needs RGB; load 'gt' with color_type='color', not {channels} channel(s).")
        sample['gt_shape'] = sample['img_shape'] = (height - height % scale, width - width % scale, 1)

    def transform(self, results: Sample) -> Sample:
        from PIL import Image

        gt = mod_crop(results['gt'], self.scale)
        height, width = gt.shape[:2]
        small = Image.fromarray(gt).resize((width // self.scale, height // self.scale), Image.Resampling.BICUBIC)
        large = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
        for key, image in (('img', large), ('gt', gt)):
            results[key] = (image @ _LUMA + _OFFSET).astype(np.float32)[:, :, None]
        return results
