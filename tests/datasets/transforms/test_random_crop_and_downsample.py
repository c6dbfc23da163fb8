import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.transforms import RandomCropAndDownsample
from srcnn.image.resize import imresize


def numbered(height: int, width: int) -> np.ndarray:
    """Noise in two channels, and the column and row of each pixel in the other two."""
    img = np.random.default_rng(0).integers(0, 256, (height, width, 4), np.uint8)
    img[..., 2:] = np.dstack(np.mgrid[:height, :width])
    return img


@pytest.mark.parametrize('edges', ['symmetric', 'replicate'])
@pytest.mark.parametrize('convention', ['double', 'uint8'])
@pytest.mark.parametrize('scale', [2, 3, 4])
def test_the_patch_is_that_of_the_whole_image(scale, convention, edges):
    gt = numbered(12 * scale + 1, 17 * scale - 1)  # cropped to 12 x 16 low-resolution pixels
    whole = imresize(gt[: 12 * scale, : 16 * scale], 1 / scale, convention=convention, edges=edges)
    crop, corners = RandomCropAndDownsample(6 * scale, scale, convention, edges), set()
    for _ in range(300):
        made = crop({'gt': gt})
        top, left = (int(n) for n in made['gt'][0, 0, 2:])
        assert made['gt'].shape == (6 * scale, 6 * scale, 4)
        assert np.array_equal(made['gt'], gt[top : top + 6 * scale, left : left + 6 * scale])
        corners.add((top // scale, left // scale))
        assert (top % scale, left % scale) == (0, 0)
        assert np.array_equal(made['img'], whole[top // scale :, left // scale :][:6, :6])
    assert {0, 6} <= {top for top, _ in corners}  # borders are reached
    assert {0, 10} <= {left for _, left in corners}


def test_check_foresees_what_comes():
    checked = {'gt_shape': (50, 40, 1)}
    RandomCropAndDownsample(36, 3).check(checked)
    made = RandomCropAndDownsample(36, 3)({'gt': np.zeros((50, 40, 1), np.uint16)})
    assert (made['img'].shape, made['gt'].shape) == (checked['img_shape'], checked['gt_shape'])
    assert made['scale'] == checked['scale'] == 3


def test_errors():
    with pytest.raises(InputError, match='gt_patch_size=30 is not a multiple of scale=4'):
        RandomCropAndDownsample(30, 4)
    with pytest.raises(InputError, match=r"needs 'gt'.*LoadImageFromFile"):
        RandomCropAndDownsample(32, 4).check({'img_shape': (8, 8, 3)})
    with pytest.raises(InputError, match=r'a\.png is 31x40, smaller than gt_patch_size=32'):
        RandomCropAndDownsample(32, 4).check({'gt_shape': (40, 31, 3), 'gt_path': 'a.png'})
