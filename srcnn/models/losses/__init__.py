"""What a network is trained to make small."""

from srcnn.models.losses.charbonnier_loss import CharbonnierLoss
from srcnn.models.losses.l1_loss import L1Loss
from srcnn.models.losses.mse_loss import MSELoss

__all__ = ['CharbonnierLoss', 'L1Loss', 'MSELoss']
