import pickle
from pathlib import Path

import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.storage.image_pack import ImagePack
from srcnn.image.pack_file import Entry, room, stamp, write_index, write_pixels


@pytest.fixture
def pack(images, tmp_path) -> ImagePack:
    with open(tmp_path / 'a.pack', 'wb') as stream:
        entries, end = {}, sum(room(pixels.nbytes) for pixels in images.values())
        for path, pixels in images.items():  # from the last place to the first
            end -= room(pixels.nbytes)
            entries[Path(path).relative_to(tmp_path / 'photos').as_posix()] = write_pixels(
                stream, end, pixels[::-1], stamp(path)
            )
        write_index(stream, entries)
    return ImagePack(tmp_path / 'a.pack', tmp_path / 'photos')


def test_gives_back_what_was_put_in(pack, images):
    for path, pixels in images.items():
        found = pack.read(path)
        assert found.dtype == pixels.dtype
        assert np.array_equal(found, pixels[::-1])
        assert pack.check(path) == pixels.shape
        assert not found.flags.writeable


def test_a_worker_process_maps_it_again(pack, images):
    path = next(iter(images))
    again = pickle.loads(pickle.dumps(pack))
    assert np.array_equal(again.read(path), pack.read(path))


def test_an_image_that_is_not_in_it(pack):
    with pytest.raises(InputError, match=r'a\.pack does not hold .*z\.png'):
        pack.read('z.png')


@pytest.mark.parametrize(
    'spoil',
    [
        lambda data: b'',
        lambda data: data[:10],
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data + b'\0',
        lambda data: data[1:],
        lambda data: data[:-40] + bytes([data[-40] ^ 1]) + data[-39:],
        lambda data: data[:-28] + b'SRCNNpk0' + data[-20:],
    ],
)
def test_a_damaged_pack_is_refused(pack, spoil):
    data = pack.path.read_bytes()
    pack.path.unlink()  # a pack that is mapped must not shrink
    pack.path.write_bytes(spoil(data))
    with pytest.raises(InputError, match=r'a\.pack'):
        ImagePack(pack.path, pack.folder)


def test_names_the_image_whose_pixels_changed(pack, images):
    assert list(pack.damaged()) == []
    data = bytearray(pack.path.read_bytes())
    path = list(images)[2]
    data[pack.entries[path].offset] ^= 1
    pack.path.unlink()
    pack.path.write_bytes(data)
    assert list(ImagePack(pack.path, pack.folder).damaged()) == [path]


@pytest.mark.parametrize(
    'lie',
    [
        {'dtype': '|O'},  # would take pixels for addresses
        {'dtype': '<f8'},
        {'dtype': None},
        {'offset': -64},
        {'offset': 10**9},
        {'offset': 0.5},
        {'shape': (1, 1, -1)},
        {'shape': (10**9, 10**9, 3)},
        {'shape': (1, 1)},
        {'shape': 'abc'},
    ],
)
def test_an_index_that_lies_is_refused(tmp_path, lie):
    entry = Entry(1, 1, 0, (2, 2, 3), '|u1', 0)._replace(**lie)
    with open(tmp_path / 'evil.pack', 'wb') as stream:
        stream.write(bytes(64))
        write_index(stream, {'../a.png': entry})
    with pytest.raises(InputError, match=r'evil\.pack: this pack of images is damaged'):
        ImagePack(tmp_path / 'evil.pack', tmp_path)


def test_an_index_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr('srcnn.image.pack_file.json.dumps', lambda entries: 100_000 * '[')
    with open(tmp_path / 'evil.pack', 'wb') as stream:
        write_index(stream, {})
    with pytest.raises(InputError, match=r'evil\.pack: this pack of images is damaged'):
        ImagePack(tmp_path / 'evil.pack', tmp_path)
