import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.transforms import Downsample
from srcnn.image.io import read_image


def test_makes_the_pairs_that_others_publish(shared):
    folder = shared / 'data' / 'Set5'
    for path in sorted((folder / 'lr_uint8_replicate' / 'x3').iterdir()):
        sample = {'gt': read_image(folder / 'HR' / path.name)}
        made = Downsample(3, convention='uint8', edges='replicate')(sample)
        assert np.array_equal(made['img'], read_image(path))
        assert made['gt'].shape[:2] == (3 * made['img'].shape[0], 3 * made['img'].shape[1])


def test_crops_the_original_and_check_foresees_it():
    gt = np.random.default_rng(0).integers(0, 65536, (23, 34, 1), np.uint16)
    sample, checked = {'gt': gt}, {'gt_shape': gt.shape}
    made = Downsample(4)(sample)
    Downsample(4).check(checked)
    assert np.array_equal(made['gt'], gt[:20, :32])
    assert made['img'].dtype == np.uint16
    assert (made['img'].shape, made['gt'].shape) == (checked['img_shape'], checked['gt_shape'])
    assert made['scale'] == checked['scale'] == 4


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        ({'scale': 1}, 'scale=1'),
        ({'scale': 2.0}, 'scale=2.0'),
        ({'convention': 'float'}, 'double'),
        ({'edges': 'wrap'}, 'symmetric'),
    ],
)
def test_wrong_arguments(wrong, message):
    with pytest.raises(InputError, match=message):
        Downsample(**{'scale': 2, **wrong})


@pytest.mark.parametrize(
    ('sample', 'message'), [({}, 'LoadImageFromFile'), ({'gt_shape': (9, 3, 3), 'gt_path': 'g.png'}, '3x9')]
)
def test_check_explains_what_does_not_fit(sample, message):
    with pytest.raises(InputError, match=message):
        Downsample(4).check(sample)
