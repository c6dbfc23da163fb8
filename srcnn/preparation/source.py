"""Where images come from: folders, zip and tar archives. Nothing is ever extracted; members are read by name."""

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from srcnn.errors import InputError, MissingDataError
from srcnn.image.io import IMAGE_SUFFIXES

MAX_FILE = 2**30  # bytes; no image is larger
MAX_RATIO = 200  # an archive of images that unpacks to more times its size is a bomb
ARCHIVE_SUFFIXES = ('.zip', '.tar', '.tar.gz', '.tgz', '.tar.bz2', '.tbz', '.tar.xz', '.txz')

_OPENERS: dict[bytes, Callable[..., Any]] = {b'\x1f\x8b': gzip.open, b'BZ': bz2.open, b'\xfd7': lzma.open}
_READ_ERRORS = (OSError, zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, RuntimeError, NotImplementedError)


@dataclass(frozen=True)
class Entry:
    """One image file.

    Args:
        name: Path below its source, with forward slashes.
        size: In bytes.
        place: The file itself, or the archive that holds it.
        offset: Where the file begins within a tar archive.
        zipped: Whether ``place`` is a zip archive.
    """

    name: str
    size: int
    place: Path
    offset: int | None = None
    zipped: bool = False

    @property
    def label(self) -> str:
        """What to call it in a message."""
        inside = self.zipped or self.offset is not None
        return f'{self.place} ({self.name})' if inside else str(self.place)

    @property
    def folder(self) -> PurePosixPath:
        """The folder it is in, within the archive or on the disk."""
        inside = self.zipped or self.offset is not None
        return PurePosixPath(self.name).parent if inside else PurePosixPath(self.place.absolute().parent.as_posix())

    def read(self, most: int | None = None) -> bytes:
        """The bytes of the file, or the first of them.

        Raises:
            InputError: It cannot be read.
        """
        end = self.size if self.offset is not None else -1  # a file that grew meanwhile is read whole
        try:
            with _open_zip(self.place).open(self.name) if self.zipped else open(self.place, 'rb') as stream:
                if self.offset:
                    stream.seek(self.offset)
                data = stream.read(end if most is None else min(most, self.size))
        except _READ_ERRORS as error:
            raise InputError(f'{self.label} cannot be read: {error}') from None
        if most is None and self.offset is not None and len(data) != self.size:
            raise InputError(f'{self.label} is cut short: {len(data)} of {self.size} bytes')
        return data


@lru_cache(maxsize=4)
def _open_zip(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


class Source:
    """All image files in some folders and archives.

    Args:
        places: Folders (with all their sub-folders; if they hold no image, the archives in them) and archives.
        without: Folders that are left out.

    Attributes:
        entries: The images, sorted by name.
        refused: One message for each member of an archive that was not taken.

    Raises:
        MissingDataError: A place is not there.
        InputError: A place is neither folder nor archive, is damaged, or there is no image in any.
    """

    def __init__(self, places: Sequence[str | os.PathLike[str]], without: Sequence[Path] = ()) -> None:
        self.entries: list[Entry] = []
        self.refused: list[str] = []
        self._open = ExitStack()
        self._without = {path.absolute() for path in without}
        for place in map(Path, places):
            if place.is_dir():
                self._add_folder(place)
            elif place.is_file():
                self._add_archive(place)
            else:
                raise MissingDataError(f'{place}: no such folder or archive, named by --source')
        if not self.entries and not self.refused:
            where = ', '.join(map(str, places))
            raise InputError(f'{where}: no images there ({", ".join(IMAGE_SUFFIXES)}), nor archives that hold any')
        self.entries.sort(key=lambda entry: (entry.name, str(entry.place)))

    def close(self) -> None:
        """Remove what was unpacked for the time being."""
        self._open.close()

    def _add_folder(self, folder: Path) -> None:
        files = [path for path in sorted(folder.rglob('*')) if _is_image(path.relative_to(folder).as_posix())]
        for path in files:
            if path.is_file() and not self._without.intersection(path.absolute().parents):
                self.entries.append(Entry(path.relative_to(folder).as_posix(), path.stat().st_size, path))
        if not files:
            for path in sorted(folder.iterdir()):
                if path.is_file() and path.name.lower().endswith(ARCHIVE_SUFFIXES):
                    self._add_archive(path)

    def _add_archive(self, path: Path) -> None:
        try:
            if zipfile.is_zipfile(path):
                found = list(self._zip_members(path))
            elif path.name.lower().endswith(ARCHIVE_SUFFIXES[1:]):
                found = list(self._tar_members(path))
            else:
                raise InputError(f'{path} is neither a folder nor a zip or tar archive')
        except _READ_ERRORS as error:
            raise InputError(f'{path} is no archive that can be opened, or is damaged: {error}') from None
        total = sum(entry.size for entry in found)
        if total > MAX_RATIO * path.stat().st_size:
            raise InputError(f'{path} claims to hold {total:,} bytes of images, more than {MAX_RATIO} times its size')
        self.entries += found

    def _zip_members(self, path: Path) -> Iterator[Entry]:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                regular = not stat.S_ISLNK(member.external_attr >> 16)
                if not member.is_dir() and self._takes(path, member.filename, regular, member.file_size):
                    yield Entry(member.filename, member.file_size, path, zipped=True)

    def _tar_members(self, path: Path) -> Iterator[Entry]:
        plain = self._decompressed(path)
        with tarfile.open(plain, 'r:') as archive:
            for member in archive:
                if not member.isdir() and self._takes(path, member.name, member.isreg(), member.size):
                    yield Entry(member.name.removeprefix('./'), member.size, plain, offset=member.offset_data)

    def _decompressed(self, path: Path) -> Path:
        """The archive itself, or a copy without compression, whose members can be read in any order."""
        with path.open('rb') as stream:
            opener = _OPENERS.get(stream.read(2))
        if opener is None:
            return path
        folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix='prepare-'))
        copy, limit = Path(folder) / f'{path.name}.tar', MAX_RATIO * path.stat().st_size
        with opener(path) as packed, copy.open('wb') as out:
            while block := packed.read(2**20):
                if out.tell() + len(block) > limit:
                    raise InputError(
                        f'{path} unpacks to more than {MAX_RATIO} times its size; is it an archive of images?'
                    )
                out.write(block)
        return copy

    def _takes(self, archive: Path, name: str, regular: bool, size: int) -> bool:
        """Whether a member is an image to be read; what looks like one but is not safe is noted."""
        if not _is_image(name):
            return False
        parts = PurePosixPath(name.replace('\\', '/')).parts
        if parts[0] == '/' or '..' in parts or ':' in parts[0]:
            self.refused.append(f'{archive} ({name}): refused, its path leads outside the archive')
        elif not regular:
            self.refused.append(f'{archive} ({name}): refused, it is a link and no file')
        elif size > MAX_FILE:
            self.refused.append(f'{archive} ({name}): refused, it claims {size:,} bytes')
        else:
            return True
        return False


def _is_image(name: str) -> bool:
    """Images by suffix, without the hidden ones (such as those that macOS adds to archives)."""
    parts = PurePosixPath(name.replace('\\', '/')).parts
    hidden = any(part.startswith('.') and part not in ('.', '..') for part in parts)
    return name.lower().endswith(IMAGE_SUFFIXES) and not hidden and '__MACOSX' not in parts
