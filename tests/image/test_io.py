import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps

from srcnn.errors import InputError
from srcnn.image.io import check_image, decode_image, encode_image, image_shape, read_image, write_image

MODES = {
    '.png': ['1', 'L', 'LA', 'P', 'RGB', 'RGBA', 'I;16'],
    '.jpg': ['L', 'RGB', 'CMYK'],
    '.bmp': ['1', 'L', 'P', 'RGB'],
    '.tif': ['1', 'L', 'LA', 'P', 'RGB', 'RGBA', 'CMYK', 'I;16'],
    '.webp': ['RGB', 'RGBA'],
}
CHANNELS = {'1': 1, 'L': 1, 'I;16': 1, 'LA': 4, 'RGBA': 4}


def picture(channels=3, dtype=np.uint8, height=37, width=53):
    """A smooth picture with every corner different, so that JPEG keeps it and a wrong turn shows."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    planes = [x, y, 1 - x * y, 0.3 + 0.6 * x * x][:channels]
    return (np.stack(planes, -1) * np.iinfo(dtype).max).astype(dtype)


def saved(path, mode='RGB', **options):
    rgba = Image.fromarray(picture(4))
    image = Image.fromarray(picture(1, np.uint16)[..., 0]) if mode == 'I;16' else rgba.convert('RGB').convert(mode)
    if mode in ('RGBA', 'LA'):
        image = rgba.convert(mode)
    image.save(path, **options)
    return image


@pytest.mark.parametrize(('suffix', 'mode'), [(suffix, mode) for suffix in MODES for mode in MODES[suffix]])
def test_every_kind_of_file(tmp_path, suffix, mode):
    path = tmp_path / f'a{suffix}'
    saved(path, mode)
    img = read_image(path)
    assert img.shape == (37, 53, CHANNELS.get(mode, 3))
    assert image_shape(path) == check_image(path) == img.shape
    with Image.open(path) as image:
        if mode == 'I;16':
            expected = np.asarray(image)[..., None]
        else:
            expected = np.atleast_3d(image.convert({1: 'L', 3: 'RGB', 4: 'RGBA'}[img.shape[2]]))
    assert img.dtype == expected.dtype
    assert np.abs(img.astype(int) - expected).max() <= (2 if suffix == '.jpg' else 0)
    assert read_image(path, 'rgb').shape == (37, 53, 3)
    gray = read_image(path, 'gray')
    assert (gray.shape, gray.dtype) == ((37, 53, 1), img.dtype)


def test_transparent_palette(tmp_path):
    saved(tmp_path / 'a.png', 'P', transparency=3)
    assert image_shape(tmp_path / 'a.png') == read_image(tmp_path / 'a.png').shape == (37, 53, 4)


@pytest.mark.parametrize('orientation', range(1, 9))
@pytest.mark.parametrize('suffix', ['.png', '.jpg', '.webp', '.tif'])
def test_orientation(tmp_path, suffix, orientation):
    path = tmp_path / f'a{suffix}'
    exif = Image.Exif()
    exif[0x0112] = orientation
    saved(path, exif=exif)
    img = read_image(path)
    with Image.open(path) as image:
        upright = np.asarray(ImageOps.exif_transpose(image))
    assert np.abs(img.astype(int) - upright).max() <= 2
    assert image_shape(path) == check_image(path) == img.shape


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
@pytest.mark.parametrize('channels', [1, 3, 4])
@pytest.mark.parametrize('suffix', ['.png', '.tif'])
def test_written_files_come_back(tmp_path, suffix, channels, dtype):
    path = tmp_path / f'ü{suffix}'
    img = picture(channels, dtype)
    write_image(path, img)
    back = read_image(path)
    assert back.dtype == dtype
    assert np.array_equal(back, img)
    assert image_shape(path) == img.shape
    if suffix == '.png':
        stored = encode_image(img, '.png', compression=0)
        assert len(stored) > img.nbytes > len(encode_image(img, '.png', compression=9))
        assert np.array_equal(decode_image(stored, 'stored'), img)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize('suffix', ['.jpg', '.webp', '.bmp'])
def test_other_formats_are_written_in_the_right_order_of_channels(tmp_path, suffix):
    write_image(tmp_path / f'a{suffix}', picture())
    with Image.open(tmp_path / f'a{suffix}') as image:
        assert np.abs(np.asarray(image).astype(int) - picture()).mean() < 3


@pytest.mark.parametrize('suffix', ['.png', '.jpg', '.bmp', '.tif', '.webp'])
def test_a_file_cut_anywhere_is_an_error_that_names_it(tmp_path, suffix):
    whole = encode_image(picture(width=52), suffix)  # rows of a multiple of 4 bytes: BMP has no padding to lose
    path = tmp_path / f'cut{suffix}'
    for keep in [0, 1, 7, 20, 40, *range(60, len(whole), len(whole) // 17), len(whole) - 1]:
        path.write_bytes(whole[:keep])
        for read in (read_image, check_image):
            with pytest.raises(InputError, match='cut'):
                read(path)


def test_every_flipped_bit_of_a_png_is_noticed():
    whole = encode_image(picture(height=8, width=8), '.png')
    for bit in range(0, 8 * len(whole), 7):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InputError, match='flipped'):
            decode_image(bytes(damaged), 'flipped.png')


def test_png_with_too_few_rows_or_too_large_a_header():
    def png(width, height, rows):
        def chunk(kind, body):
            return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))

        body = zlib.compress(bytes((1 + 3 * min(width, 100)) * rows))
        header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
        return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', body) + chunk(b'IEND', b'')

    assert decode_image(png(100, 20, 20), 'good').shape == (20, 100, 3)
    for case in (png(100, 20, 10), png(11000, 11000, 10), png(100000, 100000, 10), png(0, 5, 5)):
        with pytest.raises(InputError, match='bad'):
            decode_image(case, 'bad')


def test_wrong_suffix_is_read_and_no_image_is_refused(tmp_path):
    (tmp_path / 'a.png').write_bytes(encode_image(picture(), '.jpg'))
    assert read_image(tmp_path / 'a.png').shape == (37, 53, 3)
    (tmp_path / 'b.png').write_bytes(b'hello, world' * 9)
    for path in (tmp_path / 'b.png', tmp_path / 'missing.png', tmp_path):
        for read in (read_image, image_shape, check_image):
            with pytest.raises(InputError, match='b.png|missing.png|' + tmp_path.name):
                read(path)


def test_damage_within_a_jpeg_is_noticed_when_strict(tmp_path, capfd):
    whole = encode_image(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8), '.jpg')
    (tmp_path / 'whole.jpg').write_bytes(whole)
    assert check_image(tmp_path / 'whole.jpg') == (64, 64, 3)
    middle = len(whole) // 2
    (tmp_path / 'hole.jpg').write_bytes(whole[:middle] + whole[middle + 500 :])
    with pytest.raises(InputError, match='hole.jpg is damaged'):
        check_image(tmp_path / 'hole.jpg')
    assert capfd.readouterr().err == ''


def test_a_jpeg_thumbnail_does_not_stand_in_for_the_picture():
    thumbnail = encode_image(picture(height=8, width=8), '.jpg')
    app1 = b'Exif\0\0' + thumbnail
    whole = encode_image(picture(), '.jpg')
    whole = whole[:2] + b'\xff\xe1' + struct.pack('>H', len(app1) + 2) + app1 + whole[2:]
    assert decode_image(whole, 'a.jpg').shape == (37, 53, 3)
    with pytest.raises(InputError, match='cut short'):
        decode_image(whole[:-30], 'a.jpg')


def test_what_a_format_cannot_hold_is_refused(tmp_path):
    for img, suffix in (
        (picture(4), '.jpg'),
        (picture(3, np.uint16), '.jpg'),
        (picture(3, np.uint16), '.webp'),
        (picture()[..., 0], '.png'),
        (picture()[:, :0], '.png'),
        (picture() / 255, '.png'),
        (picture(), '.gif'),
    ):
        with pytest.raises(InputError):
            write_image(tmp_path / f'a{suffix}', img)
    with pytest.raises(InputError, match='cannot be written'):
        write_image(tmp_path / 'missing' / 'a.png', picture())
    assert not list(tmp_path.iterdir())


def test_real_files_read_as_pillow_reads_them(shared):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        for path in sorted((shared / 'data' / 'inputs').iterdir()):
            if path.suffix == '.mp4' or '16bit' in path.name:
                continue
            img = read_image(path)
            expected = np.atleast_3d(np.asarray(Image.open(io.BytesIO(path.read_bytes()))))
            assert img.shape == expected.shape == image_shape(path)
            assert np.abs(img.astype(int) - expected).max() <= (4 if path.suffix == '.jpg' else 0), path
    assert read_image(shared / 'data' / 'inputs' / 'tree_alpha_16bit.png').dtype == np.uint16
