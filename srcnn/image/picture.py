"""Image files of any kind with what they carry beside their pixels; ``io.py`` has the plain arrays."""

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..errors import InputError
from .header import header_of
from .io import PathLike, decode_image, encode_image, write_atomically
from .metadata import Metadata, read_metadata
from .stored_png import SIGNATURE
from .tiff import encode_tiff

WRITABLE = ('.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.bmp')
READABLE = (*WRITABLE, '.gif')

# The longest side that a format can hold, in pixels
_LONGEST = {'.jpg': 65_500, '.jpeg': 65_500, '.webp': 16_383}
_NO_ALPHA = ('.jpg', '.jpeg')
_SIXTEEN_BITS = ('.png', '.tif', '.tiff')
_REDUCED = 254  # the TIFF tag that tells a preview from a page
_SEGMENT = 65_533  # bytes that a part of a JPEG's header can hold
_ICC_MARK, _XMP_MARK = b'ICC_PROFILE\0', b'http://ns.adobe.com/xap/1.0/\0'


class Picture(NamedTuple):
    """A picture to work on.

    Attributes:
        pixels: Array (H, W, C), upright: 1 (gray), 2 (gray, alpha), 3 (RGB) or 4 (RGBA) channels, uint8 or uint16.
        metadata: What came with it.
        damage: What is wrong with a file that can be shown all the same; '' as a rule.
    """

    pixels: np.ndarray
    metadata: Metadata
    damage: str = ''


def read_picture(path: PathLike) -> Picture:
    """Read a PNG, JPEG, WebP, TIFF, BMP or GIF file, whatever its suffix.

    Palettes become RGB or RGBA. CMYK becomes sRGB, by its colour profile where it has one. A JPEG that its decoder
    shows but complains about is given as it is, with the complaint.

    Raises:
        InputError: It cannot be read, is no image or a damaged one, or holds several pictures.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f'{path} cannot be read: {error.strerror}') from None
    header = header_of(data, path)
    _check_single(data, path)
    metadata = read_metadata(data)
    if header.format not in ('PNG', 'JPEG') and (pixels := _from_cmyk(data, metadata.icc)) is not None:
        return Picture(pixels, metadata._replace(icc=None))
    damage = ''
    try:
        pixels = decode_image(data, path, strict=True)
    except InputError as error:
        if header.format != 'JPEG':
            raise
        pixels = decode_image(data, path)  # raises where nothing can be shown
        damage = str(error)
    if pixels.shape[2] == 4 and _is_gray(data):
        pixels = np.ascontiguousarray(pixels[:, :, [0, 3]])
    return Picture(pixels, metadata, damage)


def check_fits(shape: tuple[int, int, int], suffix: str, name: object) -> None:
    """Find out whether a format can hold a picture, before that is made.

    Args:
        shape: Height, width and channels of the picture to be.
        suffix: Of its file.
        name: What an error calls it.

    Raises:
        InputError: It is too large for the format, or has an alpha channel, which JPEG cannot hold.
    """
    height, width, channels = shape
    longest = _LONGEST.get(suffix, 2**31)
    if max(height, width) > longest:
        raise InputError(
            f'{name} would become {width}x{height} pixels, and {suffix} holds at most {longest:,} along a side; '
            'take --format png.'
        )
    if channels in (2, 4) and suffix in _NO_ALPHA:
        raise InputError(f'{name} has an alpha channel, which {suffix} cannot hold; take --format png or webp.')


def encode_picture(picture: Picture, suffix: str, quality: int = 95) -> list[bytes | memoryview]:
    """Lay a picture out as a file.

    16 bits are rounded to 8 where the format holds no more; gray with alpha becomes RGBA where it or its readers know
    none (WebP, BMP, TIFF of 16 bits).

    Args:
        picture: Its pixels may be overwritten: there is not always room for two of them.
        suffix: One of ``WRITABLE``.
        quality: For JPEG and WebP, 1..100.

    Returns:
        The file, in parts to be written one after the other.

    Raises:
        InputError: The format cannot hold it.
    """
    pixels = picture.pixels
    metadata = picture.metadata.of_result(*pixels.shape)
    if pixels.dtype == np.uint16 and suffix not in _SIXTEEN_BITS:
        pixels = ((pixels.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    if pixels.shape[2] == 2 and (suffix in ('.webp', '.bmp') or (suffix != '.png' and pixels.dtype == np.uint16)):
        pixels = pixels[:, :, [0, 0, 0, 1]]
    if suffix in ('.tif', '.tiff'):
        return list(encode_tiff(pixels, metadata))
    if suffix == '.png':
        png = _gray_alpha_png(pixels) if pixels.shape[2] == 2 else encode_image(pixels, suffix)
        return [png[:33], _png_chunks(metadata), memoryview(png)[33:]]  # 33: signature and IHDR
    data = encode_image(pixels, suffix, quality=quality)
    if suffix == '.webp':
        start, end, begin = _webp_start(data, metadata, pixels.shape)
        return [start, memoryview(data)[begin:], end]
    if suffix in ('.jpg', '.jpeg'):
        return [_jpeg_start(data, metadata), memoryview(data)[20:]]  # 20: start mark and JFIF
    return [data]


def write_picture(path: PathLike, picture: Picture, quality: int = 95) -> None:
    """Write a picture, whole or not at all; see ``encode_picture``.

    Raises:
        InputError: The format cannot hold it.
        OSError: The file cannot be written.
    """
    write_atomically(path, encode_picture(picture, Path(path).suffix.lower(), quality))


def _check_single(data: bytes, path: PathLike) -> None:
    from PIL import Image

    frames, kind = 1, ''
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            with Image.open(io.BytesIO(data)) as image:
                kind, frames = str(image.format), getattr(image, 'n_frames', 1)
                if kind == 'TIFF':
                    frames = sum(not _page_tags(image, page).get(_REDUCED, 0) & 1 for page in range(frames))
    except Exception:  # damaged, which the decoder tells better
        return
    if frames > 1 and kind == 'TIFF':
        raise InputError(f'{path} has {frames} pages; save them as files of their own.')
    if frames > 1 and kind != 'MPO':  # a JPEG with previews and the like behind it
        raise InputError(
            f'{path} is animated ({frames} pictures); convert it to a video (ffmpeg -i FILE FILE.mp4) and upscale '
            'that, or save the picture that you want as PNG.'
        )


def _page_tags(image: Any, page: int) -> Any:
    image.seek(page)
    return image.tag_v2


def _is_gray(data: bytes) -> bool:
    """Whether a file with an alpha channel has but gray beside it."""
    from PIL import Image

    if data.startswith(SIGNATURE):
        return data[25] in (0, 4)
    with Image.open(io.BytesIO(data)) as image:
        return image.mode in ('LA', 'L', '1')


def _from_cmyk(data: bytes, icc: bytes | None) -> np.ndarray | None:
    """A CMYK file in sRGB, by its profile; None if it is something else or has none that can be used."""
    from PIL import Image, ImageCms, ImageOps

    if icc is None or icc[16:20] != b'CMYK':
        return None
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.mode != 'CMYK':
                return None
            profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
            srgb = ImageCms.createProfile('sRGB')
            converted = ImageCms.profileToProfile(ImageOps.exif_transpose(image), profile, srgb, outputMode='RGB')
    except (OSError, ValueError, ImageCms.PyCMSError):
        return None
    return None if converted is None else np.asarray(converted)


def _gray_alpha_png(pixels: np.ndarray) -> bytes:
    """A PNG of gray with alpha, which OpenCV does not write."""
    height, width, channels = pixels.shape
    size = pixels.itemsize * channels
    values = pixels.astype(f'>u{pixels.itemsize}').view(np.uint8).reshape(height, -1)
    rows = np.ones((height, 1 + values.shape[1]), np.uint8)  # 1: each byte as its difference from the pixel before
    rows[:, 1:] = values
    rows[:, 1 + size :] -= values[:, :-size]
    header = struct.pack('>IIBBBBB', width, height, 8 * pixels.itemsize, 4, 0, 0, 0)
    parts = [(b'IHDR', header), (b'IDAT', zlib.compress(rows.data, 6)), (b'IEND', b'')]
    return SIGNATURE + b''.join(_chunk(*part) for part in parts)


def _png_chunks(metadata: Metadata) -> bytes:
    chunks = list(metadata.png)
    if not chunks:
        if metadata.icc:
            chunks.append((b'iCCP', b'ICC profile\0\0' + zlib.compress(metadata.icc)))
        if metadata.dpi:
            per_metre = [min(round(dpi / 0.0254), 2**31 - 1) for dpi in metadata.dpi]
            chunks.append((b'pHYs', struct.pack('>IIB', *per_metre, 1)))
        if metadata.xmp:
            chunks.append((b'iTXt', b'XML:com.adobe.xmp\0\0\0\0\0' + metadata.xmp))
    if metadata.exif:
        chunks.append((b'eXIf', metadata.exif))
    return b''.join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))


def _jpeg_start(data: bytes, metadata: Metadata) -> bytes:
    """What comes before the tables of a JPEG; EXIF and XMP that do not fit are left out."""
    start = bytearray(data[:20])
    if metadata.dpi:
        struct.pack_into('>BHH', start, 13, 1, *(min(round(dpi), 65535) for dpi in metadata.dpi))
    for mark, body in ((b'Exif\0\0', metadata.exif), (_XMP_MARK, metadata.xmp)):
        if body and len(mark + body) <= _SEGMENT:
            start += _segment(0xE1, mark + body)
    if metadata.icc:
        room = _SEGMENT - len(_ICC_MARK) - 2
        parts = [metadata.icc[i : i + room] for i in range(0, len(metadata.icc), room)]
        for i, part in enumerate(parts if len(parts) < 256 else []):
            start += _segment(0xE2, _ICC_MARK + bytes((i + 1, len(parts))) + part)
    return bytes(start)


def _segment(mark: int, body: bytes) -> bytes:
    return struct.pack('>BBH', 0xFF, mark, len(body) + 2) + body


def _webp_start(data: bytes, metadata: Metadata, shape: tuple[int, ...]) -> tuple[bytes, bytes, int]:
    """What comes before and after the picture in an extended WebP file, and where that begins in ``data``."""
    parts = ((b'ICCP', 0x20, metadata.icc), (b'EXIF', 0x08, metadata.exif), (b'XMP ', 0x04, metadata.xmp))
    height, width, channels = shape
    extended = data[12:16] == b'VP8X'
    begin = 30 if extended else 12
    flags = (0x10 if channels == 4 else 0) | sum(flag for _, flag, body in parts if body)
    size = (width - 1).to_bytes(3, 'little') + (height - 1).to_bytes(3, 'little')
    chunks = [_riff_chunk(kind, body) if body else b'' for kind, _, body in parts]
    before = b'WEBP' + _riff_chunk(b'VP8X', bytes((flags, 0, 0, 0)) + size) + chunks[0]
    after = chunks[1] + chunks[2]
    length = len(before) + len(data) - begin + len(after)
    return b'RIFF' + struct.pack('<I', length) + before, after, begin


def _riff_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack('<I', len(body)) + body + b'\0' * (len(body) % 2)
