"""Whether a low-resolution picture is one of its original: its size, place, content and colours."""

from typing import NamedTuple

import cv2
import numpy as np

from srcnn.datasets.inspection.alignment import align
from srcnn.image.resize import imresize

SHIFT_LIMIT = 0.2  # low-resolution pixels; one pixel of the original is 0.25 at x4
_SURE = 3  # standard errors by which a shift must exceed that
_SAME_PICTURE = 0.5  # different photographs: mostly under 0.2; noisy, blurred and badly compressed pairs: over 0.7
_COLOURFUL = 4  # levels of 8 bit, by which red and blue must differ to be told apart
_OPPOSITE = -0.5  # correlation of red minus blue: 1 in a pair that is right, -1 in one that is swapped


class Fault(NamedTuple):
    """What is wrong with a pair: 'size', 'different', 'shifted', 'stretched' or 'swapped', and in words."""

    kind: str
    what: str


def compare_pair(reduced: np.ndarray, original: np.ndarray, scale: int) -> Fault | None:
    """Find the first fault of a pair of RGB pictures (H, W, 3), 8 bit; the original is to be ``scale`` times larger."""
    (height, width), (full_height, full_width) = reduced.shape[:2], original.shape[:2]
    if (full_height, full_width) != (height * scale, width * scale):
        sizes = f'is {width}x{height}, but its original is {full_width}x{full_height}, which is not {scale} times that'
        return Fault('size', f'{sizes} (are originals cropped to multiples of {scale}?)')
    found = align(to_gray(reduced), imresize(to_gray(original), 1 / scale))
    if found.similarity is None:
        return None
    if found.similarity < _SAME_PICTURE:
        return Fault('different', 'shows another picture than its original')
    for kind, (right, down), errors in (
        ('shifted', found.shift, found.shift_error),
        ('stretched', found.stretch, found.stretch_error),
    ):
        if any(abs(by) - _SURE * error > SHIFT_LIMIT for by, error in zip((right, down), errors)):
            where = ' at its right and lower borders' if kind == 'stretched' else ''
            by = f'{right:+.2f} px to the right and {down:+.2f} px down'
            return Fault(kind, f'is {kind} by {by}{where} against its original')
    if _is_swapped(reduced, original):
        return Fault('swapped', 'has red and blue swapped (RGB taken for BGR) against its original')
    return None


def to_gray(picture: np.ndarray) -> np.ndarray:
    """(H, W) of an RGB picture."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def _is_swapped(reduced: np.ndarray, original: np.ndarray) -> bool:
    small = cv2.resize(original, (reduced.shape[1], reduced.shape[0]), interpolation=cv2.INTER_AREA)
    one, other = (np.subtract(each[..., 0], each[..., 2], dtype=np.float32).ravel() for each in (reduced, small))
    weaker, stronger = sorted((float(np.linalg.norm(one)), float(np.linalg.norm(other))))
    return weaker > _COLOURFUL * len(one) ** 0.5 and float(one @ other) < _OPPOSITE * weaker * stronger
