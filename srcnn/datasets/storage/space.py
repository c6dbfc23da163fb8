"""Room on the disk."""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from math import prod
from pathlib import Path

from srcnn.datasets.storage.image_source import ImageSource
from srcnn.errors import InputError


def decoded_size(images: Iterable[tuple[str, ImageSource]]) -> int:
    """Bytes that ``images`` take when decoded, at 8 bits (the depth of a file is not known before)."""
    size = 0
    for path, source in images:
        with suppress(InputError):  # reading it will say so
            size += prod(source.check(path))
    return size


def check_space(folder: Path, needed: int) -> None:
    """Raise InputError unless so many bytes are free on the disk of ``folder``."""
    if needed > shutil.disk_usage(folder).free:
        raise disk_full(folder, needed)


def disk_full(folder: Path, needed: int) -> InputError:
    """The error that says so."""
    free = shutil.disk_usage(folder).free
    return InputError(
        f'{folder}: the images need {needed:,} bytes, and the disk has {free:,} left; make room, or name a '
        'folder on another disk.'
    )
