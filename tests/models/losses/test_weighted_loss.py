import torch

from srcnn.models.losses.weighted_loss import reduce_loss


def test_reductions():
    loss = torch.tensor([1.0, 2.0, 6.0])
    assert reduce_loss(loss, 'none') is loss
    assert reduce_loss(loss, 'mean') == 3
    assert reduce_loss(loss, 'sum') == 9
