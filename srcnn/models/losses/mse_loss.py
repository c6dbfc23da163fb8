"""Mean squared error, the loss of the paper (equation 4)."""

from torch import Tensor, nn

from srcnn.models.losses.weighted_loss import check_reduction, reduce_loss
from srcnn.registry import MODELS


def mse_loss(pred: Tensor, target: Tensor, reduction: str = 'mean') -> Tensor:
    """``(pred - target)²`` for tensors of one shape, reduced."""
    return reduce_loss((pred - target).square(), reduction)


@MODELS.register_module()
class MSELoss(nn.Module):
    """``loss_weight`` times :func:`mse_loss`."""

    def __init__(self, loss_weight: float = 1.0, reduction: str = 'mean') -> None:
        super().__init__()
        self.loss_weight = loss_weight
        self.reduction = check_reduction(reduction, 'MSELoss')

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        return self.loss_weight * mse_loss(pred, target, self.reduction)
