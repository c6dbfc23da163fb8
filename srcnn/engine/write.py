"""Files that are there whole or not at all, whenever the process or the machine dies."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Write to the path given by ``with``; it gets the name ``path`` when the block ends well, and is removed if not.

    The content is on the disk before the name is, and the name before the block is left.
    """
    part = path.with_name(f'.{path.name}.{os.getpid()}.part')
    try:
        yield part
        with part.open('rb+') as file:
            os.fsync(file.fileno())
        os.replace(part, path)
        _sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a small text file whole."""
    with whole_file(path) as part:
        part.write_text(text, encoding='utf-8')


def _sync_folder(folder: Path) -> None:
    if os.name == 'nt':
        return  # Windows cannot, and does not need to
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
