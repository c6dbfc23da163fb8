"""What the page in the browser (``web.py``) makes of one file: the result to download, and two pictures to look at."""

import html
import math
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from srcnn.apis.upscaler import Upscaler
from srcnn.errors import InputError
from srcnn.image.header import read_header
from srcnn.image.metadata import Metadata
from srcnn.image.picture import Picture, read_picture, write_picture
from srcnn.image.resize import imresize

SHOWN_PIXELS = 2**23  # a larger result is shown smaller; the download is whole

_SQUARE = 16  # pixels; of the checkerboard behind what is transparent
_CHANNELS = {1: 'gray', 2: 'gray with alpha', 3: 'RGB', 4: 'RGBA'}


class Limits(NamedTuple):
    """What the page takes.

    Attributes:
        megabytes: Of a file; 2**20 bytes each.
        megapixels: Of a result, in millions.
    """

    megabytes: float = 50
    megapixels: float = 100


class Enlarged(NamedTuple):
    """What :func:`enlarge_file` has written, and says of it.

    Attributes:
        shown: Bicubic enlargement and result as any browser can show them: 8 bit, opaque, not too large; PNG.
        result: The result with all that it has, PNG.
        about: Size and kind of the result, HTML.
        doubt: What is doubtful about the file; '' as a rule.
    """

    shown: tuple[Path, Path]
    result: Path
    about: str
    doubt: str


def enlarge_file(upscaler: Upscaler, path: Path, folder: Path, limits: Limits) -> Enlarged:
    """Enlarge an image file.

    Args:
        upscaler: The network.
        path: The file.
        folder: Where to write.
        limits: Checked before the picture is decoded.

    Raises:
        InputError: No image, a damaged one, or beyond the limits.
    """
    check_limits(path, upscaler.scale, limits)
    start = time.perf_counter()
    try:
        pixels, metadata, doubt = read_picture(path)
        large = upscaler(pixels)
        seconds = time.perf_counter() - start
        height, width, channels = large.shape
        shrink = math.ceil(math.sqrt(height * width / SHOWN_PIXELS))
        size = math.ceil(height / shrink), math.ceil(width / shrink)
        shown = folder / 'bicubic.png', folder / 'network.png'
        for target, picture in zip(shown, (imresize(pixels, size=size), _reduce(large, size))):
            write_picture(target, Picture(_for_the_eye(picture), Metadata(icc=metadata.icc)))
        result = folder / f'{path.stem}_x{upscaler.scale}.png'
        write_picture(result, Picture(large, metadata))  # the last, since it may overwrite the pixels
    except (MemoryError, torch.OutOfMemoryError):
        raise InputError(f'{path}: there is not enough memory to enlarge it.') from None
    about = (
        f'<b>{html.escape(path.name)}</b>, {pixels.shape[1]} x {pixels.shape[0]} pixels, enlarged in {seconds:.1f} s'
        f'<br>{width} x {height} pixels, {_CHANNELS[channels]}, {8 * large.itemsize} bits per channel, PNG of '
        f'{result.stat().st_size / 1e6:.1f} MB'
    )
    if shrink > 1:
        about += f'<br>shown at 1/{shrink} of its size; the download has all pixels'
    return Enlarged(shown, result, about, doubt)


def check_limits(path: Path, scale: int, limits: Limits) -> None:
    """Look at the size of a file and its first bytes, and no more.

    Raises:
        InputError: No image, or beyond the limits.
    """
    if not path.is_file():
        raise InputError(f'{path} is no longer there; drop it once more.')
    if path.stat().st_size > limits.megabytes * 2**20:
        raise InputError(f'{path} has more than {limits.megabytes:g} MB, the limit of this page.')
    with path.open('rb') as stream:
        header = read_header(stream, path)
    megapixels = header.height * header.width * scale**2 / 1e6
    if megapixels > limits.megapixels:
        raise InputError(
            f'{path} has {header.width}x{header.height} pixels; {scale} times as wide and high they would be '
            f'{megapixels:.0f} million, and the limit of this page is {limits.megapixels:g} million.'
        )


def _reduce(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if pixels.shape[:2] == size:
        return pixels
    import cv2

    return cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_AREA).reshape(*size, -1)


def _for_the_eye(pixels: np.ndarray) -> np.ndarray:
    """8 bit, and a checkerboard behind what is transparent, as the two pictures are shown one on top of the other."""
    pixels = pixels if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)
    if pixels.shape[2] in (1, 3):
        return pixels
    y, x = np.ogrid[: pixels.shape[0], : pixels.shape[1]]
    board = np.where((y // _SQUARE + x // _SQUARE) % 2, 255, 225)[:, :, None]
    alpha = pixels[:, :, -1:].astype(np.float32) / 255
    return (pixels[:, :, :-1] * alpha + board * (1 - alpha) + 0.5).astype(np.uint8)
