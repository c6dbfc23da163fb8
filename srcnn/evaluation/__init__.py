"""Scores: in each file a pure function, and the registered metric around it."""

from srcnn.evaluation.mae import MAE
from srcnn.evaluation.protocol import Protocol
from srcnn.evaluation.psnr import PSNR
from srcnn.evaluation.ssim import SSIM

__all__ = ['MAE', 'PSNR', 'SSIM', 'Protocol']
