from pathlib import Path

import pytest

from srcnn.errors import InputError
from srcnn.preparation.known_sets import KNOWN_SETS, KnownSet, find_set
from srcnn.preparation.originals import find_originals
from srcnn.preparation.source import Entry


def found(name: str, files: list[str], scales: tuple[int, ...] = ()) -> dict[str, str]:
    entries = [Entry(file, 1, Path('set.zip'), zipped=True) for file in files]
    return {one.name: one.entry.name for one in find_originals(find_set(name), entries, scales)[0]}


def test_originals_are_found_in_what_publishers_offer():
    assert found('Set5', ['baby.png', 'bird.png']) == {'baby': 'baby.png', 'bird': 'bird.png'}
    assert found('Set5', ['Set5/HR/a.png', 'Set5/LR/X2/ax2.png', 'Set14/HR/b.png']) == {'a': 'Set5/HR/a.png'}
    assert found('B100', ['benchmark/B100/HR/1.png', 'benchmark/Set5/HR/b.png']) == {'1': 'benchmark/B100/HR/1.png'}
    selfexsr = [
        f'Urban100/image_SRF_{k}/img_001_SRF_{k}_{kind}.png' for k in (2, 4) for kind in ('HR', 'LR', 'bicubic')
    ]
    assert found('Urban100', selfexsr) == {'img_001': selfexsr[0]}
    bsds = [f'BSDS300/images/{part}/{number}.jpg' for number, part in enumerate(('train', 'train', 'test'))]
    assert list(found('BSDS200', bsds)) == ['0', '1']
    assert list(found('BSD100', bsds)) == ['2']
    assert list(found('BSDS300', bsds)) == ['0', '1', '2']
    bsr = [f'BSR/BSDS500/data/images/{part}/{number}.jpg' for number, part in enumerate(('train', 'val', 'test'))]
    assert list(found('BSD100', bsr)) == ['1']
    assert list(found('BSDS500', bsr)) == ['0', '1', '2']


def test_published_low_resolution_images_go_with_their_originals():
    files = ['DIV2K_train_HR/0001.png', 'DIV2K_valid_HR/0801.png', 'DIV2K_train_LR_bicubic/X2/0001x2.png']
    files += ['DIV2K_valid_LR_bicubic/X4/0801x4.png', 'DIV2K_train_LR_unknown/X4/0001x4.png']
    entries = [Entry(file, 1, Path('set.zip'), zipped=True) for file in files]
    first, second = find_originals(find_set('DIV2K'), entries, (2, 4))[0]
    assert {scale: lr.name for scale, lr in first.lr.items()} == {2: files[2]}
    assert {scale: lr.name for scale, lr in second.lr.items()} == {4: files[3]}


def test_of_own_images_all_are_originals_and_equal_names_are_reported():
    files = ['a.png', 'trip/a.png', 'trip/b.jpg', 'a.jpg']
    entries = [Entry(file, 1, Path('set.zip'), zipped=True) for file in files]
    originals, clashes = find_originals(KnownSet('mine', 'train', own=True), entries, ())
    assert [one.name for one in originals] == ['a', 'trip_a', 'trip_b']
    assert len(clashes) == 1
    assert 'a.jpg' in clashes[0]


def test_doubt_is_an_error_that_lists_the_folders():
    for files in (['x/1.png', 'y/2.png'], ['x/HR/1.png', 'y/HR/2.png']):
        with pytest.raises(InputError, match='x.*y'):
            found('Manga109', files)


def test_sets_are_known_by_all_their_names():
    assert find_set('general-100').name == find_set('General100').name == 'General100'
    assert find_set('B100') is KNOWN_SETS['BSD100']
    with pytest.raises(InputError, match='Set5'):
        find_set('Set50')
