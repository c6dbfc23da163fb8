import struct
import zlib

import numpy as np
import pytest

from srcnn import InputError
from srcnn.apis import web_picture
from srcnn.apis.web_picture import Limits, check_limits, enlarge_file
from srcnn.image.io import read_image, write_image
from srcnn.image.resize import imresize
from tests.apis.test_upscaler import upscaler
from tests.conftest import make_image


def write(path, channels, dtype=np.uint8):
    """A picture with a hole in it, where it has an alpha channel."""
    img = np.concatenate([make_image(30, 41), np.full((30, 41, 1), 255, np.uint8)], axis=2)
    img[5:20, 5:20, 3] = 0
    img = img[:, :, :channels].astype(dtype) * (257 if dtype == np.uint16 else 1)
    write_image(path, img)
    return img


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
@pytest.mark.parametrize('channels', [1, 3, 4])
def test_the_result_is_whole_and_what_is_shown_fits_a_browser(tmp_path, channels, dtype):
    img = write(tmp_path / 'a.png', channels, dtype)
    network = upscaler()
    (before, after), result, about, doubt = enlarge_file(network, tmp_path / 'a.png', tmp_path, Limits())
    assert result.name == 'a_x2.png'
    out = read_image(result)
    assert out.dtype == dtype
    np.testing.assert_array_equal(out, network(img))
    assert '<b>a.png</b>, 41 x 30 pixels' in about
    assert f'82 x 60 pixels, { {1: "gray", 3: "RGB", 4: "RGBA"}[channels] }, {8 * img.itemsize} bits' in about
    assert doubt == ''
    for path, expected in ((before, imresize(img, 2)), (after, out)):
        shown = read_image(path)
        assert shown.dtype == np.uint8
        assert shown.shape == (60, 82, min(channels, 3))
        opaque = expected[:, :, 3] == expected.max() if channels == 4 else np.full((60, 82), True)
        eight_bits = expected[:, :, :3] // (257 if dtype == np.uint16 else 1)
        assert np.abs(shown.astype(int) - eight_bits)[opaque].max() <= 1
        if channels == 4:
            assert set(np.unique(shown[14:36, 14:36])) == {225, 255}  # the checkerboard


def test_a_large_result_is_shown_smaller(tmp_path, monkeypatch):
    monkeypatch.setattr(web_picture, 'SHOWN_PIXELS', 1000)
    img = write(tmp_path / 'a.png', 1)
    shown, result, about, _ = enlarge_file(upscaler(), tmp_path / 'a.png', tmp_path, Limits())
    assert [read_image(path).shape for path in shown] == [(20, 28, 1)] * 2
    assert read_image(result).shape == (60, 82, 1)
    assert 'shown at 1/3' in about
    for path, whole in zip(shown, (img, read_image(result))):
        assert read_image(path).mean() == pytest.approx(whole.mean(), abs=1)


def huge_png(width, height):
    """The start of one, and no pixels."""
    parts = [(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)), (b'IDAT', b''), (b'IEND', b'')]
    return b'\x89PNG\r\n\x1a\n' + b''.join(
        struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body)) for kind, body in parts
    )


@pytest.mark.parametrize(
    ('data', 'message'),
    [
        (huge_png(5000, 2000), r'5000x2000 pixels; 4 times as wide and high they would be 160 million, and .* 100 mil'),
        (b'x' * 2**20 + b'x', 'more than 1 MB'),
        (b'To whom it may concern', 'a.png is no PNG'),
        (b'', 'a.png is empty'),
    ],
)
def test_limits(tmp_path, data, message):
    path = tmp_path / 'a.png'
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        check_limits(path, 4, Limits(megabytes=1))


def test_a_file_that_has_been_cleaned_up(tmp_path):
    with pytest.raises(InputError, match='drop it once more'):
        enlarge_file(upscaler(), tmp_path / 'a.png', tmp_path, Limits())
