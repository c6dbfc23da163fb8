from itertools import pairwise

import numpy as np
import pytest

from srcnn.datasets.inspection.alignment import align
from srcnn.image.resize import imresize


@pytest.mark.parametrize(('right', 'down'), [(0, 0), (1, 0), (0, -2), (3, 1), (-20, 14)])
def test_measures_a_known_shift(photos, right, down):
    for photo in photos[:3]:
        still = photo[40:-40, 40:-40][:200, :320]
        moved = photo[40 - down :, 40 - right :][:200, :320]  # what was at 40 is now at 40 + shift
        found = align(imresize(moved, 1 / 4), imresize(still, 1 / 4))
        assert found.shift == pytest.approx((right / 4, down / 4), abs=0.03)
        assert found.stretch == pytest.approx((0, 0), abs=0.05)
        assert found.similarity > 0.98


def test_measures_a_known_stretch(photos):
    photo = photos[0][:, :400]
    found = align(imresize(photo[:, :396], size=(128, 100)), imresize(photo, size=(128, 100)))
    beyond = 100 * 4 / 396  # of the right border; the left one stays
    assert found.shift == pytest.approx((beyond / 2, 0), abs=0.03)
    assert found.stretch == pytest.approx((beyond / 2, 0), abs=0.05)


def test_noise_and_contrast_do_not_look_like_a_shift(photos):
    still = imresize(photos[2], 1 / 2)
    noise = np.random.default_rng(0).normal(0, 15, still.shape)
    found = align((0.5 * still + 30 + noise).clip(0, 255), still)
    assert max(map(abs, found.shift + found.stretch)) < 0.1
    assert 0 < max(found.shift_error) < 0.05
    assert found.similarity > 0.8


def test_different_pictures(photos):
    for one, other in pairwise(photos):
        assert align(one[::2, ::2][:150, :200], other[::2, ::2][:150, :200]).similarity < 0.3


def test_nothing_to_see(photos):
    flat = np.full((60, 80), 90, np.uint8)
    assert align(flat, flat + 1).similarity is None
    assert align(flat, photos[0][:60, :80]).similarity == 0
    assert align(photos[0][:7, :80], photos[0][:7, :80]).similarity is None
