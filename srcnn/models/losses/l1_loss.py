"""Mean absolute error."""

from torch import Tensor, nn

from srcnn.models.losses.weighted_loss import check_reduction, reduce_loss
from srcnn.registry import MODELS


def l1_loss(pred: Tensor, target: Tensor, reduction: str = 'mean') -> Tensor:
    """``|pred - target|`` for tensors of one shape, reduced."""
    return reduce_loss((pred - target).abs(), reduction)


@MODELS.register_module()
class L1Loss(nn.Module):
    """``loss_weight`` times :func:`l1_loss`."""

    def __init__(self, loss_weight: float = 1.0, reduction: str = 'mean') -> None:
        super().__init__()
        self.loss_weight = loss_weight
        self.reduction = check_reduction(reduction, 'L1Loss')

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        return self.loss_weight * l1_loss(pred, target, self.reduction)
