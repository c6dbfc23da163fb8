import shutil

import pytest

from srcnn.datasets.storage import LmdbImages, PixelForm


@pytest.fixture
def folder(pairs, tmp_path):
    return shutil.copytree(pairs / 'LR', tmp_path / 'LR')


def test_one_beside_each_folder(call, folder, pairs):
    shutil.copytree(pairs / 'HR', folder.parent / 'HR')
    done = call('dataset_converters/make_lmdb.py', folder, folder.parent / 'HR')
    assert done.status == 0
    assert done.out.count('.lmdb: 5 images') == 2
    assert LmdbImages(str(folder.parent / 'HR.lmdb'), PixelForm()).check('4.png') == (96, 96, 3)


def test_raw(call, folder):
    out = folder.parent / 'gray.lmdb'
    assert call('dataset_converters/make_lmdb.py', folder, '--raw', 'gray', '--out', out).status == 0
    assert LmdbImages(str(out), PixelForm('gray')).read('0.png').shape == (16, 24, 1)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['none'], 'error: none: no such folder.'),
        (['LR', '--out', 'LR.db'], 'error: --out LR.db: the name of a database ends with .lmdb'),
    ],
)
def test_one_error(call, folder, monkeypatch, arguments, message):
    monkeypatch.chdir(folder.parent)
    done = call('dataset_converters/make_lmdb.py', *arguments)
    assert done.status == 1
    assert done.errors == [message]
