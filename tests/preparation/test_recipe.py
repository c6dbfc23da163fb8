import pytest

from srcnn.image.io import image_shape
from srcnn.preparation.known_sets import KnownSet, find_set
from srcnn.preparation.recipe import make_recipe


@pytest.mark.parametrize(('modulus', 'published'), [(3, 21884), (1, 22092)])
def test_number_of_sub_images_of_the_authors(shared, modulus, published):
    cut = make_recipe(find_set('T91'), scales=[3], modulus=modulus, cut=(33, 14)).cut
    count = 0
    for path in (shared / 'data' / 'T91').iterdir():
        height, width = (side - side % modulus for side in image_shape(path)[:2])
        count += len(cut.starts(height)) * len(cut.starts(width))
    assert count == published


def test_number_of_sub_images_of_mmagic():
    cut = make_recipe(find_set('DIV2K'), cut=(480, 240)).cut
    assert cut.starts(1356) == [0, 240, 480, 720, 876]
    assert cut.starts(960) == [0, 240, 480]
    assert cut.starts(480) == [0]
    assert cut.starts(479) == []


def test_folders_of_the_configs():
    assert set(make_recipe(find_set('Set5')).describe()) >= {
        'GTmod12',
        'LRbicx4',
        'GTmod4',
        'LRbicx4_GTmod4',
        'LRbicx8',
    }
    assert set(make_recipe(find_set('T91')).describe()) == {'HR', 'LRbicx2', 'LRbicx3', 'LRbicx4'}
    div2k = make_recipe(find_set('DIV2K'), scales=[4], cut=(480, 240))
    sub = {'DIV2K_train_HR_sub', 'DIV2K_train_LR_bicubic/X4_sub'}
    assert set(div2k.describe()) == sub | {'DIV2K_train_HR', 'DIV2K_train_LR_bicubic/X4'}
    assert set(div2k.for_validation().describe()) == sub | {'DIV2K_valid_HR', 'DIV2K_valid_LR_bicubic/X4'}


def test_one_crop_serves_all_scales_of_a_training_set():
    assert [pair.modulus for pair in make_recipe(find_set('T91'), scales=[2, 3, 8]).pairs] == [24]
    assert make_recipe(KnownSet('mine', 'train', own=True)).color == 'unchanged'
