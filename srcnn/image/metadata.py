"""What an image file says beside its pixels: colour profile, EXIF, XMP, resolution, text."""

import io
import re
import struct
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

from .stored_png import SIGNATURE

# Parts of a PNG file that speak of colours, resolution or the picture's history, in no way of its size.
_KEPT_CHUNKS = {
    *(b'iCCP', b'sRGB', b'gAMA', b'cHRM', b'cICP', b'mDCV', b'cLLI', b'sBIT', b'pHYs'),
    *(b'tEXt', b'zTXt', b'iTXt'),
}
# Tags of a TIFF file that describe the picture and not how its pixels are stored: camera, author, ...
TIFF_TAGS = (270, 271, 272, 305, 306, 315, 316, 33432)
EXIF_IFD, GPS_IFD = 0x8769, 0x8825

_ORIENTATION, _WIDTH, _HEIGHT = 0x0112, 0xA002, 0xA003
_SHORT, _LONG = 3, 4


class Metadata(NamedTuple):
    """What is passed from one image file to another.

    Attributes:
        icc: Colour profile.
        exif: EXIF block: a TIFF structure, without the ``Exif`` mark before it.
        xmp: XMP packet.
        dpi: Horizontal and vertical resolution, in pixels per inch.
        png: For a PNG made from a PNG, in whose place they stand: (kind, body) of all its chunks but EXIF.
    """

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    png: tuple[tuple[bytes, bytes], ...] = ()

    def of_result(self, height: int, width: int, channels: int) -> 'Metadata':
        """As it is true of an upright picture of this size.

        Orientations become 'upright', sizes are replaced, the thumbnail is removed, and a profile for another number of
        channels as well.
        """
        exif = self.exif and _exif_of(self.exif, height, width)
        xmp = self.xmp and re.sub(rb'(tiff:Orientation(?:>|=["\']))[2-8]', rb'\g<1>1', self.xmp)
        space = b'GRAY' if channels in (1, 2) else b'RGB '
        if self.icc is None or self.icc[16:20] == space:
            return self._replace(exif=exif, xmp=xmp)
        png = tuple(chunk for chunk in self.png if chunk[0] != b'iCCP')
        return self._replace(exif=exif, xmp=xmp, icc=None, png=png)


def read_metadata(data: bytes) -> Metadata:
    """Metadata of an image file that is in memory; what cannot be read is taken to be absent."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            with Image.open(io.BytesIO(data)) as image:
                return _from_pillow(image, data)
    except Exception:  # other people's files: no metadata is worth losing the picture
        return Metadata()


def _from_pillow(image: Any, data: bytes) -> Metadata:
    info = image.info
    exif = _exif_of_tiff(image) if image.format == 'TIFF' else info.get('exif')
    xmp = info.get('xmp')
    dpi = info.get('dpi')
    return Metadata(
        icc=info.get('icc_profile') or None,
        exif=exif.removeprefix(b'Exif\0\0') if exif else None,
        xmp=xmp if isinstance(xmp, bytes) and xmp else None,
        dpi=(float(dpi[0]), float(dpi[1])) if dpi and min(dpi) > 1 else None,  # 1 is how files say 'none'
        png=tuple(_kept_chunks(data)) if data.startswith(SIGNATURE) else (),
    )


def _exif_of_tiff(image: Any) -> bytes | None:
    """A TIFF file is its own EXIF block; here without the pixels."""
    from PIL import Image

    found, exif = image.getexif(), Image.Exif()
    for tag in TIFF_TAGS:
        if tag in found:
            exif[tag] = found[tag]
    for ifd in (EXIF_IFD, GPS_IFD):
        exif.get_ifd(ifd).update(found.get_ifd(ifd))
    return exif.tobytes() if len(exif) or exif.get_ifd(EXIF_IFD) or exif.get_ifd(GPS_IFD) else None


def _kept_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from('>I4s', data, position)
        if kind in _KEPT_CHUNKS:
            yield kind, data[position + 8 : position + 8 + length]
        position += 12 + length


def _exif_of(exif: bytes, height: int, width: int) -> bytes | None:
    """The block with orientation and size set, in place: maker notes hold offsets that must stay true."""
    order = {b'II*\0': '<', b'MM\0*': '>'}.get(exif[:4])
    if order is None:
        return None
    block = bytearray(exif)
    try:
        (main,) = struct.unpack_from(order + 'I', block, 4)
        entries = dict(_entries(block, order, main))
        if _ORIENTATION in entries:
            struct.pack_into(order + 'HIHH', block, entries[_ORIENTATION] + 2, _SHORT, 1, 1, 0)
        struct.pack_into(order + 'I', block, main + 2 + 12 * len(entries), 0)  # the next one is of the thumbnail
        if EXIF_IFD in entries:
            (sub,) = struct.unpack_from(order + 'I', block, entries[EXIF_IFD] + 8)
            entries = dict(_entries(block, order, sub))
            for tag, size in ((_WIDTH, width), (_HEIGHT, height)):
                if tag in entries:
                    struct.pack_into(order + 'HII', block, entries[tag] + 2, _LONG, 1, size)
    except struct.error:  # a damaged block
        return None
    return bytes(block)


def _entries(block: bytearray, order: str, start: int) -> Iterator[tuple[int, int]]:
    """Tags of one directory and where their entries lie."""
    (count,) = struct.unpack_from(order + 'H', block, start)
    for i in range(count):
        entry = start + 2 + 12 * i
        yield struct.unpack_from(order + 'H', block, entry)[0], entry
