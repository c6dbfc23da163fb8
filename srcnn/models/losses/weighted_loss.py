"""What the pixel losses share: a reduction and a weight."""

from torch import Tensor

from srcnn.errors import InputError

REDUCTIONS = ('none', 'mean', 'sum')


def check_reduction(reduction: str, loss: str) -> str:
    """``reduction`` as it came; InputError naming the loss if it is none of 'none', 'mean', 'sum'."""
    if reduction not in REDUCTIONS:
        raise InputError(f'{loss}: reduction={reduction!r} is unknown; use one of {list(REDUCTIONS)}.')
    return reduction


def reduce_loss(loss: Tensor, reduction: str) -> Tensor:
    """A loss per pixel, or its mean or sum over all of them."""
    if reduction == 'none':
        return loss
    return loss.mean() if reduction == 'mean' else loss.sum()
