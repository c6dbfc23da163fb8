"""Structural similarity."""

import math
from concurrent.futures import ThreadPoolExecutor
from itertools import product

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
# A tile's few arrays stay in the processor's cache, and are large enough for the calls to cost nothing.
_TILE_ROWS, _TILE_VALUES = 128, 128 * 384
_ERROR = 3e-7  # of a blur in float32, relative; no kind of image was found that loses more
_ALLOWED = 4.5e-7  # of the mean loss; SSIM is 1 - 2 loss
_FEW = 64 * 64  # windows: over fewer, errors do not average out
_AS_THEY_ARE = (torch.uint8, torch.float32, torch.float64)  # to OpenCV; it does not know all types


def _gaussian() -> np.ndarray:
    weights = np.exp(-(np.arange(-_BORDER, _BORDER + 1) ** 2) / (2 * _SIGMA**2))
    return weights / weights.sum()


def _for_float32(weights: np.ndarray) -> np.ndarray:
    """The nearest weights (within 8e-9) that float32 holds and whose sum is exactly 1, so that flat stays flat."""
    weights = np.round(weights * 2**26) / 2**26
    weights[_BORDER] += 1 - weights.sum()
    return weights


_GAUSSIAN = _gaussian()
_KERNELS: dict[type, np.ndarray] = {np.float64: _GAUSSIAN, np.float32: _for_float32(_GAUSSIAN)}


def ssim(pred: Tensor, gt: Tensor) -> float:
    """SSIM of Wang et al., "Image quality assessment: from error visibility to structural similarity" (2004).

    As in the authors' ``ssim.m``: Gaussian window of 11x11, sigma 1.5, K = 0.01 and 0.03, population covariance, and
    only windows that lie within the image. Each channel by itself, then the mean. Within 1e-6 of double precision
    throughout, which is what other devices than the CPU compute in.

    Args:
        pred: (C, H, W), 0..255, any layout in memory.
        gt: The same shape.

    Returns:
        -1..1; 1 for identical images.

    Raises:
        InputError: If the images are smaller than the window.
    """
    channels, height, width = gt.shape
    if min(height, width) < _WINDOW:
        raise InputError(f'SSIM needs at least {_WINDOW}x{_WINDOW} pixels inside the border, here are {height}x{width}')
    pred, gt = (image if image.dtype in _AS_THEY_ARE else image.double() for image in (pred, gt))
    total = _sum_on_cpu(pred, gt) if gt.device.type == 'cpu' else _sum_on_device(pred, gt)
    return 1 - 2 * total / (channels * (height - 2 * _BORDER) * (width - 2 * _BORDER))


def _sum_on_cpu(pred: Tensor, gt: Tensor) -> float:
    """Sum of the loss over tiles: memory does not grow with the image, and threads share the tiles.

    In float32 first. While that may have lost too much over the whole image, the tiles that lost most are done again in
    double precision.
    """
    channels, height, width = gt.shape
    # As OpenCV has them: either all channels of a pixel side by side, or one channel after the other.
    interleaved = gt.stride(0) == 1 and channels <= 4
    pairs = [(pred, gt)] if interleaved else [(pred[i : i + 1], gt[i : i + 1]) for i in range(channels)]
    images = [tuple(image.permute(1, 2, 0).numpy() for image in pair) for pair in pairs]
    columns = _TILE_VALUES // _TILE_ROWS // (channels if interleaved else 1)
    corners = range(0, height - 2 * _BORDER, _TILE_ROWS), range(0, width - 2 * _BORDER, columns)
    places = list(product(range(len(images)), *corners))

    def loss(place: tuple[int, int, int], dtype: type = np.float32) -> tuple[float, float]:
        i, top, left = place
        part = np.s_[top : top + _TILE_ROWS + 2 * _BORDER, left : left + columns + 2 * _BORDER]
        return _tile_loss(images[i][0][part], images[i][1][part], dtype)

    windows = channels * (height - 2 * _BORDER) * (width - 2 * _BORDER)
    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        found = list(pool.map(loss, places))
        allowed = _ALLOWED * windows if windows > _FEW else 0
        total = sum(error for _, error in found)
        again = []
        for i in sorted(range(len(found)), key=lambda i: -found[i][1]):
            if total > allowed:
                total -= found[i][1]
                again.append(i)
        for i, exact in zip(again, pool.map(lambda i: loss(places[i], np.float64), again)):
            found[i] = exact
    return math.fsum(value for value, _ in found)


def _tile_loss(a: np.ndarray, b: np.ndarray, dtype: type) -> tuple[float, float]:
    """Sum of (1 - SSIM) / 2 over all windows within two images (H, W, C), and how far it may be off in float32.

    In terms of s = a + b and d = a - b: 4ab = s^2 - d^2 and 2(a^2 + b^2) = s^2 + d^2, and likewise for means and
    covariances. That leaves four blurs, not five, and SSIM = (1 - 2l)(1 - 2c) with::

        l = E[d]^2 / (E[s]^2 + E[d]^2 + 2 C1)        c = var(d) / (var(s) + var(d) + 2 C2)

    Variances come out as small differences of large numbers. Therefore s and d are taken from about their means over
    the tile. The error that is left in c is about that of ``E[s]^2`` and ``E[d]^2`` there, divided by c's denominator;
    it is worked out at every 16th pixel.
    """
    import cv2  # here, because it is slow to load

    code, kernel = cv2.CV_32F if dtype is np.float32 else cv2.CV_64F, _KERNELS[dtype]
    rows, columns, channels = a.shape

    def blur(image: np.ndarray) -> np.ndarray:
        return cv2.sepFilter2D(image, code, kernel, kernel)

    mean_a, mean_b = (float(image[::8, ::8].mean()) for image in (a, b))
    about_s, about_d = round(mean_a + mean_b), round(mean_a - mean_b)
    s = cv2.addWeighted(a, 1, b, 1, -about_s, dtype=code)
    d = cv2.addWeighted(a, 1, b, -1, -about_d, dtype=code)
    s_mean, d_mean = blur(s), blur(d)
    spread, c = blur(np.multiply(s, s, out=s)), blur(np.multiply(d, d, out=d))
    s_mean2, d_mean2 = np.multiply(s_mean, s_mean, out=s), np.multiply(d_mean, d_mean, out=d)
    c -= d_mean2
    spread -= s_mean2
    spread += 2 * _C2
    spread += c
    c /= spread
    some = np.s_[_BORDER:-_BORDER:4, _BORDER:-_BORDER:4]
    error = (s_mean2[some] * np.abs(c[some]) + d_mean2[some] * (1 - c[some])) / spread[some]
    s_mean += about_s
    s_mean *= s_mean
    d_mean += about_d
    d_mean *= d_mean
    s_mean += d_mean
    s_mean += 2 * _C1
    loss = np.divide(d_mean, s_mean, out=d_mean)  # l, and then l + c - 2lc
    np.multiply(loss, c, out=s_mean)
    loss += c
    s_mean *= 2
    loss -= s_mean
    inner = loss.reshape(rows, columns * channels)[_BORDER:-_BORDER, _BORDER * channels : -_BORDER * channels]
    return float(inner.sum(axis=1).sum(dtype=np.float64)), _ERROR * float(error.mean()) * inner.size


def _sum_on_device(pred: Tensor, gt: Tensor) -> float:
    """The same sum for (C, H, W) on any device, in double precision."""
    a, b = pred.double(), gt.double()
    s, d = a + b, a - b
    s_mean2, d_mean2 = _blur(s).square_(), _blur(d).square_()
    s_var, d_var = _blur(s.square_()) - s_mean2, _blur(d.square_()) - d_mean2
    lum = d_mean2 / (s_mean2 + d_mean2 + 2 * _C1)
    con = d_var / (s_var + d_var + 2 * _C2)
    return (lum + con - 2 * lum * con).sum().item()


def _blur(planes: Tensor) -> Tensor:
    """(C, H, W) -> (C, H - 10, W - 10)."""
    kernel = torch.from_numpy(_GAUSSIAN).to(planes)
    rows = F.conv2d(planes[:, None], kernel.view(1, 1, 1, -1))
    return F.conv2d(rows, kernel.view(1, 1, -1, 1))[:, 0]


@METRICS.register_module()
class SSIM(ImageMetric):
    """Mean over the images of ``ssim``. Arguments: see ImageMetric."""

    default_name = 'SSIM'
    measure = staticmethod(ssim)
