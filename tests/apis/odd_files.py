"""Files as people have them: odd ones that can be read, and damaged ones that cannot."""

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageCms

from srcnn.image.metadata import Metadata
from srcnn.image.picture import Picture, encode_picture

SMOOTH = (np.mgrid[0:40, 0:52].sum(0)[..., None] * np.array([2, 1, 2, 1]) % 256).astype(np.uint8)
NOISE = np.random.default_rng(0).integers(0, 256, (40, 52, 4), dtype=np.uint8)


def image(mode: str = 'RGB', size: tuple[int, int] = (52, 40)) -> Image.Image:
    whole = Image.fromarray(SMOOTH).resize(size)
    return whole if mode == 'RGBA' else whole.convert('RGB').convert(mode)


def saved(img: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    img.save(stream, kind, **options)
    return stream.getvalue()


def deep(channels: int, suffix: str) -> bytes:
    pixels = NOISE[..., :channels].astype(np.uint16) * 257
    return b''.join(bytes(part) for part in encode_picture(Picture(pixels, Metadata()), suffix))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))


def png(height: int, width: int, depth: int, colour: int, rows: bytes, extra: bytes = b'') -> bytes:
    """A PNG with whatever header and pixels."""
    header = chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, depth, colour, 0, 0, 0))
    return b'\x89PNG\r\n\x1a\n' + header + extra + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b'')


def jpeg_of_size(height: int, width: int) -> bytes:
    data = bytearray(saved(image(), 'JPEG'))
    at = data.index(b'\xff\xc0')
    struct.pack_into('>HH', data, at + 5, height, width)
    return bytes(data)


def good_files() -> dict[str, bytes]:
    """Each of them has to be enlarged."""
    rgb = image()
    exif = Image.Exif()
    exif[0x0112] = 6
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
    kinds = {'png': 'PNG', 'jpg': 'JPEG', 'webp': 'WEBP', 'tif': 'TIFF', 'bmp': 'BMP', 'gif': 'GIF'}
    sizes = {'dot': (1, 1), 'needle': (4000, 1), 'pole': (1, 4000), 'odd': (7, 13)}
    files = {f'{size}_{end}.{end}': saved(image(size=sizes[size]), kinds[end]) for size in sizes for end in kinds}
    return files | {
        'is_jpeg.png': saved(rgb, 'JPEG'),
        'is_png.jpg': saved(rgb, 'PNG'),
        'is_gif.jpg': saved(image('P'), 'GIF'),
        'is_tiff.png': saved(rgb, 'TIFF'),
        'UPPER.PNG': saved(rgb, 'PNG'),
        'name with ünï [1] blanks.png': saved(rgb, 'PNG'),
        'bits.png': saved(image('1'), 'PNG'),
        'gray.png': saved(image('L'), 'PNG'),
        'gray_alpha.png': saved(image('LA'), 'PNG'),
        'palette.png': saved(image('P'), 'PNG'),
        'palette_transparent.png': saved(image('P'), 'PNG', transparency=3),
        'gray_key.png': saved(image('L'), 'PNG', transparency=9),
        'rgb_key.png': saved(rgb, 'PNG', transparency=(1, 2, 3)),
        'rgba.png': saved(image('RGBA'), 'PNG'),
        'two_bits.png': png(4, 8, 2, 0, (b'\0' + b'\x1b\xe4') * 4),
        'profile.png': saved(rgb, 'PNG', icc_profile=srgb, dpi=(300, 300)),
        'profile_is_junk.png': saved(rgb, 'PNG', icc_profile=b'junk'),
        'exif_is_junk.jpg': saved(rgb, 'JPEG', exif=b'Exif\0\0MM\0*\0\0\0\x08\xff\xff'),
        'turned.jpg': saved(rgb, 'JPEG', exif=exif),
        'progressive.jpg': saved(rgb, 'JPEG', progressive=True),
        'cmyk.jpg': saved(image('CMYK'), 'JPEG'),
        'gray.jpg': saved(image('L'), 'JPEG'),
        'noise_after.jpg': saved(rgb, 'JPEG') + bytes(NOISE),
        'noise_after.png': saved(rgb, 'PNG') + bytes(NOISE),
        'previews.jpg': saved(rgb, 'MPO', save_all=True, append_images=[image(size=(9, 9))]),
        'alpha.webp': saved(image('RGBA'), 'WEBP'),
        'cmyk.tif': saved(image('CMYK'), 'TIFF'),
        'lzw.tif': saved(image('RGBA'), 'TIFF', compression='tiff_lzw'),
        'bits.bmp': saved(image('1'), 'BMP'),
        'palette.bmp': saved(image('P'), 'BMP'),
        'transparent.gif': saved(image('P'), 'GIF', transparency=3),
        **{f'deep{c}{end}': deep(c, end) for c in (1, 3, 4) for end in ('.png', '.tif')},
    }


def bad_files() -> dict[str, bytes]:
    """Each of them has to be named, and why it is left out."""
    rgb, frames = image(), [image(size=(52, 40)).rotate(90 * i) for i in range(1, 4)]
    noise = Image.fromarray(NOISE[..., :3])
    whole = {
        'png': saved(noise, 'PNG'),
        'jpg': saved(noise, 'JPEG'),
        'webp': saved(noise, 'WEBP'),
        'tif': saved(noise, 'TIFF'),
        'bmp': saved(noise, 'BMP'),
        'gif': saved(noise.convert('P'), 'GIF'),
        'deep.tif': deep(3, '.tif'),
    }
    cut = {
        f'cut{percent}_{end.replace(".", "_")}.{end}': data[: len(data) * percent // 100]
        for end, data in whole.items()
        for percent in (1, 10, 50, 90)
    }
    return cut | {
        'empty.png': b'',
        'text.jpg': b'I am not a picture.\n' * 9,
        'page.png': b'<!DOCTYPE html><html><body>404</body></html>',
        'archive.jpg': b'PK\x03\x04' + bytes(NOISE),
        'only_noise.webp': bytes(NOISE),
        'only_noise.tif': b'II*\0' + bytes(NOISE),
        'only_noise.jpg': b'\xff\xd8\xff\xe0' + bytes(NOISE),
        'no_size.png': png(0, 0, 8, 2, b''),
        'no_width.png': png(4, 0, 8, 2, b'\0' * 4),
        'no_size.jpg': jpeg_of_size(0, 0),
        'huge.png': png(2**31 - 1, 2**31 - 1, 8, 2, b'\0' * 99),
        'large.png': png(10_000, 10_000, 8, 2, b'\0' * 99),
        'huge.jpg': jpeg_of_size(65_500, 65_500),
        'no_palette.png': png(4, 4, 8, 3, b'\0' * 20),
        'odd_depth.png': png(4, 4, 7, 2, b'\0' * 99),
        'too_few_rows.png': png(40, 40, 8, 2, b'\0' * 99),
        'flipped_bit.png': whole['png'][:99] + bytes([whole['png'][99] ^ 1]) + whole['png'][100:],
        'moving_gif.gif': saved(rgb, 'GIF', save_all=True, append_images=frames),
        'moving.webp': saved(rgb, 'WEBP', save_all=True, append_images=frames),
        'moving.png': saved(rgb, 'PNG', save_all=True, append_images=frames),
        'pages.tif': saved(rgb, 'TIFF', save_all=True, append_images=frames),
        'floats.tif': saved(rgb.convert('F'), 'TIFF'),
        'video.mp4': bytes(NOISE),
    }


def hurt_files(count: int) -> Iterator[tuple[str, bytes]]:
    """Files of all kinds, some of whose bytes were changed or lost: whether they can be read, nobody knows."""
    rng = np.random.default_rng(0)
    whole = sorted(good_files().items())
    for number in range(count):
        name, data = whole[number % len(whole)]
        bytes_ = bytearray(data)
        for at in rng.integers(0, len(bytes_), rng.integers(1, 9)):
            bytes_[at] = rng.integers(0, 256)
        if number % 3 == 0:
            start = int(rng.integers(0, len(bytes_)))
            del bytes_[start : start + int(rng.integers(1, 99))]
        yield f'hurt{number}_{name}', bytes(bytes_)
