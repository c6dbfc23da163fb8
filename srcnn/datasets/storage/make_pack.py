"""Make a pack of a folder's images when it is first wanted and whenever the images change."""

import errno
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from mmengine.logging import print_log

from srcnn.datasets.faults import all_faults
from srcnn.datasets.storage.file_lock import locked
from srcnn.datasets.storage.image_pack import ImagePack
from srcnn.datasets.storage.image_source import ImageSource
from srcnn.datasets.storage.in_order import in_order
from srcnn.datasets.storage.space import check_space, decoded_size, disk_full
from srcnn.errors import InputError
from srcnn.image.pack_file import (
    Entry,
    Stamp,
    remove_leftovers,
    room,
    stamp,
    temporary_path,
    write_index,
    write_pixels,
)

SILENCE = 10  # seconds between two lines in the log


class PackFolderError(InputError):
    """Nothing can be written where the pack should be, or other processes cannot be kept away from it."""


def open_pack(path: Path, folder: Path, images: Iterable[str], source: ImageSource) -> ImagePack:
    """Map the pack at ``path``; make it first, or again, unless it holds all ``images`` as they are now.

    However many processes ask at the same time, one of them works and the others wait for it. A pack is there whole or
    not at all: a process that is killed leaves at most a temporary file, which the next one removes. What a former pack
    holds of images that are still there is kept, so two runs on parts of a folder do not drive each other out.

    Args:
        path: The pack.
        folder: Folder of the images.
        images: Paths below it.
        source: Reads them, in threads; its ``check`` is asked for shapes and may be quick.

    Raises:
        PackFolderError: The folder of ``path`` cannot be written or locked.
        InputError: Naming images that cannot be read; or the disk is full.
    """
    images = sorted(set(images))
    if pack := _current(path, folder, images):
        return pack
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path.with_suffix('.lock'), lambda: _say(f'{folder}: waiting for another process to cache it')):
            if pack := _current(path, folder, images):
                return pack
            _make(path, folder, images, source)
            return ImagePack(path, folder)
    except OSError as error:
        raise PackFolderError(f'{path.parent}: this folder cannot be written or locked ({error.strerror}).') from None


def _current(path: Path, folder: Path, images: Iterable[str]) -> ImagePack | None:
    pack = _opened(path, folder)
    return pack if pack and all(map(pack.is_current, images)) else None


def _opened(path: Path, folder: Path) -> ImagePack | None:
    """None where there is no pack, or a damaged one."""
    try:
        return ImagePack(path, folder)
    except InputError:
        return None


def _make(path: Path, folder: Path, images: Sequence[str], source: ImageSource) -> None:
    """Write the pack under a temporary name beside it, then rename it. The lock is held."""
    former = _opened(path, folder)
    kept = {image for image in former.entries if former.is_current(image)} if former else set()
    remove_leftovers(path)
    temporary = temporary_path(path)
    work = [(image, former if former and image in kept else source) for image in sorted({*images, *kept})]
    needed = decoded_size(work)
    check_space(path.parent, needed)
    _say(f'{folder}: caching {len(work)} images, {needed / 1e6:,.0f} MB, in {path}')
    try:
        with open(temporary, 'wb') as stream:
            write_index(stream, _fill(stream, work, folder))
        del former, work  # Windows does not replace a file that is mapped
        os.replace(temporary, path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(path.parent, needed) from None
        raise
    finally:
        temporary.unlink(missing_ok=True)


def _fill(stream: BinaryIO, work: Sequence[tuple[str, ImageSource]], folder: Path) -> dict[str, Entry]:
    """Read and write all images; go on after a faulty one, to name all of those."""

    def read(item: tuple[str, ImageSource]) -> tuple[str, Stamp | None, np.ndarray | InputError]:
        path, source = item
        # taken before reading: a file that changes meanwhile will be seen to have changed
        before = source.entries[path][:2] if isinstance(source, ImagePack) else stamp(path)
        try:
            return path, before, source.read(path)
        except InputError as error:
            return path, before, error

    entries: dict[str, Entry] = {}
    faults, last, offset = [], time.monotonic(), 0
    for done, (path, before, image) in enumerate(in_order(read, work), 1):
        if isinstance(image, InputError):
            faults.append(str(image))
        elif before and not faults:
            entries[Path(path).relative_to(folder).as_posix()] = write_pixels(stream, offset, image, before)
            offset += room(image.nbytes)
        if time.monotonic() - last > SILENCE:
            last = time.monotonic()
            _say(f'{folder}: {done} of {len(work)} images cached')
    if faults:
        raise all_faults(faults, f'{len(work)} images')
    return entries


def _say(text: str) -> None:
    print_log(text, 'current')
