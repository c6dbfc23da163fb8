"""What is done to two images before they are compared. A score means nothing without it."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from srcnn.errors import InputError
from srcnn.image.color import rgb_to_y_chw, rgb_to_ycbcr_chw
from srcnn.image.crop import crop_border_chw, quantize

_CHANNELS = {'R': 0, 'G': 1, 'B': 2}
_COLOURS = {
    None: 'as is',
    'Y': 'Y (BT.601)',
    'YCbCr': 'YCbCr (BT.601)',
    'R': 'red channel',
    'G': 'green channel',
    'B': 'blue channel',
}
_AS_IS = {1: 'gray', 3: 'RGB', 4: 'RGBA'}


@dataclass(frozen=True)
class Protocol:
    """Rounding, then colour, then border.

    Attributes:
        convert_to: None compares the channels that are there; 'Y' or 'YCbCr' (BT.601, studio range, unrounded); or one
            channel of RGB: 'R', 'G', 'B'. An image of one channel counts as Y already when 'Y' is asked for.
        crop_border: Pixels left out on every side.
        rounding: Round to whole levels 0..255 first, as writing an 8-bit file would.
    """

    convert_to: str | None = None
    crop_border: int = 0
    rounding: bool = True

    def __post_init__(self) -> None:
        if self.convert_to not in _COLOURS:
            options = ', '.join(repr(name) for name in _COLOURS if name)
            raise InputError(
                f'convert_to={self.convert_to!r} is unknown; use {options}, or None for all channels as is.'
            )
        if not isinstance(self.crop_border, int) or self.crop_border < 0:
            raise InputError(f'crop_border={self.crop_border!r} must be a whole number of pixels from 0.')

    def apply(self, image: Tensor | np.ndarray) -> Tensor:
        """Bring one image into the form in which it is compared.

        Args:
            image: Tensor (C, H, W) or array (H, W, C), RGB; integers of 8 or 16 bit, or floats in 0..255.

        Returns:
            Float64 tensor (C', H', W') on the scale 0..255 (16-bit values divided by 257), on the image's device.

        Raises:
            InputError: If the channels do not allow ``convert_to``, or the border leaves nothing.
        """
        if isinstance(image, np.ndarray):
            image = torch.from_numpy(image.transpose(2, 0, 1))
        channels = image.shape[0]
        if channels != 3 and self.convert_to is not None and (channels, self.convert_to) != (1, 'Y'):
            raise InputError(
                f'convert_to={self.convert_to!r} needs an RGB image, this one has {channels} channel(s); '
                'leave convert_to out to compare the channels as they are.'
            )
        # All but the border is done pixel by pixel, so what is not needed goes first.
        pixels = crop_border_chw(image, self.crop_border)
        if self.convert_to in _CHANNELS:
            pixels = pixels[_CHANNELS[self.convert_to]][None]
        values = pixels.to(torch.float64)
        if pixels.dtype == torch.uint16:
            values /= 257
        if self.rounding and pixels.dtype != torch.uint8:
            values = quantize(values)
        if self.convert_to == 'Y' and channels == 3:
            return rgb_to_y_chw(values, 255)
        return rgb_to_ycbcr_chw(values, 255) if self.convert_to == 'YCbCr' else values

    def describe(self, channels: int = 3) -> str:
        """Short text that belongs beside every score, such as 'RGB, 4 px border cropped, rounded to 8 bit'.

        Args:
            channels: Of the images compared; names the colours where ``convert_to`` is None.
        """
        colours = _COLOURS[self.convert_to] if self.convert_to else _AS_IS.get(channels, f'{channels} channels')
        border = f'{self.crop_border} px border cropped' if self.crop_border else 'no border cropped'
        return f'{colours}, {border}, {"rounded to 8 bit" if self.rounding else "not rounded"}'
