from pathlib import Path

import cv2
import lmdb
import numpy as np
import pytest
from mmengine.fileio import get

from srcnn import InputError
from srcnn.datasets.storage import write_lmdb as module
from srcnn.datasets.storage.write_lmdb import write_lmdb
from srcnn.image.io import write_image


def test_mmagic_reads_it(images, tmp_path):
    """By the back end it uses, with OpenCV's decoder."""
    out = tmp_path / 'out.lmdb'
    write_lmdb(tmp_path / 'photos', out)
    path, pixels = next(iter(images.items()))
    data = get('a', backend_args={'backend': 'lmdb', 'db_path': str(out)})
    assert data == Path(path).read_bytes()
    assert np.array_equal(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1], pixels)
    assert (out / 'meta_info.txt').read_text().splitlines()[:2] == ['a.png (5,7,3) 1', 'b.png (9,4,1) 1']


def test_other_files_become_png(tmp_path):
    folder = tmp_path / 'photos'
    folder.mkdir()
    write_image(folder / 'a.bmp', np.full((4, 5, 3), 9, np.uint8))
    write_lmdb(folder, tmp_path / 'out.lmdb')
    with lmdb.open(str(tmp_path / 'out.lmdb')) as database, database.begin() as transaction:
        assert transaction.get(b'a').startswith(b'\x89PNG')
    assert (tmp_path / 'out.lmdb' / 'meta_info.txt').read_text() == 'a.png (4,5,3) 1\n'


def test_grows_as_it_must(images, tmp_path, monkeypatch):
    monkeypatch.setattr(module, 'OVERHEAD', 1024)
    monkeypatch.setattr(module, 'decoded_size', lambda images: 1)
    write_image(tmp_path / 'photos' / 'large.png', np.zeros((500, 500, 3), np.uint16))
    assert write_lmdb(tmp_path / 'photos', tmp_path / 'out.lmdb', raw='rgb') == 5


def test_an_unreadable_image_is_named_and_nothing_stays(images, tmp_path):
    for path in list(images)[:2]:
        Path(path).write_bytes(b'not a picture')
    with pytest.raises(InputError, match='2 faults in 4 images'):
        write_lmdb(tmp_path / 'photos', tmp_path / 'out.lmdb')
    assert [path.name for path in tmp_path.iterdir()] == ['photos']


def test_what_is_wrong_with_the_folders(images, tmp_path, monkeypatch):
    out = tmp_path / 'out.lmdb'
    with pytest.raises(InputError, match='none: no such folder'):
        write_lmdb(tmp_path / 'none', out)
    with pytest.raises(InputError, match='no images'):
        write_lmdb(tmp_path, out)
    with pytest.raises(InputError, match='photos is already there'):
        write_lmdb(tmp_path / 'photos', tmp_path / 'photos')
    with pytest.raises(InputError, match=r'a\.png.out\.lmdb cannot be written'):
        write_lmdb(tmp_path / 'photos', tmp_path / 'photos' / 'a.png' / 'out.lmdb')
    (tmp_path / 'photos' / 'a.jpg').write_bytes(b'')
    with pytest.raises(InputError, match="'a' is the name of two images"):
        write_lmdb(tmp_path / 'photos', out)
