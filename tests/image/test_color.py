import cv2
import numpy as np
import pytest
import torch
from skimage.color import rgb2ycbcr, ycbcr2rgb

from srcnn.errors import InputError
from srcnn.image.color import (
    rgb_to_y,
    rgb_to_y_chw,
    rgb_to_ycbcr,
    rgb_to_ycbcr_chw,
    ycbcr_to_rgb,
    ycbcr_to_rgb_chw,
)


@pytest.fixture
def img() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)


def test_the_corners_of_the_standard():
    corners = np.uint8([[[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]])
    expected = [[16, 128, 128], [235, 128, 128], [81, 90, 240], [145, 54, 34], [41, 240, 110]]
    assert rgb_to_ycbcr(corners)[0].tolist() == expected
    assert rgb_to_ycbcr(corners.astype(np.uint16) * 257)[0, 1].tolist() == [235 * 257, 128 * 257, 128 * 257]


def test_agrees_with_scikit_image(img):
    ycbcr = rgb2ycbcr(img)  # floats on the 8-bit scale
    assert np.abs(rgb_to_ycbcr(img / 255) * 255 - ycbcr).max() < 1e-10
    assert np.array_equal(rgb_to_ycbcr(img), np.floor(ycbcr + 0.5))
    assert np.abs(ycbcr_to_rgb(ycbcr / 255) - ycbcr2rgb(ycbcr).clip(0, 1)).max() < 1e-10


def test_a_tie_is_rounded_up_whatever_the_order_of_the_sum():
    """65481 r + 128553 g + 24966 b = 127500 (mod 255000), so Y lies exactly half-way between two levels."""
    r, g, b = np.ogrid[:256, :256, :256]
    thousandths = 65481 * r + 128553 * g + 24966 * b
    ties = np.argwhere(thousandths % 255000 == 127500)
    assert len(ties) == 194
    exact = (thousandths[tuple(ties.T)] + 127500) // 255000 + 16
    assert rgb_to_y(ties[None].astype(np.uint8))[0, :, 0].tolist() == exact.tolist()


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32, np.float64])
def test_there_and_back(img, dtype):
    image = (img * {np.uint8: 1.0, np.uint16: 257.0}.get(dtype, 1 / 255)).astype(dtype)
    ycbcr = rgb_to_ycbcr(image)
    assert ycbcr.dtype == dtype
    assert np.allclose(rgb_to_y(image), ycbcr[..., :1], rtol=0, atol=1e-15)
    error = np.abs(ycbcr_to_rgb(ycbcr).astype(float) - image).max()
    assert error <= (2 if np.issubdtype(dtype, np.integer) else 1e-6)


@pytest.mark.parametrize('peak', [1, 255])
def test_tensors_agree_with_arrays(img, peak):
    image = torch.from_numpy(img / 255 * peak).permute(2, 0, 1)[None]
    ycbcr = rgb_to_ycbcr_chw(image, peak)
    expected = torch.from_numpy(rgb_to_ycbcr(img / 255) * peak).permute(2, 0, 1)[None]
    assert torch.allclose(ycbcr, expected, rtol=0, atol=1e-12 * peak)
    assert torch.allclose(rgb_to_y_chw(image, peak), ycbcr[:, :1], rtol=0, atol=1e-12 * peak)
    assert torch.allclose(ycbcr_to_rgb_chw(ycbcr, peak), image, rtol=0, atol=1e-12 * peak)


def test_is_not_the_full_range_conversion_of_opencv(img):
    assert np.abs(rgb_to_y(img)[..., 0].astype(int) - cv2.cvtColor(img, cv2.COLOR_RGB2GRAY)).max() > 10


@pytest.mark.parametrize('shape', [(4, 4), (4, 4, 1), (4, 4, 4)])
def test_refuses_what_is_not_rgb(shape):
    with pytest.raises(InputError, match='H, W, 3'):
        rgb_to_ycbcr(np.zeros(shape, np.uint8))
    with pytest.raises(InputError, match='int64'):
        rgb_to_y(np.zeros((4, 4, 3), np.int64))
