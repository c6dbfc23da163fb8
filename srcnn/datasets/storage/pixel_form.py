"""In which form an image is wanted: how many channels, and whether the luma alone."""

from dataclasses import dataclass

import numpy as np

from srcnn.image.color import rgb_to_y
from srcnn.image.io import Color, decode_image

CHANNELS = {'rgb': 3, 'gray': 1}  # 'unchanged' has those of the file


@dataclass(frozen=True)
class PixelForm:
    """``color`` as ``srcnn.image.io.read_image`` has it; ``luma`` keeps only the BT.601 luma of colour images."""

    color: Color = 'rgb'
    luma: bool = False

    def __str__(self) -> str:
        return f'{self.color}-luma' if self.luma else self.color

    def decode(self, data: bytes, name: object, strict: bool = False) -> np.ndarray:
        """The contents of an image file to (H, W, C) in this form; arguments as for ``srcnn.image.io.decode_image``."""
        return self.convert(decode_image(data, name, self.color, strict))

    def convert(self, image: np.ndarray) -> np.ndarray:
        """An image of this ``color`` to this form."""
        return rgb_to_y(image[..., :3]) if self.luma and image.shape[2] >= 3 else image

    def shape(self, height: int, width: int, channels: int) -> tuple[int, int, int]:
        """Of an image in this form, from what its file holds."""
        return height, width, 1 if self.luma else CHANNELS.get(self.color, channels)
