import multiprocessing
import pickle
import sys
from pathlib import Path

import lmdb
import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.storage import LmdbImages, PixelForm, is_lmdb
from srcnn.datasets.storage.lmdb_images import RAW_HEADER, RAW_MAGIC
from srcnn.datasets.storage.write_lmdb import write_lmdb


@pytest.fixture(params=[None, 'unchanged'], ids=['encoded', 'raw'])
def database(request, images, tmp_path) -> LmdbImages:
    assert write_lmdb(tmp_path / 'photos', tmp_path / 'photos.lmdb', raw=request.param) == 4
    return LmdbImages(str(tmp_path / 'photos.lmdb'), PixelForm('unchanged'))


@pytest.fixture
def inside(images) -> dict[str, np.ndarray]:
    """Those of the images that lie directly in the folder."""
    return {path: pixels for path, pixels in images.items() if Path(path).parent.name == 'photos'}


def test_gives_back_what_was_put_in(database, inside):
    assert is_lmdb(database.db_path)
    assert database.names() == ['a.png', 'b.png', 'c.png', 'd.png']
    for path, pixels in inside.items():
        assert np.array_equal(database.read(path), pixels)
        assert database.read(path).dtype == pixels.dtype
        assert database.check(path) == pixels.shape


def test_lists_the_keys_where_there_is_no_meta_info(database):
    (Path(database.db_path) / 'meta_info.txt').unlink()
    assert database.names() == ['a.png', 'b.png', 'c.png', 'd.png']


def test_an_image_that_is_not_in_it(database):
    for call in (database.read, database.check):
        with pytest.raises(InputError, match=r"photos\.lmdb: this LMDB holds no image 'z'"):
            call('somewhere/z.png')


@pytest.mark.skipif(sys.platform == 'win32', reason='processes are forked here')
def test_goes_with_a_worker_process(database, inside):
    def work():
        for copy in (database, pickle.loads(pickle.dumps(database))):
            for path, pixels in inside.items():
                assert np.array_equal(copy.read(path), pixels)

    work()
    process = multiprocessing.get_context('fork').Process(target=work, daemon=True)
    process.start()
    process.join(60)
    assert process.exitcode == 0
    work()


def test_no_database(tmp_path):
    assert not is_lmdb(tmp_path)
    (tmp_path / 'data.mdb').write_bytes(b'no database' * 1000)
    with pytest.raises(InputError, match='this LMDB cannot be opened'):
        LmdbImages(str(tmp_path), PixelForm()).read('a.png')


def test_half_a_database(tmp_path):
    with lmdb.open(str(tmp_path / 'a.lmdb')) as database, database.begin(write=True) as transaction:
        transaction.put(b'a', bytes(10**6))
    with open(tmp_path / 'a.lmdb' / 'data.mdb', 'r+b') as stream:
        stream.truncate(500_000)
    with pytest.raises(InputError, match=r'data\.mdb is cut short'):
        LmdbImages(str(tmp_path / 'a.lmdb'), PixelForm()).read('a.png')


def put(folder: Path, key: bytes, value: bytes) -> LmdbImages:
    with lmdb.open(str(folder)) as database, database.begin(write=True) as transaction:
        transaction.put(key, value)
    return LmdbImages(str(folder), PixelForm('unchanged'))


def test_a_damaged_value_is_named(tmp_path, inside):
    whole = Path(next(iter(inside))).read_bytes()
    for i, data in enumerate((b'', b'not a picture', whole[:-20], whole[:50] + bytes([whole[50] ^ 1]) + whole[51:])):
        database = put(tmp_path / f'{i}.lmdb', b'a', data)
        for call in (database.read, database.check):
            with pytest.raises(InputError, match=rf'a\.png in .*{i}\.lmdb'):
                call('a.png')


def test_a_raw_value_cut_short(tmp_path, inside):
    write_lmdb(tmp_path / 'photos', tmp_path / 'raw.lmdb', raw='unchanged')
    with lmdb.open(str(tmp_path / 'raw.lmdb')) as source, source.begin() as transaction:
        value = transaction.get(b'a')
    with pytest.raises(InputError, match=r'a\.png in .* is not whole'):
        put(tmp_path / 'short.lmdb', b'a', value[:-1]).check('a.png')


def test_raw_pixels_are_not_turned_into_another_color(tmp_path, inside):
    write_lmdb(tmp_path / 'photos', tmp_path / 'raw.lmdb', raw='gray')
    with pytest.raises(InputError, match='stored raw with 1 channel.* make the database again with --raw rgb'):
        LmdbImages(str(tmp_path / 'raw.lmdb'), PixelForm('rgb')).check('a.png')


@pytest.mark.parametrize(
    'value',
    [
        RAW_MAGIC,
        RAW_HEADER.pack(RAW_MAGIC, 3, 3, 1, 1) + bytes(9),  # no such depth
        RAW_HEADER.pack(RAW_MAGIC, 0, 3, 2**31, 2**31),  # all of nothing
        RAW_HEADER.pack(RAW_MAGIC, 1, 3, 2**31, 2**31) + bytes(9),
    ],
)
def test_a_raw_value_that_lies(tmp_path, value):
    database = put(tmp_path / 'evil.lmdb', b'a', value)
    for call in (database.read, database.check):
        with pytest.raises(InputError, match=r'a\.png in .* is not whole'):
            call('a.png')


def test_a_list_that_leads_elsewhere_leads_into_the_database_all_the_same(database, inside):
    places = ['../../etc/a.png (9999999,9999999,3) 1', '/etc/b.png', 'C:/c.png']
    (Path(database.db_path) / 'meta_info.txt').write_text('\n'.join(places))
    for name, pixels in zip(database.names(), inside.values()):
        assert np.array_equal(database.read(f'{database.db_path}/{name}'), pixels)
