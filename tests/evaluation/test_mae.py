import pytest
import torch

from srcnn.evaluation.mae import mae


def test_known_values(pair):
    pred, gt = pair
    assert mae(gt, gt) == 0
    assert mae(torch.zeros(3, 4, 4, dtype=torch.uint8), torch.full((3, 4, 4), 255, dtype=torch.uint8)) == 1
    assert mae(pred, gt) == pytest.approx(torch.nn.functional.l1_loss(pred / 255, gt / 255).item(), abs=1e-12)
