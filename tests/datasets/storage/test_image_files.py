import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.storage import ImageFiles, PixelForm
from srcnn.image.io import encode_image


def test_reads_what_it_foretells(images):
    for verify in ('full', 'header'):
        files = ImageFiles(PixelForm('unchanged'), verify)
        for path, pixels in images.items():
            assert np.array_equal(files.read(path), pixels)
            assert files.check(path) == pixels.shape


def test_only_a_full_check_finds_a_missing_end(images):
    path = next(iter(images))
    with open(path, 'r+b') as stream:
        stream.truncate(60)
    assert ImageFiles(PixelForm(), 'header').check(path) == (5, 7, 3)
    with pytest.raises(InputError, match=r'a\.png is cut short'):
        ImageFiles(PixelForm(), 'full').check(path)


def test_a_strict_one_does_not_read_a_damaged_jpeg(tmp_path):
    coarse = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    data = bytearray(encode_image(coarse.repeat(8, 0).repeat(8, 1), '.jpg'))
    data[-300:-290] = b'\xff\xd0' * 5  # restart marks where none belong
    path = tmp_path / 'a.jpg'
    path.write_bytes(data)
    assert ImageFiles(PixelForm()).read(path).shape == (64, 64, 3)
    with pytest.raises(InputError, match=r'a\.jpg is damaged'):
        ImageFiles(PixelForm(), strict=True).read(path)
