"""Images in an LMDB: MMagic's layout of encoded images, or raw ones.

The key of an image is the name of its file without folder and suffix, and beside the data lies ``meta_info.txt`` with a
line such as ``0001.png (480,480,3) 1`` for each. A value is either the contents of an image file, or 16 bytes (see
``RAW_HEADER``) and the pixels.
"""

import functools
import os
import struct
import threading
from pathlib import Path
from typing import Any

import numpy as np

from srcnn.datasets.storage.image_files import Verify
from srcnn.datasets.storage.pixel_form import CHANNELS, PixelForm
from srcnn.errors import InputError
from srcnn.image.header import check_whole, header_of

META_INFO = 'meta_info.txt'
RAW_HEADER = struct.Struct('<4sHHII')  # RAW_MAGIC, bytes per value, channels, height, width
RAW_MAGIC = b'rawI'
UNWRITTEN = 16  # more pages at the end of a database are never left out because nothing is on them


class LmdbImages:
    """Reads images by the name of their file, wherever that lay. Raw ones are views, which cost nothing.

    Args:
        db_path: Folder of the database.
        form: What to make of the pixels.
        verify: How closely ``check`` looks, as for ``ImageFiles``.
    """

    def __init__(self, db_path: str, form: PixelForm, verify: Verify = 'full') -> None:
        self.db_path = db_path
        self.form = form
        self.verify = verify
        self._place = os.path.realpath(db_path)

    def read(self, path: str) -> np.ndarray:
        """The image (H, W, C) of that name."""
        value = self._value(path)
        if value[:4] == RAW_MAGIC:
            height, width, channels, dtype = self._raw(value, path)
            pixels = np.frombuffer(value, dtype, offset=RAW_HEADER.size)
            return self.form.convert(pixels.reshape(height, width, channels))
        return self.form.decode(bytes(value), self._name(path))

    def check(self, path: str) -> tuple[int, int, int]:
        """Its shape, after a look at it as close as ``verify`` says."""
        value, name = self._value(path), self._name(path)
        if value[:4] == RAW_MAGIC:
            height, width, channels, _ = self._raw(value, path)
            return self.form.shape(height, width, channels)
        data = bytes(value)
        header = header_of(data, name)
        if self.verify == 'full':
            check_whole(data, header, name)
            if header.format != 'PNG':  # only decoding tells
                self.form.decode(data, name, strict=True)
        return self.form.shape(header.height, header.width, header.channels)

    def names(self) -> list[str]:
        """File names of all images, as ``meta_info.txt`` lists them, or else from the keys."""
        meta = Path(self.db_path) / META_INFO
        if meta.is_file():
            lines = meta.read_text(encoding='utf-8').splitlines()
            return [line.split(' ')[0] for line in lines if line.strip()]
        return [f'{key}.png' for key in _reader(self._place).all_keys()]

    def _value(self, path: str) -> memoryview:
        key = os.path.splitext(os.path.basename(path))[0]
        value = _reader(self._place).get(key.encode())
        if value is None:
            raise InputError(f'{self.db_path}: this LMDB holds no image {key!r}; correct `ann_file` or make it again.')
        return value

    def _raw(self, value: memoryview, path: str) -> tuple[int, int, int, str]:
        """Height, width, channels and type of a raw image."""
        whole = bytes(value[: RAW_HEADER.size]).ljust(RAW_HEADER.size, b'\0')
        _, depth, channels, height, width = RAW_HEADER.unpack(whole)
        if depth not in (1, 2) or len(value) != RAW_HEADER.size + depth * channels * height * width:
            raise InputError(f'{self._name(path)} is not whole; make the database again.')
        if channels != CHANNELS.get(self.form.color, channels):
            raise InputError(
                f'{self._name(path)} is stored raw with {channels} channel(s), which LoadImageFromFile does not turn '
                f'into {self.form.color}; make the database again with --raw {self.form.color}, or change color_type.'
            )
        return height, width, channels, f'<u{depth}'

    def _name(self, path: str) -> str:
        return f'{os.path.basename(path)} in {self.db_path}'


def is_lmdb(folder: str | Path) -> bool:
    """Whether a folder is a database rather than a folder of images."""
    return (Path(folder) / 'data.mdb').is_file()


class _Reader:
    """The one opening of a database that LMDB allows a process; it stays open, since arrays are views of it."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._lock = threading.Lock()  # a transaction serves one thread at a time
        self._process = 0
        self._database: Any = None
        self._transaction: Any = None

    def get(self, key: bytes) -> memoryview | None:
        with self._lock:
            self._open()
            return self._transaction.get(key)

    def all_keys(self) -> list[str]:
        with self._lock:
            self._open()
            return [bytes(key).decode(errors='replace') for key in self._transaction.cursor().iternext(values=False)]

    def _open(self) -> None:
        import lmdb

        if self._process == os.getpid():
            return
        try:
            if self._database is not None:  # of the parent: LMDB must not cross a fork
                self._database.close()
            self._database = lmdb.open(
                self._place, subdir=os.path.isdir(self._place), readonly=True, lock=False, readahead=False
            )
            pages, page = self._database.info()['last_pgno'] + 1, self._database.stat()['psize']
            self._transaction = self._database.begin(buffers=True)
        except lmdb.Error as error:
            raise InputError(f'{self._place}: this LMDB cannot be opened ({error}).') from None
        data = os.path.join(self._place, 'data.mdb') if os.path.isdir(self._place) else self._place
        if os.path.getsize(data) < (pages - UNWRITTEN) * page:  # reading what is not there would end the process
            raise InputError(f'{data} is cut short; copy or make the database again.')
        self._process = os.getpid()


@functools.cache
def _reader(place: str) -> _Reader:
    return _Reader(place)
