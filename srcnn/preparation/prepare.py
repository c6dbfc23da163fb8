"""From originals to the folders that configs read, on all cores; may be interrupted and repeated at any time."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from srcnn.errors import InputError
from srcnn.image.io import Color, PathLike, write_atomically
from srcnn.image.resize import Convention
from srcnn.image.resize_weights import Edges
from srcnn.preparation.known_sets import Kind, KnownSet, find_set
from srcnn.preparation.manifest import Manifest, digest
from srcnn.preparation.originals import Original, find_originals
from srcnn.preparation.packs import Packs
from srcnn.preparation.recipe import Recipe, make_recipe
from srcnn.preparation.report import Report
from srcnn.preparation.source import Source
from srcnn.preparation.worker import Job, Outcome, run_jobs

_TEMPORARY = re.compile(r'\..+\.\d+\.tmp')


def prepare(
    name: str,
    source: PathLike | Sequence[PathLike],
    out: PathLike = 'data',
    *,
    own: Kind | None = None,
    scales: Sequence[int] | None = None,
    mod_crop: int | None = None,
    sub_images: tuple[int, int] | bool = False,
    color: Color | None = None,
    convention: Convention | None = None,
    edges: Edges = 'symmetric',
    compress: bool | None = None,
    make_lr: bool = False,
    cache: bool | None = None,
    workers: int | None = None,
    progress: bool = False,
) -> Report:
    """Make the folders of a data set from its originals.

    Args:
        name: A set of ``known_sets.py``, or with ``own`` any name for a folder.
        source: Folders and archives that hold the originals.
        out: The set gets a folder of its name in here.
        own: The images are the user's, to train or to test with.
        scales, mod_crop, color, convention, edges, compress: As ``make_recipe`` has them.
        sub_images: Size and step; True: those of MMagic, for sets that it cuts; False: none.
        make_lr: Make low-resolution images even where the publisher offers them.
        cache: Keep the pixels of whole RGB images to train on, as data sets with ``cache=True`` read them; None: those
            of known sets that are not cut.
        workers: Processes; None: one per core; 1: this one.
        progress: Show a progress bar on stderr.

    Returns:
        What was done. Images that could not be read are in its ``errors``; all others are finished.

    Raises:
        InputError: The arguments, the source or what is there already do not allow to begin, or the disk is full.
    """
    known = _own_set(name, own) if own else find_set(name)
    cut = _cut(known, sub_images)
    recipe = make_recipe(
        known,
        scales=scales,
        modulus=mod_crop,
        cut=cut,
        color=color,
        convention=convention,
        edges=edges,
        compress=compress,
        offered=not make_lr,
    )
    cache = known.kind == 'train' and not (own or cut) if cache is None else cache
    sources = [source] if isinstance(source, (str, os.PathLike)) else source
    return _make(known, recipe, sources, Path(out) / known.name, cache, workers, progress)


def _cut(known: KnownSet, sub_images: tuple[int, int] | bool) -> tuple[int, int] | None:
    if sub_images is True and known.cut is None:
        raise InputError(f'--sub-images: give a size in pixels, since {known.name} has no usual one')
    return known.cut if sub_images is True else sub_images or None


def _make(
    known: KnownSet,
    recipe: Recipe,
    sources: Sequence[PathLike],
    root: Path,
    cache: bool,
    workers: int | None,
    progress: bool,
) -> Report:
    made_here = [root / folder for folder in recipe.describe()] if known.own else []
    source = Source(sources, without=made_here)
    try:
        offered = sorted({scale for pair in recipe.pairs for scale in pair.lr}) if recipe.offered else []
        originals, clashes = find_originals(known, source.entries, offered)
        recipes = {one.name: recipe.for_validation() if known.holds_out(one.name) else recipe for one in originals}
        folders = {folder: how for each in recipes.values() for folder, how in each.describe().items()}
        report = Report(root, folders, errors=[*source.refused, *clashes])
        manifest = _begin(root, folders)
        done = {one.name for one in originals if _is_done(one, recipes[one.name], manifest)}
        report.made, report.kept = len(originals) - len(done), len(done)
        # what was done before is not decoded again, so then a data set is left to make its pack
        complete = cache and recipe.color != 'gray' and all(map(known.holds_out, done))
        with Packs(root, recipe.whole_folders() if complete else []) as packs:
            jobs = [
                Job(
                    one,
                    recipes[one.name],
                    root,
                    frozenset(manifest.made_of[one.name]),
                    packs.places(one, recipes[one.name]),
                    compare=known.pixels is not None,
                )
                for one in originals
                if one.name not in done
            ]
            outcomes = _record(_shown(run_jobs(jobs, workers), len(jobs), known.name, progress), manifest, report)
            packs.finish({file: entry for outcome in outcomes for file, entry in outcome.packed.items()})
        _annotate(known, recipe, manifest)
        manifest.save()
    except OSError as error:
        raise InputError(f'{error.filename or root} cannot be written: {error.strerror}') from None
    finally:
        source.close()
    _check(known, recipe, len(originals), outcomes, report)
    return report


def _own_set(name: str, kind: Kind) -> KnownSet:
    if not re.fullmatch(r'\w[\w.-]*', name):
        raise InputError(f'--name {name}: give a name for a folder: letters, digits, - and _')
    return KnownSet(name, kind, own=True)


def _begin(root: Path, folders: Mapping[str, str]) -> Manifest:
    """Read the record of earlier runs, make the folders, remove half-written files of a run that was killed."""
    manifest = Manifest.load(root)
    manifest.forget_what_is_gone()
    for folder, how in folders.items():
        before = manifest.folders.get(folder)
        if before not in (None, how):
            raise InputError(
                f'{root / folder} holds images made in another way ({before}) than now asked for ({how}); '
                'remove that folder, or give another --out'
            )
        (root / folder).mkdir(parents=True, exist_ok=True)
        for path in (root / folder).iterdir():
            if _TEMPORARY.fullmatch(path.name):
                path.unlink(missing_ok=True)
        manifest.folders[folder] = how
    manifest.save()
    return manifest


def _is_done(original: Original, recipe: Recipe, manifest: Manifest) -> bool:
    """Whether all files of an original are there; sizes are compared here, checksums by ``verify``."""
    before = manifest.originals.get(original.name)
    if before is None or before.size != original.entry.size:
        return False
    files = manifest.made_of[original.name]
    if not {file.rpartition('/')[0] for file in files} >= set(recipe.describe()):
        return False
    return all(_size(manifest.root / file) == manifest.files[file].size for file in files)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _shown(outcomes: Iterator[Outcome], total: int, name: str, progress: bool) -> Iterator[Outcome]:
    from tqdm import tqdm

    return iter(tqdm(outcomes, name, total, unit='image', disable=not progress))


def _record(outcomes: Iterator[Outcome], manifest: Manifest, report: Report) -> list[Outcome]:
    """Note each result as it comes, and remove what an original no longer yields since it was replaced."""
    finished = []
    for outcome in outcomes:
        if outcome.original is None:
            report.errors.append(outcome.error)
            continue
        before = manifest.originals.get(outcome.name)
        if before is not None and before != outcome.original:
            for file in set(manifest.made_of.pop(outcome.name)) - set(outcome.files):
                (manifest.root / file).unlink(missing_ok=True)
                manifest.files.pop(file, None)
        manifest.append(outcome.name, outcome.original, outcome.files)
        finished.append(outcome)
    report.errors.sort()
    return finished


def _annotate(known: KnownSet, recipe: Recipe, manifest: Manifest) -> None:
    """Write the lists of sub-images, in MMagic's form."""
    if recipe.cut is None:
        return
    lists = known.annotations or ((f'meta_info_{known.name}sub_GT.txt', '', '\U0010ffff'),)
    channels = {'rgb': 3, 'gray': 1}.get(recipe.color)
    shape = f' ({recipe.cut.size},{recipe.cut.size},{channels})' if channels else ''
    for name, first, last in lists:
        lines = [
            f'{file.rpartition("/")[2]}{shape}\n'
            for original in sorted(manifest.made_of)
            if first <= original <= last
            for file in manifest.made_of[original]
            if file.rpartition('/')[0] == recipe.cut.hr
        ]
        path, parts = manifest.root / name, [''.join(lines).encode()]
        if not lines or (path.is_file() and path.read_bytes() == parts[0]):
            manifest.annotations |= {name: digest(parts)} if lines else {}
            continue
        if path.exists() and name not in manifest.annotations:
            raise InputError(
                f'{path} is already there, with other contents, and was not made by this tool; move it away'
            )
        write_atomically(path, parts)
        manifest.annotations[name] = digest(parts)


def _check(known: KnownSet, recipe: Recipe, found: int, outcomes: Sequence[Outcome], report: Report) -> None:
    """Compare the originals with what is known of the set."""
    if known.counts and found not in known.counts:
        whole = ' or '.join(map(str, known.counts))
        report.warnings.append(f'{known.name} has {whole} images, but {found} were found')
    elif known.pixels and recipe.color == 'rgb' and len(outcomes) == found:
        pixels = sha256(''.join(sorted(outcome.pixels for outcome in outcomes)).encode()).hexdigest()
        if pixels != known.pixels:
            report.warnings.append(
                f'these originals are not, pixel by pixel, the {known.name} that is commonly used; scores cannot be '
                'compared with published ones'
            )
