"""A pack: the decoded images of a folder in one file, mapped into memory.

The file holds the pixels of one image after the other, (height, width, channels) without padding, each from a multiple
of 64 bytes on; then the index, in JSON; then 28 bytes that say where the index is and what its checksum is. Processes
that map the same pack share its pages, and a patch is cut from it without touching the rest of the image.
"""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from srcnn.errors import InputError

ALIGNMENT = 64
_TAIL = struct.Struct('<8sQQI')  # magic and version, offset and length of the index, its CRC-32
_MAGIC = b'SRCNNpk1'


class Entry(NamedTuple):
    """One image of a pack: the file it was made of (bytes, time of last change), and where its pixels lie."""

    size: int
    mtime_ns: int
    offset: int
    shape: tuple[int, int, int]
    dtype: str
    crc32: int


class ImagePack:
    """Reads a pack; arrays are read-only views of it.

    Args:
        path: The pack.
        folder: Folder of the images, as their paths begin with it; in the pack they are named relative to it.

    Raises:
        InputError: The pack is missing or damaged.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self.folder = folder
        try:
            with open(path, 'rb') as stream:
                self.entries = _read_index(stream, folder)
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise InputError(f'{path}: this pack of images cannot be read: {error.strerror}.') from None
        except (ValueError, TypeError, struct.error):
            raise InputError(f'{path}: this pack of images is damaged; remove it, and it will be made anew.') from None

    def __reduce__(self) -> tuple:
        """A worker process that is started afresh maps the file again."""
        return ImagePack, (self.path, self.folder)

    def read(self, path: str) -> np.ndarray:
        """The image (H, W, C) that was made of the file ``path``."""
        entry = self._entry(path)
        return np.ndarray(entry.shape, entry.dtype, self._map, entry.offset)

    def check(self, path: str) -> tuple[int, int, int]:
        """Its shape; that it can be read was seen when the pack was made."""
        return self._entry(path).shape

    def is_current(self, path: str) -> bool:
        """Whether the pack holds this file, and as it is now."""
        entry = self.entries.get(path)
        return entry is not None and stamp(path) == (entry.size, entry.mtime_ns)

    def damaged(self) -> Iterator[str]:
        """Paths of the images whose pixels are not those that were written. Reads all of the pack."""
        return (path for path, entry in self.entries.items() if zlib.crc32(self.read(path).data) != entry.crc32)

    def _entry(self, path: str) -> Entry:
        try:
            return self.entries[path]
        except KeyError:
            raise InputError(f'{self.path} does not hold {path}; start again, and it will.') from None


def stamp(path: str) -> tuple[int, int] | None:
    """What tells a file that has changed: its size and the time of its last change; None for one that is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


class PackWriter:
    """Writes a pack to an open, empty file; it is one after ``finish``.

    Args:
        stream: The file.
        folder: Folder of the images.
    """

    def __init__(self, stream: BinaryIO, folder: Path) -> None:
        self._stream = stream
        self._folder = folder
        self._rows: list[tuple] = []

    def add(self, path: str, size: int, mtime_ns: int, image: np.ndarray) -> None:
        """Append the image made of the file ``path``, which was of this size and time before it was read."""
        image = np.ascontiguousarray(image)
        offset = self._stream.tell()
        self._stream.write(image.data)
        self._stream.write(bytes(-image.nbytes % ALIGNMENT))
        name = Path(path).relative_to(self._folder).as_posix()
        self._rows.append((name, size, mtime_ns, offset, image.shape, image.dtype.str, zlib.crc32(image.data)))

    def finish(self) -> None:
        """Append the index, and wait until all of it is on the disk."""
        index = json.dumps(self._rows).encode()
        self._stream.write(index + _TAIL.pack(_MAGIC, self._stream.tell(), len(index), zlib.crc32(index)))
        self._stream.flush()
        os.fsync(self._stream.fileno())


def _read_index(stream: BinaryIO, folder: Path) -> dict[str, Entry]:
    """Raises ValueError, TypeError or struct.error where the file is no whole pack."""
    end = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, end - _TAIL.size))
    magic, offset, length, checksum = _TAIL.unpack(stream.read())
    if magic != _MAGIC or offset + length + _TAIL.size != end:
        raise ValueError
    stream.seek(offset)
    index = stream.read(length)
    if zlib.crc32(index) != checksum:
        raise ValueError
    rows, prefix = json.loads(index), os.path.join(folder, '')
    return {
        prefix + name.replace('/', os.sep): Entry(size, mtime_ns, offset, tuple(shape), dtype, crc32)
        for name, size, mtime_ns, offset, shape, dtype, crc32 in rows
    }
