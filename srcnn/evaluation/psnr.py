"""Peak signal-to-noise ratio."""

import math

from torch import Tensor

from srcnn.evaluation.image_metric import ImageMetric
from srcnn.registry import METRICS


def psnr(pred: Tensor, gt: Tensor) -> float:
    """``10 log10(255^2 / MSE)``, the MSE over all pixels and channels together.

    Args:
        pred: (C, H, W), 0..255.
        gt: The same shape.

    Returns:
        Decibels; infinite for identical images.
    """
    mse = (pred.double() - gt.double()).square_().mean().item()
    return 10 * math.log10(255**2 / mse) if mse != 0 else math.inf


@METRICS.register_module()
class PSNR(ImageMetric):
    """Mean over the images of ``psnr``, in dB. Arguments: see ImageMetric.

    One image reproduced without any error has an infinite PSNR, and then so has the mean.
    """

    default_name = 'PSNR'
    measure = staticmethod(psnr)
