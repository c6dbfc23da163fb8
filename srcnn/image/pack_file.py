"""A pack: the decoded images of a folder in one file, to be mapped into memory.

The file holds the pixels of one image after the other, (height, width, channels) without padding, each from a multiple
of 64 bytes on; then the index, in JSON; then 28 bytes that say where the index is and what its checksum is. Images may
be written in any order, and by several processes at once, as long as each knows its place.
"""

import hashlib
import json
import math
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

HIDDEN_FOLDER = '.srcnn_cache'  # inside the folder of the images
_ALIGNMENT = 64
_TAIL = struct.Struct('<8sQQI')  # magic and version, offset and length of the index, its CRC-32
_MAGIC = b'SRCNNpk1'
_DTYPES = ('|u1', '<u2', '>u2')  # what pixels are; an array of anything else could do harm

Stamp = tuple[int, int]


class Entry(NamedTuple):
    """One image of a pack: the file it was made of (bytes, time of last change), and where its pixels lie."""

    size: int
    mtime_ns: int
    offset: int
    shape: tuple[int, int, int]
    dtype: str
    crc32: int


def pack_path(folder: Path, cache: bool | str, form: object) -> Path:
    """Where the pack of a folder's images in a certain form lies.

    Args:
        folder: Of the images.
        cache: True: in a hidden folder inside. Otherwise a folder for packs of many such folders.
        form: What ``str`` makes of it becomes the name, so that packs of several forms do not meet.
    """
    if cache is True:
        return folder / HIDDEN_FOLDER / f'{form}.pack'
    place = folder.resolve()
    unique = hashlib.sha256(str(place).encode()).hexdigest()[:8]
    return Path(str(cache)).expanduser() / f'{place.name}-{unique}' / f'{form}.pack'


def temporary_path(pack: Path) -> Path:
    """Where this process writes a pack until it is whole."""
    return pack.with_name(f'{pack.name}.{os.getpid()}.tmp')


def remove_leftovers(pack: Path) -> None:
    """Remove what processes that were killed have left of a pack."""
    for leftover in pack.parent.glob(f'{pack.name}.*.tmp'):
        leftover.unlink()


def stamp(path: str) -> Stamp | None:
    """What tells a file that has changed: its size and the time of its last change; None for one that is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def room(size: int) -> int:
    """Bytes in the file for so many bytes of pixels."""
    return size + -size % _ALIGNMENT


def write_pixels(stream: BinaryIO, offset: int, image: np.ndarray, before: Stamp) -> Entry:
    """Write the pixels of an image (H, W, C) to their place.

    Args:
        stream: The file.
        offset: The place: a sum of what ``room`` says.
        image: The pixels.
        before: ``stamp`` of the image file, taken before it was read.
    """
    image = np.ascontiguousarray(image)
    stream.seek(offset)
    stream.write(image.data)
    return Entry(
        *before, offset, (image.shape[0], image.shape[1], image.shape[2]), image.dtype.str, zlib.crc32(image.data)
    )


def write_index(stream: BinaryIO, entries: Mapping[str, Entry]) -> None:
    """Append the index of images by their path below the folder, and wait until all of it is on the disk."""
    end = stream.seek(0, os.SEEK_END)
    index = json.dumps([(name, *entry) for name, entry in entries.items()]).encode()
    stream.write(index + _TAIL.pack(_MAGIC, end, len(index), zlib.crc32(index)))
    stream.flush()
    os.fsync(stream.fileno())


def read_index(stream: BinaryIO) -> dict[str, Entry]:
    """What ``write_index`` wrote.

    Raises:
        ValueError, TypeError, struct.error: The file is no whole pack.
    """
    end = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, end - _TAIL.size))
    magic, offset, length, checksum = _TAIL.unpack(stream.read())
    if magic != _MAGIC or offset + length + _TAIL.size != end:
        raise ValueError('no pack, or not all of it')
    stream.seek(offset)
    index = stream.read(length)
    if zlib.crc32(index) != checksum:
        raise ValueError('the index is damaged')
    entries = {}
    for name, size, mtime_ns, place, (height, width, channels), dtype, crc32 in json.loads(index):
        entry = Entry(size, mtime_ns, place, (height, width, channels), dtype, crc32)
        if dtype not in _DTYPES or not all(isinstance(n, int) and n >= 0 for n in (place, *entry.shape)):
            raise ValueError('the index names no pixels')
        if place + math.prod(entry.shape) * np.dtype(dtype).itemsize > offset:
            raise ValueError('the index leads outside the file')
        entries[name] = entry
    return entries
