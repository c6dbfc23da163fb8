"""A trained network applied to files: one after the other, past those that cannot be read."""

import errno
import math
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import torch

from srcnn.apis.jobs import Job
from srcnn.apis.upscaler import Upscaler
from srcnn.apis.video import CRF, upscale_video
from srcnn.errors import InputError
from srcnn.image.picture import Picture, check_fits, read_picture, write_picture

# Faults of the place that is written to: no other file would fare better.
_NO_PLACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


class Outcome(NamedTuple):
    """What became of a file.

    Attributes:
        job: The file and its result.
        written: Whether there is a result.
        message: Why not; or why it should be looked at; '' if all went well.
    """

    job: Job
    written: bool
    message: str = ''


def upscale_files(
    upscaler: Upscaler,
    jobs: Iterable[Job],
    *,
    quality: int = 95,
    crf: float = CRF,
    on_frame: Callable[[int, int], None] | None = None,
) -> Iterator[Outcome]:
    """Enlarge files; one that cannot be is reported, and the next one taken.

    Args:
        upscaler: The network.
        jobs: From :func:`srcnn.apis.jobs.find_jobs`.
        quality: Of JPEG and WebP, 1..100.
        crf: Of videos, see :func:`srcnn.apis.video.upscale_video`.
        on_frame: Likewise.

    Yields:
        The outcome of each, when it is there.

    Raises:
        InputError: Nothing can be written there: no space, no permission.
    """
    for job in jobs:
        try:
            job.target.parent.mkdir(parents=True, exist_ok=True)
            if job.is_video:
                doubt = upscale_video(upscaler, job.source, job.target, crf=crf, on_frame=on_frame)
            else:
                doubt = upscale_picture(upscaler, job.source, job.target, quality)
            outcome = Outcome(job, True, doubt)
        except InputError as error:
            outcome = Outcome(job, False, str(error))
        except OSError as error:
            if error.errno in _NO_PLACE:
                raise InputError(f'{job.target} cannot be written: {error.strerror}.') from None
            outcome = Outcome(job, False, f'{job.source}: {error}')
        except (MemoryError, torch.OutOfMemoryError):
            message = f'{job.source}: not enough memory to enlarge it; a smaller tile may do.'
            outcome = Outcome(job, False, message)
        except Exception as error:  # whatever it is, it is no reason to leave the other files undone
            outcome = Outcome(job, False, f'{job.source}: {type(error).__name__}: {error}')
        yield outcome


def upscale_picture(upscaler: Upscaler, source: str | Path, target: str | Path, quality: int = 95) -> str:
    """Enlarge a picture file, with its metadata; the result is there whole or not at all.

    Args:
        upscaler: The network.
        source: PNG, JPEG, WebP, TIFF, BMP or GIF file.
        target: File to write; its suffix says the format, see ``srcnn.image.picture.WRITABLE``.
        quality: Of JPEG and WebP, 1..100.

    Returns:
        What is doubtful about it: '' as a rule.

    Raises:
        InputError: The file cannot be read, or the format cannot hold the result.
        OSError: It cannot be written.
    """
    pixels, metadata, damage = read_picture(source)
    target = Path(target)
    height, width, channels = pixels.shape
    shape = height * upscaler.scale, width * upscaler.scale, channels
    check_fits(shape, target.suffix.lower(), source)
    _check_memory(math.prod(shape) * pixels.itemsize, source)
    large = upscaler(pixels)
    del pixels
    write_picture(target, Picture(large, metadata), quality)
    return f'{damage} The result was written; look at it.' if damage else ''


def _check_memory(size: int, source: str | Path) -> None:
    """Systems promise memory that they do not have and then kill who uses it."""
    present = _memory()
    if 2.5 * size > present:  # the picture, and its file while that is made
        raise InputError(
            f'{source}: the result would take {size / 1e9:.1f} GB, too much for a machine with {present / 1e9:.0f} GB '
            'of memory; cut the picture into parts.'
        )


def _memory() -> float:
    """Bytes that the machine has; Windows refuses by itself what it has not."""
    if 'SC_PHYS_PAGES' not in getattr(os, 'sysconf_names', {}):
        return math.inf
    return os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')
