"""A smooth absolute error (Charbonnier et al., ICIP 1994; Lai et al., CVPR 2017)."""

from torch import Tensor, nn

from srcnn.models.losses.weighted_loss import check_reduction, reduce_loss
from srcnn.registry import MODELS


def charbonnier_loss(pred: Tensor, target: Tensor, eps: float = 1e-12, reduction: str = 'mean') -> Tensor:
    """``sqrt((pred - target)² + eps)`` for tensors of one shape, reduced."""
    return reduce_loss(((pred - target).square() + eps).sqrt(), reduction)


@MODELS.register_module()
class CharbonnierLoss(nn.Module):
    """``loss_weight`` times :func:`charbonnier_loss`; ``eps`` is added to the square, as in MMagic."""

    def __init__(self, loss_weight: float = 1.0, reduction: str = 'mean', eps: float = 1e-12) -> None:
        super().__init__()
        self.loss_weight = loss_weight
        self.reduction = check_reduction(reduction, 'CharbonnierLoss')
        self.eps = eps

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        return self.loss_weight * charbonnier_loss(pred, target, self.eps, self.reduction)
