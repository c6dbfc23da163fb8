"""Several versions of one picture side by side, with a detail of each enlarged."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from srcnn.errors import InputError

GAP, CAPTION, FONT_SIZE = 8, 44, 15
GROUND, INK, FRAME = (255, 255, 255), (20, 20, 20), (220, 30, 30)


class Panel(NamedTuple):
    """One version: an (H, W, 3) uint8 RGB array, what it is, and its score or size."""

    img: np.ndarray
    title: str
    note: str = ''


def compare(panels: Sequence[Panel], detail: tuple[int, int, int] | None = None) -> np.ndarray:
    """Draw the panels from left to right, a detail of each below.

    Args:
        panels: The last one (the original) sets the size; smaller ones, such as the low-resolution image, are enlarged
            pixel by pixel.
        detail: Top, left and side of the square to enlarge, in pixels of the original; the liveliest one if None.

    Returns:
        (H, W, 3) uint8 RGB.

    Raises:
        InputError: No panels, or a panel that is not (H, W, 3) uint8.
    """
    if not panels or any(p.img.dtype != np.uint8 or p.img.ndim != 3 or p.img.shape[2] != 3 for p in panels):
        raise InputError('compare needs at least one panel, each an (H, W, 3) uint8 array.')
    height, width = panels[-1].img.shape[:2]
    images = [cv2.resize(p.img, (width, height), interpolation=cv2.INTER_NEAREST) for p in panels]
    top, left, side = detail or liveliest(panels[-1].img)
    page = Image.new('RGB', (len(panels) * (width + GAP) + GAP, height + width + CAPTION + 3 * GAP), GROUND)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(FONT_SIZE)
    for i, (panel, img) in enumerate(zip(panels, images)):
        x = GAP + i * (width + GAP)
        draw.text((x, GAP // 2), f'{panel.title}\n{panel.note}', fill=INK, font=font)
        y = CAPTION + GAP
        page.paste(Image.fromarray(img), (x, y))
        draw.rectangle((x + left - 1, y + top - 1, x + left + side, y + top + side), outline=FRAME, width=2)
        crop = img[top : top + side, left : left + side]
        zoomed = cv2.resize(crop, (width, width), interpolation=cv2.INTER_NEAREST)
        y += height + GAP
        page.paste(Image.fromarray(zoomed), (x, y))
        draw.rectangle((x, y, x + width - 1, y + width - 1), outline=FRAME, width=2)
    return np.asarray(page)


def liveliest(img: np.ndarray, share: float = 0.2) -> tuple[int, int, int]:
    """Top, left and side of the square, ``share`` of the shorter side long, with most fine structure in it."""
    side = max(8, round(min(img.shape[:2]) * share))
    if side >= min(img.shape[:2]):
        return 0, 0, min(img.shape[:2])
    gray = cv2.cvtColor(img, cv2.COLOR_RGB2GRAY).astype(np.float32)
    energy = cv2.blur(np.abs(cv2.Laplacian(gray, cv2.CV_32F)), (side, side), anchor=(0, 0))
    energy = energy[: img.shape[0] - side, : img.shape[1] - side]
    top, left = np.unravel_index(int(energy.argmax()), energy.shape)
    return int(top), int(left), side
