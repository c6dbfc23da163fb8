"""Cropping and 8-bit rounding, as the super-resolution papers do them before they measure anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np

from ..errors import InputError

if TYPE_CHECKING:
    from torch import Tensor


def mod_crop(img: np.ndarray, scale: int) -> np.ndarray:
    """Cut the bottom and right so that both sides are multiples of ``scale`` (MATLAB ``modcrop``).

    Args:
        img: Image (H, W) or (H, W, C), any type.
        scale: Whole number from 1.

    Returns:
        A view of the top left part.

    Raises:
        InputError: If nothing would be left.
    """
    height, width = (side - side % scale for side in img.shape[:2])
    if not (height and width):
        raise InputError(f'an image of {img.shape[0]}x{img.shape[1]} pixels is too small to be cropped to {scale}s')
    return img[:height, :width]


def crop_border(img: np.ndarray, border: int) -> np.ndarray:
    """Shave ``border`` pixels off every side of an image (H, W) or (H, W, C); a view.

    Raises:
        InputError: If nothing would be left.
    """
    _check_border(img.shape[0], img.shape[1], border)
    return img[border : img.shape[0] - border, border : img.shape[1] - border]


def crop_border_chw(img: Tensor, border: int) -> Tensor:
    """Shave ``border`` pixels off every side of a tensor (..., H, W); a view.

    Raises:
        InputError: If nothing would be left.
    """
    height, width = img.shape[-2:]
    _check_border(height, width, border)
    return img[..., border : height - border, border : width - border]


def _check_border(height: int, width: int, border: int) -> None:
    if border < 0 or min(height, width) <= 2 * border:
        raise InputError(f'a border of {border} pixels cannot be cropped from an image of {height}x{width} pixels')


@overload
def quantize(x: np.ndarray) -> np.ndarray: ...
@overload
def quantize(x: Tensor) -> Tensor: ...
def quantize(x: np.ndarray | Tensor) -> np.ndarray | Tensor:
    """Round to the 256 levels of an 8-bit image, as MATLAB's ``uint8(x)`` does: half away from zero, then clip.

    Args:
        x: Values on the scale 0..255, numpy or torch, any shape. Negative values end at 0, so ``floor(x + 0.5)`` is
            rounding half away from zero here (numpy's and torch's own ``round`` go half to even).

    Returns:
        The same type and shape; whole numbers within 0..255.
    """
    if isinstance(x, np.ndarray):
        return np.floor(x + 0.5).clip(0, 255).astype(x.dtype, copy=False)
    return (x + 0.5).floor_().clamp_(0, 255) if x.is_floating_point() else x.clamp(0, 255)
