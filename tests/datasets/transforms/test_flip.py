import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.transforms import Flip


@pytest.mark.parametrize(('direction', 'axis'), [('horizontal', 1), ('vertical', 0)])
def test_flips_both_images(sample, direction, axis):
    gt, img = sample['gt'], sample['img']
    flipped = Flip(['img', 'gt'], flip_ratio=1, direction=direction)(sample)
    assert np.array_equal(flipped['gt'], np.flip(gt, axis))
    assert np.array_equal(flipped['img'], np.flip(img, axis))


def test_ratio_is_a_probability(sample):
    gt = sample['gt']
    np.random.seed(0)
    flips = sum(not np.array_equal(Flip('gt', 0.25)(dict(sample))['gt'], gt) for _ in range(1000))
    assert 200 < flips < 300


def test_unknown_direction():
    with pytest.raises(InputError, match='diagonal'):
        Flip('gt', direction='diagonal')
