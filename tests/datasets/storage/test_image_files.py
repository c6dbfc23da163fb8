import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.storage import ImageFiles, PixelForm


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
