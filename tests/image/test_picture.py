import io
import warnings

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from srcnn.errors import InputError
from srcnn.image.metadata import EXIF_IFD, GPS_IFD, Metadata
from srcnn.image.picture import Picture, check_fits, encode_picture, read_picture, write_picture

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="6" b="c"/></x:xmpmeta>'
SUFFIXES = ('.png', '.jpg', '.webp', '.tif')


def noise(channels, dtype=np.uint8, height=21, width=34):
    rng = np.random.default_rng(0)
    return rng.integers(0, np.iinfo(dtype).max, (height, width, channels), dtype=dtype, endpoint=True)


def with_exif(path, **options):
    """A picture stored on its side, by a camera, with a thumbnail."""
    exif = Image.Exif()
    exif[0x0112], exif[271] = 6, 'Maker'
    exif.get_ifd(EXIF_IFD).update({0x9003: '2020:01:02 03:04:05', 0xA002: 34, 0xA003: 21})
    exif.get_ifd(GPS_IFD)[2] = (1.0, 2.0, 3.0)
    Image.fromarray(noise(3)).save(path, exif=exif, icc_profile=SRGB, dpi=(300, 300), **options)
    return path


@pytest.mark.parametrize('target', SUFFIXES)
@pytest.mark.parametrize('source', ['.png', '.jpg', '.webp'])
@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
def test_metadata_goes_from_any_format_to_any(tmp_path, source, target, dtype):
    read = read_picture(with_exif(tmp_path / f'small{source}'))
    assert read.pixels.shape == (34, 21, 3)
    path = tmp_path / f'large{target}'
    write_picture(path, read._replace(pixels=noise(3, dtype, height=68, width=42)))
    with Image.open(path) as image:
        image.load()
        exif = image.getexif()
        assert exif.get(0x0112, 1) == 1
        assert exif[271] == 'Maker'
        assert exif.get_ifd(EXIF_IFD) == {0x9003: '2020:01:02 03:04:05', 0xA002: 42, 0xA003: 68}
        assert exif.get_ifd(GPS_IFD) == {2: (1.0, 2.0, 3.0)}
        assert image.info['icc_profile'] == SRGB
        if '.webp' not in (source, target):
            assert image.info['dpi'] == pytest.approx((300, 300), abs=0.01)


def test_description_of_a_tiff_is_kept(tmp_path):
    Image.fromarray(noise(3)).save(tmp_path / 'a.tif', tiffinfo={270: 'a wall', 315: 'Ann'}, dpi=(150, 150))
    for name in ('b.jpg', 'b.tif'):
        write_picture(tmp_path / name, read_picture(tmp_path / 'a.tif'))
        with Image.open(tmp_path / name) as image:
            assert (image.getexif()[270], image.getexif()[315]) == ('a wall', 'Ann')
            assert image.info['dpi'] == (150, 150)


def test_thumbnail_is_removed(tmp_path):
    with_exif(tmp_path / 'a.jpg')
    data = (tmp_path / 'a.jpg').read_bytes()
    at = data.index(b'Exif\0\0') + 6
    order = 'little' if data[at : at + 2] == b'II' else 'big'
    end = at + 8 + 2 + 12 * int.from_bytes(data[at + 8 : at + 10], order)
    assert data[end : end + 4] == bytes(4)
    linked = data[:end] + (8).to_bytes(4, order) + data[end + 4 :]  # a second directory: here, the first one again
    (tmp_path / 'a.jpg').write_bytes(linked)
    write_picture(tmp_path / 'b.png', read_picture(tmp_path / 'a.jpg'))
    with Image.open(tmp_path / 'b.png') as image:
        assert dict(image.getexif().get_ifd(1)) == {}


@pytest.mark.parametrize('target', SUFFIXES)
def test_xmp_is_kept_and_says_upright(target):
    data = encode_picture(Picture(noise(3), Metadata(xmp=XMP)), target)
    with Image.open(io.BytesIO(b''.join(data))) as image:
        image.load()
        xmp = image.info['xmp']
    assert xmp == XMP.replace(b'="6"', b'="1"')


def test_png_keeps_what_only_a_png_has(tmp_path):
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text('Author', 'Ann')
    text.add_itxt('Title', 'Größe', zip=True)
    text.add(b'gAMA', (45455).to_bytes(4, 'big'))
    text.add(b'tIME', b'1234567')
    Image.fromarray(noise(3)).save(tmp_path / 'a.png', pnginfo=text)
    write_picture(tmp_path / 'b.png', read_picture(tmp_path / 'a.png'))
    with Image.open(tmp_path / 'b.png') as image:
        assert image.text == {'Author': 'Ann', 'Title': 'Größe'}
        assert image.info['gamma'] == 0.45455
    assert b'tIME' not in (tmp_path / 'b.png').read_bytes()


def test_profile_for_other_channels_is_dropped(tmp_path):
    with_exif(tmp_path / 'a.png')
    read = read_picture(tmp_path / 'a.png')
    for target in SUFFIXES[:2]:
        write_picture(tmp_path / f'b{target}', read._replace(pixels=noise(1)))
        with Image.open(tmp_path / f'b{target}') as image:
            assert image.mode == 'L'
            assert 'icc_profile' not in image.info


def test_large_profile_is_cut_into_segments_of_a_jpeg():
    profile = SRGB[:16] + b'RGB ' + bytes(noise(1, height=300, width=500))
    data = b''.join(encode_picture(Picture(noise(3), Metadata(icc=profile)), '.jpg'))
    with Image.open(io.BytesIO(data)) as image:
        assert image.info['icc_profile'] == profile


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
@pytest.mark.parametrize('channels', [1, 2, 3, 4])
@pytest.mark.parametrize('suffix', ['.png', '.tif'])
def test_pixels_come_back(tmp_path, suffix, channels, dtype):
    pixels = noise(channels, dtype)
    write_picture(tmp_path / f'a{suffix}', Picture(pixels.copy(), Metadata(icc=SRGB)))
    back = read_picture(tmp_path / f'a{suffix}').pixels
    if (suffix, channels, dtype) == ('.tif', 2, np.uint16):  # nobody reads that
        pixels = pixels[:, :, [0, 0, 0, 1]]
    np.testing.assert_array_equal(back, pixels)
    assert back.dtype == dtype


@pytest.mark.parametrize('channels', [1, 3, 4])
def test_tiff_of_16_bits_as_opencv_reads_it(channels):
    pixels = noise(channels, np.uint16, height=700, width=900)  # several strips
    data = b''.join(encode_picture(Picture(pixels.copy(), Metadata()), '.tiff'))
    img = np.atleast_3d(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))
    np.testing.assert_array_equal(img[:, :, [2, 1, 0, 3][:channels]] if channels > 1 else img, pixels)


def test_sixteen_bits_are_rounded_where_there_are_eight(tmp_path):
    pixels = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1)
    write_picture(tmp_path / 'a.bmp', Picture(pixels, Metadata()))
    np.testing.assert_array_equal(read_picture(tmp_path / 'a.bmp').pixels, np.round(pixels / 257.0))


def test_cmyk_by_its_profile(tmp_path):
    """A profile that swaps nothing but says CMYK cannot be made here; one that is none leaves Pillow's conversion."""
    Image.fromarray(noise(3)).convert('CMYK').save(tmp_path / 'a.jpg', icc_profile=SRGB[:16] + b'CMYK' + SRGB[20:])
    read = read_picture(tmp_path / 'a.jpg')
    with Image.open(tmp_path / 'a.jpg') as image:
        np.testing.assert_array_equal(read.pixels, np.asarray(image.convert('RGB')))
    data = b''.join(encode_picture(read, '.png'))
    assert b'iCCP' not in data


def test_damaged_jpeg_is_shown_with_the_complaint(tmp_path):
    Image.fromarray(noise(3, height=200, width=200)).save(tmp_path / 'a.jpg')
    data = bytearray((tmp_path / 'a.jpg').read_bytes())
    data[9000:9100] = bytes(100)
    (tmp_path / 'a.jpg').write_bytes(data)
    read = read_picture(tmp_path / 'a.jpg')
    assert read.pixels.shape == (200, 200, 3)
    assert 'a.jpg is damaged' in read.damage


@pytest.mark.parametrize('kind', ['GIF', 'WEBP', 'PNG', 'TIFF'])
def test_several_pictures_in_one_file(tmp_path, kind):
    first, second = (Image.fromarray(noise(3)).rotate(turn) for turn in (0, 180))
    first.save(tmp_path / 'a', kind, save_all=True, append_images=[second])
    with pytest.raises(InputError, match='2 pictures|2 pages'):
        read_picture(tmp_path / 'a')


def test_still_gif(tmp_path):
    Image.fromarray(noise(3)).convert('P').save(tmp_path / 'a.gif')
    with Image.open(tmp_path / 'a.gif') as image:
        np.testing.assert_array_equal(read_picture(tmp_path / 'a.gif').pixels, np.asarray(image.convert('RGB')))


def test_what_does_not_fit_is_said_before_it_is_made():
    check_fits((16_383, 10, 4), '.webp', 'a.png')
    check_fits((100_000, 10, 4), '.png', 'a.png')
    for shape, suffix, message in (
        ((10, 16_384, 3), '.webp', 'a.png would become 16384x10 pixels, and .webp holds at most 16,383'),
        ((10, 65_501, 3), '.jpg', '65,500'),
        ((10, 10, 2), '.jpg', 'a.png has an alpha channel, which .jpg cannot hold'),
    ):
        with pytest.raises(InputError, match=message):
            check_fits(shape, suffix, 'a.png')


def test_limits_are_those_of_the_encoders():
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        for longest, suffix in ((16_383, '.webp'), (65_500, '.jpg')):
            assert encode_picture(Picture(np.zeros((1, longest, 3), np.uint8), Metadata()), suffix)
            with pytest.raises((InputError, ValueError, cv2.error)):
                encode_picture(Picture(np.zeros((1, longest + 1, 3), np.uint8), Metadata()), suffix)
