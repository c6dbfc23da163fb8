"""Look through folders of pictures before anybody trains on them, and say what is wrong with them."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from srcnn.datasets.inspection.copies import Fingerprint, find_copies, fingerprint
from srcnn.datasets.inspection.crops import CropFinder, Features, features
from srcnn.datasets.inspection.pairs import compare_pair, to_gray
from srcnn.errors import InputError, MissingDataError
from srcnn.image.io import IMAGE_SUFFIXES, PathLike, read_image

KINDS = {
    'unreadable': 'files that cannot be read',
    'clash': 'files of the same name',
    'unpaired': 'files without a partner',
    'size': 'pairs whose sizes do not fit',
    'different': 'pairs of different pictures',
    'shifted': 'pairs shifted against each other',
    'stretched': 'pairs stretched against each other',
    'swapped': 'pairs of which one has red and blue swapped',
    'duplicate': 'copies within the set',
    'leak': 'copies of test pictures',
    'part': 'parts of test pictures',
}


@dataclass(frozen=True)
class Finding:
    """One fault: its kind (a key of ``KINDS``), the file, the file it clashes with ('': none), and a sentence."""

    kind: str
    file: str
    other: str
    message: str


@dataclass
class Report:
    """What ``inspect_folders`` saw: numbers of originals, pairs and test pictures, and the faults."""

    images: int = 0
    pairs: int = 0
    test_images: int = 0
    findings: list[Finding] = field(default_factory=list)


class _Seen(NamedTuple):
    """What is kept of a picture once its pixels are gone.

    ``small`` and ``another``: its low-resolution image if that shows another picture; ``parts``: of which test pictures
    it holds parts.
    """

    path: Path
    findings: Sequence[Finding] = ()
    original: Fingerprint | None = None
    features: Features | None = None
    small: Path | None = None
    another: Fingerprint | None = None
    parts: Sequence[int] = ()


def inspect_folders(
    gt: PathLike,
    img: PathLike | None = None,
    *,
    scale: int = 4,
    template: str = '{}',
    against: Sequence[PathLike] = (),
    crops: bool = False,
    workers: int | None = None,
    recursive: bool = False,
    progress: bool = False,
) -> Report:
    """Find faults in a folder of originals, in its pairs, and between it and test sets.

    Args:
        gt: Folder of originals.
        img: Folder of their low-resolution images.
        scale: How many times larger the originals are.
        template: Name of a low-resolution image without suffix; '{}' stands for that of the original.
        against: Folders of test pictures that must not be among the originals.
        crops: Also look for parts of test pictures (``crops.py``), which takes much longer.
        workers: Threads; None: one per core.
        recursive: Also look into sub-folders; a pair then lies in sub-folders of one name.
        progress: Show progress bars on stderr.

    Returns:
        The report, without findings if there is no fault.

    Raises:
        InputError: A folder does not exist or holds no images, or the template has no '{}'.
    """
    from tqdm import tqdm

    if '{}' not in template:
        raise InputError(f"template={template!r} holds no '{{}}', which stands for the name of the original.")
    report = Report()
    originals = _list(gt, recursive, report.findings)
    small = _list(img, recursive, report.findings) if img is not None else {}
    tests = [path for folder in against for path in _list(folder, recursive, report.findings).values()]
    pairs = _pair(originals, small, template, report.findings) if img is not None else {}
    report.images, report.pairs, report.test_images = len(originals), len(pairs), len(tests)

    pool = ThreadPoolExecutor(workers or os.cpu_count())

    def each(look: Callable[[Any], _Seen], what: Collection, title: str) -> list[_Seen]:
        seen = list(tqdm(pool.map(look, what), title, len(what), unit='image', disable=not progress or not what))
        report.findings += [finding for one in seen for finding in one.findings]
        return [one for one in seen if one.original is not None]

    try:
        known = each(lambda path: _look_at_test(path, crops), tests, 'test pictures')
        finder = CropFinder([one.features for one in known if one.features]) if crops else None
        seen = each(lambda name: _look(originals[name], pairs.get(name), scale, finder), originals, 'originals')
        report.findings += _strangers(seen)
        report.findings += _copies(seen, known, pool.map)
    finally:
        pool.shutdown(cancel_futures=True)
    order = list(KINDS)
    report.findings.sort(key=lambda finding: (order.index(finding.kind), finding.file))
    return report


def _list(folder: PathLike, recursive: bool, findings: list[Finding]) -> dict[str, Path]:
    """Images of a folder by their path in it without suffix."""
    if not Path(folder).is_dir():
        raise MissingDataError(f'{folder}: no such folder; give one that holds images.')
    files: dict[str, Path] = {}
    for path in sorted(Path(folder).rglob('*') if recursive else Path(folder).iterdir()):
        inside = path.relative_to(folder)
        if path.suffix.lower() in IMAGE_SUFFIXES and not any(part.startswith('.') for part in inside.parts):
            name = inside.with_suffix('').as_posix()
            if name in files:
                first = files[name]
                findings.append(Finding('clash', str(first), str(path), f'{first} and {path.name} have the same name'))
            files[name] = path
    if not files:
        raise InputError(f'{folder}: no images in this folder (looked for {", ".join(IMAGE_SUFFIXES)}).')
    return files


def _pair(
    originals: Mapping[str, Path], small: Mapping[str, Path], template: str, findings: list[Finding]
) -> dict[str, Path]:
    """Low-resolution images by the name of their original."""
    names = {name: template.replace('{}', name) for name in originals}
    for name in originals.keys() - {name for name, partner in names.items() if partner in small}:
        path, partner = originals[name], names[name]
        findings.append(Finding('unpaired', str(path), '', f'{path}: no low-resolution image named {partner!r}'))
    for partner in small.keys() - set(names.values()):
        path = small[partner]
        findings.append(Finding('unpaired', str(path), '', f'{path}: no original whose name would give this one'))
    return {name: small[partner] for name, partner in names.items() if partner in small}


def _read(path: Path, findings: list[Finding]) -> np.ndarray | None:
    """RGB picture (H, W, 3), 8 bit; None and a finding if it cannot be read."""
    try:
        picture = read_image(path, 'rgb')
    except InputError as error:
        findings.append(Finding('unreadable', str(path), '', str(error)))
        return None
    return (picture // 257).astype(np.uint8) if picture.dtype == np.uint16 else picture


def _look_at_test(path: Path, crops: bool) -> _Seen:
    findings: list[Finding] = []
    picture = _read(path, findings)
    if picture is None:
        return _Seen(path, findings)
    gray = to_gray(picture)
    return _Seen(path, original=fingerprint(gray), features=features(gray) if crops else None)


def _look(path: Path, small: Path | None, scale: int, finder: CropFinder | None) -> _Seen:
    findings: list[Finding] = []
    original = _read(path, findings)
    reduced = _read(small, findings) if small else None
    if original is None:
        return _Seen(path, findings)
    gray = to_gray(original)
    seen = _Seen(path, findings, fingerprint(gray), small=small)
    if finder:
        seen = seen._replace(parts=finder.find(features(gray)))
    if reduced is None:
        return seen
    fault = compare_pair(reduced, original, scale)
    if fault and fault.kind == 'different':
        return seen._replace(another=fingerprint(to_gray(reduced)))
    if fault:
        findings.append(Finding(fault.kind, str(small), str(path), f'{small} {fault.what}: {path}'))
    return seen


def _strangers(seen: Sequence[_Seen]) -> Iterator[Finding]:
    """Pairs of different pictures, with the original that the low-resolution image does show, if there is one."""
    odd = [one for one in seen if one.another]
    shown = {copy.one: copy for copy in find_copies([one.another for one in odd if one.another], _prints(seen))}
    for i, one in enumerate(odd):
        other = f'; it shows {seen[shown[i].other].path}' if i in shown and not shown[i].turn else ''
        what = f'{one.small} shows another picture than its original {one.path}{other}'
        yield Finding('different', str(one.small), str(one.path), what)


def _copies(seen: Sequence[_Seen], known: Sequence[_Seen], run: Callable) -> Iterator[Finding]:
    """Copies among originals, and of test pictures."""
    leaks = set()
    for kind, others, copies in (
        ('duplicate', seen, find_copies(_prints(seen), None, run)),
        ('leak', known, find_copies(_prints(seen), _prints(known), run)),
    ):
        for copy in copies:
            one, other = seen[copy.one].path, others[copy.other].path
            turned = f', {copy.turn}' if copy.turn else ''
            leaks.add((one, other))
            yield Finding(kind, str(one), str(other), f'{one} shows the same as {other}{turned}')
    for picture in seen:
        for i in picture.parts:
            one, other = picture.path, known[i].path
            if (one, other) not in leaks:
                yield Finding('part', str(one), str(other), f'{one} shows a part of {other}, or the other way round')


def _prints(seen: Sequence[_Seen]) -> list[Fingerprint]:
    return [one.original for one in seen if one.original]
