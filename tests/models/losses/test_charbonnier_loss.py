import torch

from srcnn.models.losses import CharbonnierLoss


def test_is_an_absolute_error_far_from_zero_and_smooth_at_it():
    pred, target = torch.rand(2, 100, dtype=torch.float64)
    torch.testing.assert_close(CharbonnierLoss()(pred, target), (pred - target).abs().mean(), atol=1e-9, rtol=0)
    same = torch.zeros(3, requires_grad=True)
    loss = CharbonnierLoss(eps=1e-6)(same, torch.zeros(3))
    loss.backward()
    assert loss.item() == torch.tensor(1e-6).sqrt().item()
    assert same.grad.abs().max() == 0


def test_three_four_five():
    pred = torch.tensor([3.0])
    assert CharbonnierLoss(loss_weight=2, eps=16.0)(pred, torch.zeros(1)) == 10
