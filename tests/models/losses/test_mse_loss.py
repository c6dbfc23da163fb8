import pytest
import torch
import torch.nn.functional as F

from srcnn import InputError
from srcnn.models.losses import MSELoss


@pytest.mark.parametrize('reduction', ['none', 'mean', 'sum'])
def test_equals_torch(reduction):
    pred, target = torch.rand(2, 2, 3, 5, 4, dtype=torch.float64)
    expected = 0.5 * F.mse_loss(pred, target, reduction=reduction)
    torch.testing.assert_close(MSELoss(loss_weight=0.5, reduction=reduction)(pred, target), expected)


def test_unknown_reduction():
    with pytest.raises(InputError, match='average'):
        MSELoss(reduction='average')
