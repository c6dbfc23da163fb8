"""RGB <-> YCbCr by ITU-R BT.601, studio range, as MATLAB's ``rgb2ycbcr`` and ``ycbcr2rgb`` have it.

On an 8-bit scale Y runs from 16 to 235, Cb and Cr from 16 to 240 with 128 as their zero. This is the Y of the
super-resolution papers; it is neither JPEG's YCbCr (full range) nor a gray conversion such as OpenCV's.

The plain functions take numpy images (H, W, 3); integers are rounded, floats are not. Those ending in ``_chw`` take
floating-point tensors (..., 3, H, W) and never round.
"""

import numpy as np
import torch
from torch import Tensor

from ..errors import InputError

# MATLAB's matrix times 1000: from RGB in 0..1 to YCbCr on the 8-bit scale, without the offset. Whole numbers, so that
# sums over integer pixels are exact and ties are rounded alike on every machine.
_THOUSANDTHS = np.array([[65481, 128553, 24966], [-37797, -74203, 112000], [112000, -93786, -18214]], np.float64)
_OFFSET = np.array([16, 128, 128], np.float64)
_DIVISOR = 255 * 1000
_INVERSE = np.linalg.inv(_THOUSANDTHS) * _DIVISOR


def rgb_to_ycbcr(img: np.ndarray) -> np.ndarray:
    """MATLAB ``rgb2ycbcr``.

    Args:
        img: RGB (H, W, 3): uint8, uint16, or float in 0..1.

    Returns:
        YCbCr (H, W, 3) of the same type and range; integers rounded half away from zero.

    Raises:
        InputError: If the image has not three channels or is of another type.
    """
    peak = _peak(img)
    return _restore(img @ _THOUSANDTHS.T / _DIVISOR + _OFFSET * (peak / 255), img.dtype)


def rgb_to_y(img: np.ndarray) -> np.ndarray:
    """First channel of ``rgb_to_ycbcr`` as (H, W, 1)."""
    peak = _peak(img)
    return _restore(img @ _THOUSANDTHS[:1].T / _DIVISOR + _OFFSET[:1] * (peak / 255), img.dtype)


def ycbcr_to_rgb(img: np.ndarray) -> np.ndarray:
    """MATLAB ``ycbcr2rgb``: the inverse of ``rgb_to_ycbcr``; colours outside RGB are clipped into it, floats too."""
    peak = _peak(img)
    rgb = (img - _OFFSET * (peak / 255)) @ _INVERSE.T
    return _restore(rgb.clip(0, peak), img.dtype)


def rgb_to_ycbcr_chw(img: Tensor, peak: float) -> Tensor:
    """``rgb_to_ycbcr`` for tensors.

    Args:
        img: RGB (..., 3, H, W), floating point, 0..peak.
        peak: The value of white: 1 or 255.

    Returns:
        YCbCr (..., 3, H, W) on the same scale, unrounded.
    """
    return _mix(img, _THOUSANDTHS / _DIVISOR) + _column(_OFFSET * (peak / 255), img)


def rgb_to_y_chw(img: Tensor, peak: float) -> Tensor:
    """First channel of ``rgb_to_ycbcr_chw`` as (..., 1, H, W)."""
    return _mix(img, _THOUSANDTHS[:1] / _DIVISOR) + _OFFSET[0] * (peak / 255)


def ycbcr_to_rgb_chw(img: Tensor, peak: float) -> Tensor:
    """``ycbcr_to_rgb`` for tensors: (..., 3, H, W), 0..peak; clipped to 0..peak."""
    return _mix(img - _column(_OFFSET * (peak / 255), img), _INVERSE).clamp(0, peak)


def _peak(img: np.ndarray) -> float:
    """The value of white for an image of this type."""
    if img.ndim != 3 or img.shape[2] != 3:
        raise InputError(f'a colour image of shape (H, W, 3) is needed here, this one is {img.shape}')
    if img.dtype in (np.uint8, np.uint16):
        return float(np.iinfo(img.dtype).max)
    if np.issubdtype(img.dtype, np.floating):
        return 1.0
    raise InputError(f'a colour image must be uint8, uint16 or float in 0..1, not {img.dtype}')


def _restore(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    # Nothing is negative here, so this is rounding half away from zero.
    return (values if np.issubdtype(dtype, np.floating) else np.floor(values + 0.5)).astype(dtype)


def _mix(img: Tensor, matrix: np.ndarray) -> Tensor:
    return torch.einsum('kc,...chw->...khw', torch.from_numpy(matrix).to(img), img)


def _column(values: np.ndarray, img: Tensor) -> Tensor:
    return torch.from_numpy(values).to(img)[:, None, None]
