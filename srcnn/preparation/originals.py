"""Which of the images found are the originals of a set, and which are low-resolution images of its publisher."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from srcnn.errors import InputError
from srcnn.preparation.known_sets import KnownSet
from srcnn.preparation.source import Entry

_USUAL = (('HR',), ('original',), ('GT',), ('images',))
_SELFEXSR_NAME = re.compile(r'(.+)_SRF_\d_(HR|.+)')


@dataclass(frozen=True)
class Original:
    """One original, the name its images get, and the publisher's low-resolution images of it by scale."""

    name: str
    entry: Entry
    lr: dict[int, Entry] = field(default_factory=dict)


def find_originals(
    known: KnownSet, entries: Sequence[Entry], scales: Sequence[int]
) -> tuple[list[Original], list[str]]:
    """Pick the originals of ``known`` out of everything that was found.

    Returns:
        The originals sorted by name, and one message for each image left out because another has the same name.

    Raises:
        InputError: It cannot be told which folder holds them.
    """
    by_folder: dict[PurePosixPath, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_folder[entry.folder].append(entry)
    folders = list(by_folder) if known.own else _folders_of(known, by_folder)
    chosen = [entry for folder in folders for entry in by_folder[folder]]
    published = {scale: _published_lr(known, entries, scale) for scale in scales}
    originals: dict[str, Original] = {}
    clashes = []
    for entry in chosen:
        name = _name_of(known, entry)
        if name is None:
            continue
        if name in originals:
            clashes.append(f'{entry.label}: left out, {originals[name].entry.label} has the same name')
            continue
        lr = {scale: found[name] for scale, found in published.items() if name in found}
        originals[name] = Original(name, entry, lr)
    return [originals[name] for name in sorted(originals)], clashes


def _folders_of(known: KnownSet, by_folder: dict[PurePosixPath, list[Entry]]) -> list[PurePosixPath]:
    names = {name.lower() for name in (known.name, *known.also_called)}
    for alternative in (*known.folders, *_USUAL, *((name,) for name in names)):
        found = []
        for wanted in alternative:
            matches = [folder for folder in by_folder if _ends_with(folder, wanted)]
            if len(matches) > 1:  # several sets side by side: take the one in a folder of the right name
                matches = [folder for folder in matches if names & {part.lower() for part in folder.parts}]
            if len(matches) > 1:
                raise InputError(f'{known.name}: which folder holds the originals, {_listed(matches, by_folder)}?')
            found += matches
        if found:
            return found
    if len(by_folder) == 1:
        return list(by_folder)
    raise InputError(
        f'{known.name}: found images in {_listed(list(by_folder), by_folder)}; which are the originals? '
        'Give --source the folder that holds them'
    )


def _ends_with(folder: PurePosixPath, ending: str) -> bool:
    parts = tuple(part.lower() for part in PurePosixPath(ending).parts)
    return tuple(part.lower() for part in folder.parts)[-len(parts) :] == parts


def _listed(folders: Sequence[PurePosixPath], by_folder: dict[PurePosixPath, list[Entry]]) -> str:
    return ', '.join(f'{folder} ({len(by_folder[folder])} images)' for folder in sorted(folders)[:8])


def _name_of(known: KnownSet, entry: Entry) -> str | None:
    path = PurePosixPath(entry.name).with_suffix('')
    if known.own:
        return '_'.join(path.parts)
    match = _SELFEXSR_NAME.fullmatch(path.name)
    if match is None:
        return path.name
    return match.group(1) if match.group(2) == 'HR' else None


def _published_lr(known: KnownSet, entries: Sequence[Entry], scale: int) -> dict[str, Entry]:
    folders = [folder.format(scale=scale) for folder in known.published_lr]
    ending = known.lr_name.format(name='', scale=scale)
    return {
        PurePosixPath(entry.name).stem.removesuffix(ending): entry
        for entry in entries
        if any(_ends_with(entry.folder, folder) for folder in folders)
    }
