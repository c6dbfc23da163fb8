"""Structural similarity."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from srcnn.errors import InputError
from srcnn.evaluation.image_metric import ImageMetric
from srcnn.registry import METRICS

_WINDOW, _SIGMA = 11, 1.5
_BORDER = _WINDOW // 2
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_TILE = 256  # side in pixels; the few arrays of a tile stay in the processor's cache

Plane = TypeVar('Plane', np.ndarray, Tensor)


def ssim(pred: Tensor, gt: Tensor) -> float:
    """SSIM of Wang et al., "Image quality assessment: from error visibility to structural similarity" (2004).

    As in the authors' ``ssim.m``: Gaussian window of 11x11, sigma 1.5, K = 0.01 and 0.03, population covariance, and
    only windows that lie within the image. Each channel by itself, then the mean. In double precision throughout:
    variances come out as small differences of large numbers.

    Args:
        pred: (C, H, W), 0..255.
        gt: The same shape.

    Returns:
        -1..1; 1 for identical images.

    Raises:
        InputError: If the images are smaller than the window.
    """
    channels, height, width = gt.shape
    if min(height, width) < _WINDOW:
        raise InputError(f'SSIM needs at least {_WINDOW}x{_WINDOW} pixels inside the border, here are {height}x{width}')
    a, b = pred.double(), gt.double()
    total = _sum_on_cpu(a.numpy(), b.numpy()) if a.device.type == 'cpu' else _map(a, b, _blur_tensor).sum().item()
    return total / (channels * (height - 2 * _BORDER) * (width - 2 * _BORDER))


def _map(a: Plane, b: Plane, blur: Callable[[Plane], Plane]) -> Plane:
    """SSIM at every position of the window, written in the sum and the difference of the images.

    With s = a + b and d = a - b: 4ab = s^2 - d^2 and 2(a^2 + b^2) = s^2 + d^2, and likewise for means and covariances,
    which leaves four blurs to do, not five.
    """
    s, d = a + b, a - b
    s_mean2, d_mean2 = blur(s) ** 2, blur(d) ** 2
    s_var, d_var = blur(s * s) - s_mean2, blur(d * d) - d_mean2
    numerator = (s_mean2 - d_mean2 + 2 * _C1) * (s_var - d_var + 2 * _C2)
    return numerator / ((s_mean2 + d_mean2 + 2 * _C1) * (s_var + d_var + 2 * _C2))


def _sum_on_cpu(a: np.ndarray, b: np.ndarray) -> float:
    """Sum of the map, tile by tile: memory does not grow with the image, and the tiles are shared out to threads."""
    import cv2  # here, because it is slow to load

    kernel = cv2.getGaussianKernel(_WINDOW, _SIGMA, cv2.CV_64F)

    def blur(plane: np.ndarray) -> np.ndarray:
        return cv2.sepFilter2D(plane, cv2.CV_64F, kernel, kernel)[_BORDER:-_BORDER, _BORDER:-_BORDER]

    def tile_sum(corner: tuple[int, int, int]) -> float:
        channel, top, left = corner
        tile = np.s_[channel, top : top + _TILE + 2 * _BORDER, left : left + _TILE + 2 * _BORDER]
        return float(_map(a[tile], b[tile], blur).sum())

    channels, height, width = a.shape
    corners = product(range(channels), range(0, height - 2 * _BORDER, _TILE), range(0, width - 2 * _BORDER, _TILE))
    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        return math.fsum(pool.map(tile_sum, corners))


def _blur_tensor(planes: Tensor) -> Tensor:
    """(C, H, W) -> (C, H - 10, W - 10), for other devices than the CPU."""
    x = torch.arange(-_BORDER, _BORDER + 1, dtype=planes.dtype, device=planes.device)
    kernel = torch.exp(-(x**2) / (2 * _SIGMA**2))
    kernel = kernel / kernel.sum()
    rows = F.conv2d(planes[:, None], kernel.view(1, 1, 1, -1))
    return F.conv2d(rows, kernel.view(1, 1, -1, 1))[:, 0]


@METRICS.register_module()
class SSIM(ImageMetric):
    """Mean over the images of ``ssim``. Arguments: see ImageMetric."""

    default_name = 'SSIM'
    measure = staticmethod(ssim)
