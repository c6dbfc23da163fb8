import numpy as np
import pytest

from srcnn import InputError
from srcnn.visualization.comparison import CAPTION, GAP, Panel, compare, liveliest

RNG = np.random.default_rng(0)


def noisy_corner(height: int = 60, width: int = 80) -> np.ndarray:
    """Gray, but for noise in the lower right."""
    img = np.full((height, width, 3), 90, np.uint8)
    img[40:56, 60:76] = RNG.integers(0, 256, (16, 16, 3))
    return img


def test_panels_from_left_to_right_with_the_detail_below():
    original = noisy_corner()
    small = RNG.integers(0, 256, (15, 20, 3), dtype=np.uint8)
    page = compare([Panel(small, 'low resolution'), Panel(original, 'original', '80x60')], detail=(0, 0, 20))
    assert page.shape == (60 + 80 + CAPTION + 3 * GAP, 2 * 80 + 3 * GAP, 3)
    assert page.dtype == np.uint8
    top = CAPTION + GAP
    left, right = (page[top : top + 60, x : x + 80] for x in (GAP, 80 + 2 * GAP))
    # below the frame of the detail, the pictures are untouched
    assert (left[24:] == small.repeat(4, axis=0).repeat(4, axis=1)[24:]).all()
    assert (right[24:] == original[24:]).all()
    zoomed = page[top + 60 + GAP : top + 60 + GAP + 80, GAP : GAP + 80]
    assert (zoomed[4:-4, 4:-4] == small[:5, :5].repeat(16, axis=0).repeat(16, axis=1)[4:-4, 4:-4]).all()


def test_the_liveliest_square_is_found():
    top, left, side = liveliest(noisy_corner())
    assert side == 12
    assert 40 <= top <= 56 - side
    assert 60 <= left <= 76 - side


def test_a_picture_smaller_than_any_detail():
    assert liveliest(np.zeros((6, 9, 3), np.uint8)) == (0, 0, 6)
    compare([Panel(np.zeros((6, 9, 3), np.uint8), 'tiny')])


@pytest.mark.parametrize(
    'panels', [[], [np.zeros((4, 4, 3))], [np.zeros((4, 4), np.uint8)], [np.zeros((4, 4, 1), 'u1')]]
)
def test_needs_rgb_panels(panels):
    with pytest.raises(InputError, match='at least one panel'):
        compare([Panel(img, '') for img in panels])
