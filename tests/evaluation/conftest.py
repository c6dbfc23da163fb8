import numpy as np
import pytest
import torch
from skimage import data
from torch import Tensor


@pytest.fixture(scope='session')
def pair() -> tuple[Tensor, Tensor]:
    """A photograph with noise and itself, float64 (3, 90, 110) in 0..255."""
    gt = torch.from_numpy(data.astronaut()[20:110, 150:260].copy()).permute(2, 0, 1).double()
    noise = torch.from_numpy(np.random.default_rng(0).normal(0, 12, gt.shape))
    return (gt + noise).clamp(0, 255), gt
