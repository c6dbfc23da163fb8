import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.transforms import PairedRandomCrop


def test_both_patches_show_the_same_place(sample):
    gt, img = sample['gt'], sample['img']
    corners = set()
    for _ in range(200):
        cut = PairedRandomCrop(16)(dict(sample))
        assert cut['gt'].shape == (16, 16, 3)
        assert np.array_equal(cut['gt'][::4, ::4], cut['img'])
        assert np.shares_memory(cut['gt'], gt)
        assert np.shares_memory(cut['img'], img)
        corners.add(tuple(cut['gt'][0, 0, :2]))
    assert min(corners) == (0, 0)
    assert max(y for y, _ in corners) == 24  # the last place that fits is drawn too
    assert max(x for _, x in corners) == 44


@pytest.mark.parametrize(
    ('size', 'change', 'message'),
    [
        (48, {}, 'smaller than gt_patch_size=48'),
        (18, {}, 'not a multiple of scale=4'),
        (16, {'img_shape': (10, 14, 3)}, 'not 4 times it'),
        (16, {'scale': None}, 'needs the scale'),
    ],
)
def test_check_explains_what_does_not_fit(shapes, size, change, message):
    shapes = {key: value for key, value in (shapes | change).items() if value is not None}
    with pytest.raises(InputError, match=message):
        PairedRandomCrop(size).check(shapes)


def test_check_foresees_the_shapes(shapes):
    PairedRandomCrop(16).check(shapes)
    assert shapes['gt_shape'] == (16, 16, 3)
    assert shapes['img_shape'] == (4, 4, 3)
