"""The part of a picture that is worth enlarging."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from srcnn.errors import InputError

_SHARE, _LEAST = 1 / 6, 32  # of the shorter side; pixels


class Detail(NamedTuple):
    """A rectangle of pixels: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int

    def cut(self, img: np.ndarray) -> np.ndarray:
        """This part of an (H, W, C) picture, a view.

        Raises:
            InputError: It reaches out of the picture.
        """
        height, width = img.shape[:2]
        inside = 0 <= self.x < self.x + self.width <= width and 0 <= self.y < self.y + self.height <= height
        if not inside:
            shown = ','.join(map(str, self))
            raise InputError(f'the detail {shown} (x,y,w,h) does not lie in a picture of {width}x{height} pixels.')
        return img[self.y : self.y + self.height, self.x : self.x + self.width]


def detail_size(img: np.ndarray) -> tuple[int, int]:
    """Width and height of a detail that suits a picture: a square of a sixth of its shorter side."""
    shorter = min(img.shape[:2])
    side = min(shorter, max(_LEAST, round(shorter * _SHARE)))
    return side, side


def most_different(images: Sequence[np.ndarray], size: tuple[int, int], border: int = 0) -> Detail:
    """Where pictures that should show the same differ most from each other.

    Args:
        images: At least two (H, W, C) arrays of one shape and type.
        size: Width and height of the detail, in pixels.
        border: Pixels along the edges where it must not lie, if there is room.

    Returns:
        The rectangle over which the variance between the pictures, summed over channels, has the largest sum.

    Raises:
        InputError: Fewer than two pictures, shapes that differ, or a size that does not fit.
    """
    if len(images) < 2 or len({img.shape for img in images}) > 1:
        shapes = ', '.join(str(img.shape) for img in images)
        raise InputError(f'a detail is found by the difference of at least two pictures of one size, not {shapes}.')
    height, width = images[0].shape[:2]
    across, down = size
    Detail(0, 0, across, down).cut(images[0])  # an error if it does not fit
    variance = np.var(np.stack(images).astype(np.float64), axis=0).sum(axis=2)
    sums = np.zeros((height + 1, width + 1))
    sums[1:, 1:] = variance.cumsum(axis=0).cumsum(axis=1)
    inside = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
    rows, columns = inside.shape
    if min(rows, columns) <= 2 * border:
        border = 0
    y, x = np.unravel_index(
        int(inside[border : rows - border, border : columns - border].argmax()),
        (rows - 2 * border, columns - 2 * border),
    )
    return Detail(int(x) + border, int(y) + border, across, down)
