"""Which files to read and which to write: worked out, and found to be sound, before any work is done."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from srcnn.errors import InputError
from srcnn.image.picture import READABLE, WRITABLE

Format = Literal['same', 'png', 'jpg', 'webp', 'tiff']
Existing = Literal['refuse', 'skip', 'overwrite']

# Containers that are kept; videos in others become .mkv, which holds everything.
KEPT_CONTAINERS = ('.mp4', '.m4v', '.mov', '.mkv')
VIDEOS = (*KEPT_CONTAINERS, '.avi', '.webm', '.mpg', '.mpeg', '.wmv', '.flv', '.ts', '.mts', '.m2ts', '.3gp', '.ogv')
_SUFFIX = {'png': '.png', 'jpg': '.jpg', 'webp': '.webp', 'tiff': '.tiff'}


@dataclass(frozen=True)
class Job:
    """One file to be read and the one to be written for it."""

    source: Path
    target: Path

    @property
    def is_video(self) -> bool:
        """As opposed to a picture."""
        return self.source.suffix.lower() in VIDEOS


@dataclass(frozen=True)
class Jobs:
    """What there is to do.

    Attributes:
        todo: In the order of the paths, sorted within a folder.
        skipped: Whose target exists.
        left_out: Files of folders that are neither picture nor video by their suffix.
    """

    todo: tuple[Job, ...]
    skipped: tuple[Job, ...] = ()
    left_out: int = 0


def find_jobs(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    recursive: bool = False,
    format: Format = 'same',
    existing: Existing = 'refuse',
) -> Jobs:
    """Find the files, and the names of what they become.

    Args:
        paths: Files; folders, whose layout is kept below ``out``; patterns such as ``photos/*.jpg`` or
            ``photos/**/*.jpg``, of which the part without wildcards is a folder in this sense.
        out: Folder for the results. Each keeps its name, but for the suffix where the format changes.
        recursive: Also the folders within folders.
        format: Of pictures; 'same' is that of the source's suffix, PNG where it cannot be written.
        existing: 'refuse' to start where a target exists; 'skip' those, or 'overwrite' them.

    Raises:
        InputError: A path does not exist or holds nothing; two sources would have the same target; a target is a
            source; or exists, and ``existing`` is 'refuse'.
    """
    out = Path(out)
    if out.suffix.lower() in (*READABLE, *VIDEOS) or (out.exists() and not out.is_dir()):
        raise InputError(f'--out {out}: give the folder for the results; each keeps the name of its source.')
    jobs: dict[str, Job] = {}
    left_out = 0
    for path in paths:
        found = 0
        for source, name in _sources(str(path), out, recursive):
            if name is None:
                left_out += 1
                continue
            found += 1
            job = Job(source, _target(source, out / name, format))
            same = jobs.setdefault(_key(job.target), job)
            if _key(same.source) != _key(source):
                cure = '' if format == 'same' else '--format same keeps them apart, or '
                raise InputError(
                    f'{same.source} and {source} would both become {job.target}; {cure}rename one or put it elsewhere.'
                )
        if not found:
            raise InputError(f'{path}: no pictures or videos in it{"" if recursive else "; --recursive looks deeper"}.')
    _check_sources_are_safe(jobs.values())
    there = [job for job in jobs.values() if os.path.lexists(job.target)]
    if there and existing == 'refuse':
        raise InputError(
            f'{len(there)} of {len(jobs)} results exist already (such as {there[0].target}); --skip-existing leaves '
            'them, --overwrite replaces them.'
        )
    skipped = tuple(there) if existing == 'skip' else ()
    return Jobs(tuple(job for job in jobs.values() if job not in skipped), skipped, left_out)


def _sources(path: str, out: Path, recursive: bool) -> Iterator[tuple[Path, Path | None]]:
    """Files and their names below ``out``; None for one that is left out."""
    if os.path.isdir(path):
        yield from _in_folder(Path(path), out, recursive)
    elif os.path.lexists(path):
        yield Path(path), Path(Path(path).name)
    elif glob.has_magic(path):
        base = _without_wildcards(path)
        found = sorted(file for file in map(Path, glob.glob(path, recursive=True)) if file.is_file())
        if not found:
            raise InputError(f'{path}: no file matches this pattern.')
        for file in found:
            known = file.suffix.lower() in (*READABLE, *VIDEOS)
            yield file, file.relative_to(base) if known else None
    else:
        raise InputError(f'{path}: no such file or folder.')


def _in_folder(folder: Path, out: Path, recursive: bool) -> Iterator[tuple[Path, Path | None]]:
    results = os.path.realpath(out)
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if recursive and not name.startswith('.') and os.path.realpath(os.path.join(place, name)) != results
        )
        for name in sorted(files):
            if not name.startswith('.'):
                source = Path(place, name)
                known = source.suffix.lower() in (*READABLE, *VIDEOS)
                yield source, source.relative_to(folder) if known else None


def _without_wildcards(pattern: str) -> Path:
    parts = Path(pattern).parts
    first = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    return Path(*parts[:first])


def _target(source: Path, place: Path, format: Format) -> Path:
    suffix = source.suffix.lower()
    if suffix in VIDEOS:
        return place if suffix in KEPT_CONTAINERS else place.with_suffix('.mkv')
    if format != 'same':
        return place.with_suffix(_SUFFIX[format])
    return place if suffix in WRITABLE else place.with_suffix('.png')


def _key(path: Path) -> str:
    return os.path.normcase(os.path.abspath(path))


def _check_sources_are_safe(jobs: Iterable[Job]) -> None:
    jobs = list(jobs)
    sources = {_identity(job.source) for job in jobs if job.source.exists()}
    for job in jobs:
        if job.target.exists() and _identity(job.target) in sources:
            raise InputError(f'{job.target} is one of the files to be read; give another folder with --out.')


def _identity(path: Path) -> tuple[int, int]:
    """The same for all names of a file."""
    status = path.stat()
    return status.st_dev, status.st_ino
