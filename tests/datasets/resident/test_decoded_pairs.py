import numpy as np
import pytest
from mmengine.dataset import ConcatDataset, RepeatDataset

from srcnn import InputError
from srcnn.datasets.resident import decoded_pairs
from srcnn.image.io import read_image, write_image
from tests.datasets.resident.conftest import CROP


@pytest.mark.parametrize('cache', [None, True])
def test_holds_the_images_in_order(make_set, pairs, tmp_path, cache):
    found = decoded_pairs(make_set(cache=cache and str(tmp_path)))
    for i in range(5):
        assert np.array_equal(found.low[i], read_image(pairs / 'LR' / f'{i}.png'))
        assert np.array_equal(found.high[i], read_image(pairs / 'HR' / f'{i}.png'))
        assert found.names[i].endswith(f'{i}.png')
        assert found.high[i].flags.writeable is not bool(cache)  # a view of the pack
    assert found.low_sizes.tolist() == [[16 + 2 * i, 24] for i in range(5)]


def test_sets_in_a_row(make_set):
    found = decoded_pairs(ConcatDataset([make_set(), make_set(indices=[3])]))
    assert [name[-5] for name in found.names] == list('012343')


def test_a_set_repeated_is_kept_once(make_set):
    found = decoded_pairs(RepeatDataset(make_set(), 2))
    assert [name[-5] for name in found.names] == list('0123401234')
    assert found.high[7] is found.high[2]
    assert found.nbytes == sum(image.nbytes for image in [*found.low[:5], *found.high[:5]])


def test_one_recipe_for_all(make_set):
    with pytest.raises(InputError, match='same pipeline'):
        decoded_pairs(ConcatDataset([make_set(), make_set(*CROP)]))


@pytest.mark.parametrize('image', [np.zeros((64, 64, 3), np.uint16), np.zeros((64, 64, 1), np.uint8)])
def test_images_it_cannot_mix(make_set, tmp_path, image):
    for name, factor in (('HR', 1), ('LR', 4)):
        (tmp_path / name).mkdir()
        write_image(tmp_path / name / 'a.png', np.zeros((64 // factor, 64 // factor, 3), np.uint8))
        write_image(tmp_path / name / 'b.png', image[::factor, ::factor])
    load = [{'type': 'LoadImageFromFile', 'key': key, 'color_type': 'unchanged'} for key in ('img', 'gt')]
    with pytest.raises(InputError, match=r'b\.png.*8-bit'):
        decoded_pairs(make_set(*CROP, root=tmp_path, load=load))


def test_other_data_sets(make_set):
    with pytest.raises(InputError, match='not list'):
        decoded_pairs([make_set()])
