"""The work on one original, and the processes that do it."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from srcnn.errors import InputError
from srcnn.image.io import decode_image, write_atomically
from srcnn.image.pack_file import Entry as Packed
from srcnn.image.stored_png import SIGNATURE
from srcnn.preparation.manifest import Digest, digest
from srcnn.preparation.originals import Original
from srcnn.preparation.packs import Place
from srcnn.preparation.recipe import File, Picture, Recipe, files_of
from srcnn.preparation.source import Entry


@dataclass(frozen=True)
class Job:
    """One original, what to make of it below ``root``, and which files there are known to be ours.

    ``places`` has room for the pixels of some of them; with ``compare`` the pixels of the original are to be known.
    """

    original: Original
    recipe: Recipe
    root: Path
    ours: Collection[str]
    places: Mapping[str, Place]
    compare: bool


@dataclass(frozen=True)
class Outcome:
    """What came of a job: the files, or why there are none.

    ``packed``: those whose pixels are in their places; ``pixels``: the checksum of the original as RGB, if asked for.
    """

    name: str
    original: Digest | None = None
    files: dict[str, Digest] = field(default_factory=dict)
    packed: dict[str, Packed] = field(default_factory=dict)
    pixels: str = ''
    error: str = ''


def work(job: Job) -> Outcome:
    """Make all files of one original.

    Raises:
        OSError: A file cannot be written, as when the disk is full; the next one could not either.
    """
    entry, files, packed = job.original.entry, {}, {}
    try:
        data = entry.read()
        original = _picture(data, entry, job.recipe)
        offered = {scale: _picture(lr.read(), lr, job.recipe) for scale, lr in job.original.lr.items()}
        for name, parts, pixels in files_of(job.original.name, original, offered, job.recipe):
            path = os.path.join(job.root, name)
            files[name] = _put(path, parts, ours=name in job.ours)
            if name in job.places and (packed_here := job.places[name].fill(pixels, path)):
                packed[name] = packed_here
        compared = sha256(original.pixels.data).hexdigest() if job.compare else ''
        return Outcome(job.original.name, digest([data]), files, packed, compared)
    except InputError as error:
        message = str(error) if entry.label in str(error) else f'{entry.label}: {error}'
        return Outcome(job.original.name, error=message)


def _picture(data: bytes, entry: Entry, recipe: Recipe) -> Picture:
    """Decode a file, and keep it if it is a PNG that shows its pixels as they are."""
    pixels = decode_image(data, entry.label, recipe.color, strict=True)
    as_is = (
        data.startswith(SIGNATURE)
        and data[24] in (8, 16)
        and {0: 1, 2: 3, 6: 4}.get(data[25]) == pixels.shape[2]
        and b'eXIf' not in data
        and b'tRNS' not in data
    )
    return Picture(pixels, data if as_is else None)


def _put(path: str, file: File, ours: bool) -> Digest:
    """Write a file unless it is there already; never write over one that is not ours."""
    new = digest(file)
    if os.path.lexists(path):
        if os.path.isfile(path) and os.path.getsize(path) == new.size and digest([Path(path).read_bytes()]) == new:
            return new
        if not ours:
            raise InputError(
                f'{path} is already there, with other contents, and was not made by this tool; move it away'
            )
    write_atomically(path, file)
    return new


def run_jobs(jobs: Sequence[Job], workers: int | None = None) -> Iterator[Outcome]:
    """Do all jobs, in whatever order they are finished.

    Args:
        jobs: What to do.
        workers: Number of processes; None: one per core. 1 does the work in this process. (With more, a script must
            call this under ``if __name__ == '__main__':``, as always in Python.)

    Raises:
        OSError: As ``work``.
        InputError: A process was killed.
    """
    workers = min(workers or os.cpu_count() or 1, len(jobs))
    if workers <= 1:
        yield from map(work, jobs)
        return
    # never a copy of this process, in which OpenCV or torch may hold locks of threads that are not copied
    context = multiprocessing.get_context('forkserver' if sys.platform == 'linux' else 'spawn')
    pool = ProcessPoolExecutor(workers, context, initializer=_start_worker)
    try:
        for done in as_completed([pool.submit(work, job) for job in jobs]):
            yield done.result()
    except BrokenProcessPool:
        raise InputError(
            'A process that prepared images was killed, perhaps for want of memory; run the same command again, '
            'with fewer --workers'
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, end with it even if it is killed, and use one core."""
    import cv2

    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
