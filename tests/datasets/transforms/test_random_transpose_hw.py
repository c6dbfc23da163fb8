import numpy as np

from srcnn.datasets.transforms import RandomTransposeHW


def test_swaps_height_and_width_of_both(sample):
    gt, img = sample['gt'], sample['img']
    turned = RandomTransposeHW(['img', 'gt'], transpose_ratio=1)(dict(sample))
    assert np.array_equal(turned['gt'], gt.transpose(1, 0, 2))
    assert np.array_equal(turned['img'], img.transpose(1, 0, 2))
    assert RandomTransposeHW('gt', transpose_ratio=0)(sample)['gt'] is gt
