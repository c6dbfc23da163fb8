"""Reads packs, the decoded images of a folder in one file (``srcnn/image/pack_file.py``), mapped into memory.

Processes that map the same pack share its pages, and a patch is cut from it without touching the rest of the image.
"""

import mmap
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from srcnn.errors import InputError
from srcnn.image.pack_file import Entry, read_index, stamp


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
                index = read_index(stream)
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise InputError(f'{path}: this pack of images cannot be read: {error.strerror}.') from None
        except (ValueError, TypeError, RecursionError, struct.error):
            raise InputError(f'{path}: this pack of images is damaged; remove it, and it will be made anew.') from None
        prefix = os.path.join(folder, '')
        self.entries = {prefix + name.replace('/', os.sep): entry for name, entry in index.items()}

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
