import io
import zlib

import numpy as np
import pytest
from PIL import Image

from srcnn.image.io import decode_image
from srcnn.image.stored_png import stored_png


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
@pytest.mark.parametrize('channels', [1, 3, 4])
@pytest.mark.parametrize(('height', 'width'), [(1, 1), (60, 70), (97, 1000), (2, 22000)])
def test_other_readers_agree(height, width, channels, dtype):
    large = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (height + 3, width + 5, channels), dtype)
    img = large[2:-1, 4:-1]  # a view
    data = b''.join(stored_png(img))
    assert np.array_equal(decode_image(data, 'stored'), img)
    with Image.open(io.BytesIO(data)) as image:
        image.verify()
        assert image.size == (width, height)
    body = data[data.index(b'IDAT') + 4 : -16]
    assert len(zlib.decompress(body)) == height * (1 + width * channels * img.itemsize)
