"""What an image file says of itself: its size from the first bytes, and whether the file is whole."""

import io
import re
import struct
import warnings
import zlib
from typing import BinaryIO, NamedTuple

from ..errors import InputError
from .stored_png import SIGNATURE

MAX_PIXELS = 2**27  # 134 million: no camera makes more, and a damaged header easily says more

_ORIENTATION = 0x0112
_DEFLATE_LIMIT = 1032  # deflate cannot pack more bytes than this into one


class Header(NamedTuple):
    """Format name, and the shape of the upright picture; ``orientation`` is the EXIF number (1: upright as stored)."""

    format: str
    height: int
    width: int
    channels: int
    orientation: int = 1


def read_header(stream: BinaryIO, name: object) -> Header:
    """Read size, channels and orientation, not the picture.

    Args:
        stream: Open file at its start.
        name: What to call the file in an error.

    Returns:
        The header; channels as ``srcnn.image.io.read_image`` gives them unchanged.

    Raises:
        InputError: If this is no image of a known kind, or one of no or more than ``MAX_PIXELS`` pixels.
    """
    start = stream.read(8)
    stream.seek(0)
    if not start:
        raise InputError(f'{name} is empty (0 bytes); expected an image')
    header: Header | None
    try:
        if start == SIGNATURE:
            header = _png_header(stream)
        elif start[:2] == b'\xff\xd8':
            header = _jpeg_header(stream)
        else:
            header = _pillow_header(stream)
    except (ValueError, struct.error, IndexError) as error:
        raise InputError(f'{name} is damaged: its header is cut short or makes no sense ({error})') from None
    if header is None:
        raise InputError(f'{name} is no PNG, JPEG, WebP, TIFF, BMP or GIF image, or its header is damaged')
    if not 0 < header.height * header.width <= MAX_PIXELS:
        size = f'{header.width}x{header.height}'
        raise InputError(f'{name} claims {size} pixels; expected from 1 to {MAX_PIXELS:,}. Is its header damaged?')
    if header.orientation >= 5:
        return header._replace(height=header.width, width=header.height)
    return header


def _png_header(stream: BinaryIO) -> Header:
    stream.seek(8)
    length, kind, width, height, depth, colour = struct.unpack('>I4sIIBB', stream.read(18))
    if kind != b'IHDR' or length != 13 or depth not in (1, 2, 4, 8, 16) or colour not in (0, 2, 3, 4, 6):
        raise ValueError('no valid IHDR chunk')
    channels, orientation = {0: 1, 2: 3, 3: 3, 4: 4, 6: 4}[colour], 1
    stream.seek(33)
    while len(start := stream.read(8)) == 8:
        length, kind = struct.unpack('>I4s', start)
        if kind in (b'IDAT', b'IEND'):
            break
        if kind == b'eXIf':
            orientation = _exif_orientation(stream.read(length))
        else:
            stream.seek(length, 1)
        if kind == b'tRNS' and channels == 3:
            channels = 4
        stream.seek(4, 1)
    return Header('PNG', height, width, channels, orientation)


def _jpeg_header(stream: BinaryIO) -> Header:
    stream.seek(2)
    orientation = 1
    while True:
        byte = stream.read(1)
        while byte == b'\xff':
            byte = stream.read(1)
        if not byte or byte in b'\xd9\xda':
            raise ValueError('no frame header')
        if byte in b'\x01\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\x00':
            continue
        (length,) = struct.unpack('>H', stream.read(2))
        if 0xC0 <= byte[0] <= 0xCF and byte not in b'\xc4\xc8\xcc':
            depth, height, width, components = struct.unpack('>BHHB', stream.read(6))
            if depth != 8:
                raise ValueError(f'{depth} bits per channel, expected 8')
            kind = 'CMYK' if components == 4 else 'JPEG'
            return Header(kind, height, width, 1 if components == 1 else 3, orientation)
        body = stream.read(length - 2) if byte == b'\xe1' else stream.seek(length - 2, 1)
        if isinstance(body, bytes) and body.startswith(b'Exif\0\0'):
            orientation = _exif_orientation(body[6:])


def _exif_orientation(exif: bytes) -> int:
    """The orientation tag of an EXIF block; 1 where there is none or the block is unreadable."""
    order = {b'II': '<', b'MM': '>'}.get(exif[:2])
    if order is None:
        return 1
    try:
        (ifd,) = struct.unpack_from(order + 'I', exif, 4)
        (count,) = struct.unpack_from(order + 'H', exif, ifd)
        for entry in range(ifd + 2, ifd + 2 + 12 * count, 12):
            tag, _, _, value = struct.unpack_from(order + 'HHIH', exif, entry)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _pillow_header(stream: BinaryIO) -> Header | None:
    from PIL import Image, UnidentifiedImageError
    from PIL.TiffImagePlugin import TiffImageFile

    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        try:
            with Image.open(stream, formats=('BMP', 'TIFF', 'WEBP', 'GIF')) as image:
                bits = image.tag_v2.get(258, (8,)) if isinstance(image, TiffImageFile) else (8,)
                if image.mode in ('F', 'I') or max(bits) > 16:
                    return None
                alpha = image.has_transparency_data or image.mode in ('LA', 'PA')
                gray = image.mode in ('1', 'L', 'I;16', 'I;16B') and not alpha
                kind = f'{image.format}16' if max(bits) == 16 else str(image.format)
                upright = 1 if image.format == 'TIFF' else image.getexif().get(_ORIENTATION, 1)
                channels = 1 if gray else 4 if alpha else 3
                return Header(kind, image.height, image.width, channels, upright)
        except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError, MemoryError):
            return None


def check_whole(data: bytes, header: Header, name: object) -> None:
    """Refuse a PNG or JPEG file whose end is missing or, for PNG, whose bytes were changed.

    A PNG carries a checksum for each part, so any changed bit is found. A JPEG carries none: its parts must follow each
    other up to the end mark, but bits changed within the compressed picture are beyond anyone's sight.

    Raises:
        InputError: If the file is damaged.
    """
    if header.format == 'PNG':
        _check_png(data, header, name)
    elif header.format in ('JPEG', 'CMYK'):
        _check_jpeg(data, name)


def _check_png(data: bytes, header: Header, name: object) -> None:
    view, position, packed = memoryview(data), 8, 0
    while position + 12 <= len(data):
        length, kind = struct.unpack_from('>I4s', data, position)
        end = position + 8 + length
        if end + 4 > len(data):
            break
        (expected,) = struct.unpack_from('>I', data, end)
        if zlib.crc32(view[position + 4 : end]) != expected:
            raise InputError(f'{name} is damaged: the checksum of its {kind.decode("latin-1")!r} chunk is wrong')
        packed += length if kind == b'IDAT' else 0
        position = end + 4
        if kind == b'IEND':
            if packed * _DEFLATE_LIMIT * 8 < header.height * header.width:
                raise InputError(f'{name} is damaged: {packed} bytes cannot hold {header.width}x{header.height} pixels')
            return
    raise InputError(f'{name} is cut short: a PNG file must end with an IEND chunk')


_NEXT_MARKER = re.compile(rb'\xff+[^\x00\xff\xd0-\xd7]')


def _check_jpeg(data: bytes, name: object) -> None:
    position, scans = 2, 0
    while (found := _NEXT_MARKER.search(data, position)) is not None:
        marker, position = data[found.end() - 1], found.end()
        if marker == 0xD9:
            if scans:
                return
            break
        if marker in (0x01, 0xD8):
            continue
        if position + 2 > len(data):
            break
        scans += marker == 0xDA
        position += struct.unpack_from('>H', data, position)[0]
    raise InputError(f'{name} is cut short: a JPEG file must end with an end-of-image mark')


def header_of(data: bytes, name: object) -> Header:
    """``read_header`` for a file that is in memory."""
    return read_header(io.BytesIO(data), name)
