import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.transforms import RandomCropWithMargin


def test_margin_shows_what_is_there_or_its_mirror_image():
    gt = np.dstack(np.mgrid[:41, :50]).astype(np.uint8)  # cropped to 40 x 48
    padded = np.pad(gt[:40, :48], ((8, 8), (8, 8), (0, 0)), mode='symmetric')
    corners = set()
    for _ in range(200):
        made = RandomCropWithMargin(32, 4)({'gt': gt})
        assert made['gt'].shape == (48, 48, 2)
        top, left = (int(n) for n in made['gt'][8, 8])
        assert np.array_equal(made['gt'], padded[top : top + 48, left : left + 48])
        corners.add((top, left))
    assert corners == {(top, left) for top in (0, 4, 8) for left in (0, 4, 8, 12, 16)}
    assert made['scale'] == 4


def test_check():
    checked = {'gt_shape': (64, 64, 3)}
    RandomCropWithMargin(64, 2).check(checked)
    assert checked == {'gt_shape': (72, 72, 3), 'scale': 2}
    with pytest.raises(InputError, match='smaller than gt_patch_size=64'):
        RandomCropWithMargin(64, 2).check({'gt_shape': (63, 64, 3)})
    with pytest.raises(InputError, match='not a multiple'):
        RandomCropWithMargin(64, 3)
    with pytest.raises(InputError, match='symmetric'):
        RandomCropWithMargin(64, 2, edges='wrap')
