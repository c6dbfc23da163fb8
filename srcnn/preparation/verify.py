"""Whether what was prepared is still there as it was made."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from srcnn.errors import MissingDataError
from srcnn.image.io import IMAGE_SUFFIXES, PathLike
from srcnn.preparation.known_sets import find_set
from srcnn.preparation.manifest import Digest, Manifest, digest
from srcnn.preparation.report import Report


def verify(name: str, out: PathLike = 'data', *, workers: int | None = None) -> Report:
    """Check every file that ``prepare`` made for a set against its record.

    Args:
        name: Of the set, or of the folder of an own set.
        out: As for ``prepare``.
        workers: Threads; None: one per core.

    Returns:
        The report; ``errors`` names files that are missing or changed and images that do not belong there.

    Raises:
        MissingDataError: There is no record.
    """
    root = Path(out) / name
    if not root.is_dir():
        root = Path(out) / find_set(name).name
    manifest = Manifest.load(root)
    if not manifest.path.is_file():
        raise MissingDataError(f'{manifest.path}: not there, so {name} was not prepared below {out}')
    report = Report(root, dict(manifest.folders), kept=len(manifest.originals))
    expected: dict[str, Digest] = {**manifest.files, **manifest.annotations}
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for file, error in zip(expected, pool.map(_compare, (root / file for file in expected), expected.values())):
            if error:
                report.errors.append(f'{root / file}: {error}')
    for folder in manifest.folders:
        names = {path.name for path in (root / folder).glob('*') if path.name.lower().endswith(IMAGE_SUFFIXES)}
        for stranger in sorted(names - {file.rpartition('/')[2] for file in expected if file.startswith(f'{folder}/')}):
            if not stranger.startswith('.'):
                report.errors.append(f'{root / folder / stranger}: not made by this tool')
    return report


def _compare(path: Path, expected: Digest) -> str:
    try:
        found = digest([path.read_bytes()])
    except OSError as error:
        return f'cannot be read: {error.strerror}'
    if found.size != expected.size:
        return f'{found.size} bytes, expected {expected.size}'
    return '' if found == expected else 'its contents have changed'
