"""Where one picture lies against another that should show the same, to a few hundredths of a pixel."""

from typing import NamedTuple

import cv2
import numpy as np

_SMOOTH, _SHADING = 1.0, 3.0  # the structures compared are those between (standard deviations in pixels)
_FAINT = 0.3  # levels of 8 bit; structure below this is rounding
_LEAST = 8  # pixels that a side must have
_ROUNDS, _SETTLED = 10, 0.003
_CORRELATED = 4 * np.pi * _SMOOTH**2  # this many smoothed pixels tell as much as one by itself

Pair = tuple[float, float]


class Alignment(NamedTuple):
    """How a picture lies on its reference.

    Attributes:
        shift: Displacement (x, y) in pixels.
        stretch: Displacement of the right and of the lower border against the middle, in pixels.
        shift_error, stretch_error: Standard errors of these.
        similarity: Correlation of the structures once they lie on each other, 1 for the same picture; None where there
            is nothing to compare: no structure in either, or sides under 8 pixels.
    """

    shift: Pair = (0.0, 0.0)
    stretch: Pair = (0.0, 0.0)
    shift_error: Pair = (0.0, 0.0)
    stretch_error: Pair = (0.0, 0.0)
    similarity: float | None = None


def structure(picture: np.ndarray) -> np.ndarray:
    """What two versions of a picture share, whatever their sharpness, brightness and noise; (H, W) float32."""
    smooth = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), _SMOOTH)
    return smooth - cv2.GaussianBlur(smooth, (0, 0), _SHADING)


def align(picture: np.ndarray, reference: np.ndarray) -> Alignment:
    """Measure shift and stretch of a picture against a reference.

    Whole pixels by phase correlation (Kuglin and Hines 1975), the rest by least squares (Lucas and Kanade 1981).

    Args:
        picture: (H, W), 0..255.
        reference: Likewise, of the same size.
    """
    moved, still = structure(picture), structure(reference)
    strengths = sorted((float(moved.std()), float(still.std())))
    if min(still.shape) < _LEAST or strengths[1] < _FAINT:
        return Alignment()
    if strengths[0] < _FAINT / 2:
        return Alignment(similarity=0.0)
    height, width = still.shape
    edge = min(8, min(still.shape) // 8)
    inside = (slice(edge, height - edge), slice(edge, width - edge))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    across, down = (2 * x - width + 1) / width, (2 * y - height + 1) / height  # -1 to 1, border to border
    slope_y, slope_x = np.gradient(still)
    slopes = np.stack([slope_x, slope_y, slope_x * across, slope_y * down], -1)[inside].reshape(-1, 4)
    normal = slopes.T.astype(np.float64) @ slopes
    inverse = np.linalg.inv(normal + 1e-4 * np.trace(normal) / 4 * np.eye(4))
    found, wanted = np.array([*_whole_pixels(moved, still), 0, 0], np.float64), still[inside].ravel()
    for _ in range(_ROUNDS):
        map_x = (x + found[0] + found[2] * across).astype(np.float32)
        map_y = (y + found[1] + found[3] * down).astype(np.float32)
        seen = cv2.remap(moved, map_x, map_y, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT)[inside].ravel()
        rest = wanted - seen * (seen @ wanted) / max(seen @ seen, 1e-6)  # contrast may differ
        step = inverse @ (slopes.T @ rest)
        found += step
        if np.abs(step).max() < _SETTLED:
            break
    errors = np.sqrt(np.diag(inverse) * (rest @ rest) / len(rest) * _CORRELATED)
    similarity = (seen @ wanted) / max(np.linalg.norm(seen) * np.linalg.norm(wanted), 1e-6)
    return Alignment(_pair(found[:2]), _pair(found[2:]), _pair(errors[:2]), _pair(errors[2:]), float(similarity))


def _pair(values: np.ndarray) -> Pair:
    return float(values[0]), float(values[1])


def _whole_pixels(moved: np.ndarray, still: np.ndarray) -> tuple[int, int]:
    """Displacement (x, y) by phase correlation."""
    window = np.outer(np.hanning(still.shape[0]), np.hanning(still.shape[1])).astype(np.float32)
    cross = np.fft.rfft2(moved * window) * np.fft.rfft2(still * window).conj()
    cross /= np.abs(cross) + 1e-6 * np.abs(cross).max()
    peaks = np.fft.irfft2(cross, s=still.shape)
    y, x = (
        int((at + side // 2) % side - side // 2)
        for at, side in zip(np.unravel_index(peaks.argmax(), peaks.shape), peaks.shape)
    )
    return x, y
