import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.transforms import LoadImageFromFile
from srcnn.image.color import rgb_to_y
from srcnn.image.io import write_image


@pytest.fixture
def path(tmp_path):
    img = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    write_image(tmp_path / 'a.png', img)
    return tmp_path / 'a.png', img


def test_loads_what_the_file_holds(path):
    file, img = path
    assert np.array_equal(LoadImageFromFile('gt')({'gt_path': file})['gt'], img)


def test_y_channel(path):
    file, img = path
    load = LoadImageFromFile('img', to_y_channel=True)
    sample = {'img_path': file}
    load.check(sample)
    assert sample['img_shape'] == (5, 7, 1)
    assert np.array_equal(load(sample)['img'], rgb_to_y(img))


@pytest.mark.parametrize(('color_type', 'channels'), [('color', 3), ('grayscale', 1), ('unchanged', 3)])
def test_check_foresees_the_shape(path, color_type, channels):
    load, sample = LoadImageFromFile('img', color_type=color_type), {'img_path': path[0]}
    load.check(sample)
    assert sample['img_shape'] == (5, 7, channels) == load(sample)['img'].shape


@pytest.mark.parametrize('verify', ['full', 'header'])
def test_check_names_a_missing_file(tmp_path, verify):
    with pytest.raises(InputError, match=r'none\.png'):
        LoadImageFromFile('img', verify=verify).check({'img_path': tmp_path / 'none.png'})


def test_check_names_a_truncated_file(path):
    file = path[0]
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(InputError, match=r'a\.png'):
        LoadImageFromFile('img').check({'img_path': file})


@pytest.mark.parametrize('wrong', [{'color_type': 'colour'}, {'channel_order': 'bgr'}, {'verify': 'no'}])
def test_wrong_arguments(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        LoadImageFromFile('img', **wrong)
