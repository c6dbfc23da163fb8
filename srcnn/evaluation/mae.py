"""Mean absolute error."""

from torch import Tensor

from srcnn.evaluation.image_metric import ImageMetric
from srcnn.registry import METRICS


def mae(pred: Tensor, gt: Tensor) -> float:
    """``mean |pred - gt| / 255``.

    Args:
        pred: (C, H, W), 0..255.
        gt: The same shape.

    Returns:
        Error as a fraction of the full range: 0 for identical images, 1 for black against white.
    """
    return (pred.double() - gt.double()).abs_().mean().item() / 255


@METRICS.register_module()
class MAE(ImageMetric):
    """Mean over the images of ``mae``. Arguments: see ImageMetric."""

    default_name = 'MAE'
    measure = staticmethod(mae)
