"""TIFF files of 8 and 16 bits with their metadata, which OpenCV drops and Pillow cannot hold at 16 bits."""

import struct
import zlib

import numpy as np

from ..errors import InputError
from .metadata import EXIF_IFD, GPS_IFD, TIFF_TAGS, Metadata

_STRIP = 2**20  # bytes of pixels, about, that are compressed together
_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED = 1, 2, 3, 4, 5, 7
_FORMAT = {_SHORT: 'H', _LONG: 'I'}

Field = tuple[int, int, bytes]  # count, type, value


def encode_tiff(img: np.ndarray, metadata: Metadata) -> list[bytes]:
    """Lay an image out as a TIFF file (version 6.0; deflate with horizontal differencing).

    Args:
        img: Array (H, W, C) of 1 (gray), 2 (gray, alpha), 3 (RGB) or 4 (RGBA) channels, uint8 or uint16.
        metadata: What it is to carry.

    Returns:
        The file, in parts to be written one after the other.

    Raises:
        InputError: It would be larger than the 4 GB that TIFF can address.
    """
    height, width, channels = img.shape
    rows = max(_STRIP // (width * channels * img.itemsize), 1)
    strips = [_packed(img[start : start + rows]) for start in range(0, height, rows)]
    strips = [strip + b'\0' * (len(strip) % 2) for strip in strips]  # offsets have to be even
    offsets = [8 + sum_before for sum_before in np.cumsum([0, *map(len, strips)]).tolist()]
    if offsets[-1] >= 2**32 - 2**24:
        raise InputError('the picture is larger than the 4 GB that TIFF can hold; take .png')
    fields = {
        256: _numbers(_LONG, width),
        257: _numbers(_LONG, height),
        258: _numbers(_SHORT, *[8 * img.itemsize] * channels),
        259: _numbers(_SHORT, 8),  # deflate
        262: _numbers(_SHORT, 2 if channels > 2 else 1),  # RGB, or 0 is black
        273: _numbers(_LONG, *offsets[:-1]),
        277: _numbers(_SHORT, channels),
        278: _numbers(_LONG, rows),
        279: _numbers(_LONG, *map(len, strips)),
        284: _numbers(_SHORT, 1),
        317: _numbers(_SHORT, 2),  # horizontal differencing
    }
    if channels in (2, 4):
        fields[338] = _numbers(_SHORT, 2)  # alpha, the colours not multiplied with it
    fields |= _described(metadata)
    end = _Directory(offsets[-1], fields, metadata.exif)
    return [struct.pack('<2sHI', b'II', 42, end.start), *strips, end.block]


def _packed(rows: np.ndarray) -> bytes:
    differences = rows.astype(f'<u{rows.itemsize}')
    differences[:, 1:] -= rows[:, :-1]
    return zlib.compress(differences.tobytes(), 4)


def _numbers(kind: int, *values: int) -> Field:
    return len(values), kind, struct.pack(f'<{len(values)}{_FORMAT[kind]}', *values)


def _described(metadata: Metadata) -> dict[int, Field]:
    fields: dict[int, Field] = {}
    if metadata.dpi:
        for tag, dpi in zip((282, 283), metadata.dpi):
            fields[tag] = 1, _RATIONAL, struct.pack('<II', min(round(dpi * 1000), 2**32 - 1), 1000)
        fields[296] = _numbers(_SHORT, 2)  # per inch
    if metadata.xmp:
        fields[700] = len(metadata.xmp), _BYTE, metadata.xmp
    if metadata.icc:
        fields[34675] = len(metadata.icc), _UNDEFINED, metadata.icc
    return fields


class _Directory:
    """The fields, EXIF among them, as they stand from an offset of the file on."""

    def __init__(self, offset: int, fields: dict[int, Field], exif: bytes | None) -> None:
        self.block = b''
        self.offset = offset
        fields = fields | self._exif_fields(exif)
        values = {tag: value if len(value) <= 4 else self._add(value) for tag, (_, _, value) in fields.items()}
        self.start = offset + len(self.block)
        entries = (
            struct.pack('<HHI4s', tag, kind, count, values[tag]) for tag, (count, kind, _) in sorted(fields.items())
        )
        self.block += struct.pack('<H', len(fields)) + b''.join(entries) + struct.pack('<I', 0)

    def _add(self, value: bytes) -> bytes:
        """Append a value; where it lies."""
        place = self.offset + len(self.block)
        self.block += value + b'\0' * (len(value) % 2)
        return struct.pack('<I', place)

    def _exif_fields(self, exif: bytes | None) -> dict[int, Field]:
        from PIL import Image
        from PIL.TiffImagePlugin import ImageFileDirectory_v2

        fields: dict[int, Field] = {}
        if exif is None:
            return fields
        try:
            found = Image.Exif()
            found.load(exif)
            for tag in TIFF_TAGS:
                if text := str(found.get(tag, '')).strip('\0'):
                    value = text.encode() + b'\0'
                    fields[tag] = len(value), _ASCII, value
            for tag in (EXIF_IFD, GPS_IFD):
                directory = ImageFileDirectory_v2(b'II*\0' + bytes(4), group=tag)
                directory.update(found.get_ifd(tag))
                if len(directory):
                    block = directory.tobytes(self.offset + len(self.block))
                    fields[tag] = 1, _LONG, self._add(block)
        except Exception:  # other people's EXIF, in whatever state; the picture is worth more
            return {}
        return fields
