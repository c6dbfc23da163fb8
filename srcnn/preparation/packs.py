"""Packs of what is prepared to train on, filled by the processes that have decoded it anyway.

Where an image goes is settled beforehand, by the size in the header of its original, so that no process waits for
another. What turns out otherwise (16 bits, damaged, published in another size) is left out of the pack; a data set with
``cache=True`` adds it on first use.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from srcnn.errors import InputError
from srcnn.image.header import header_of
from srcnn.image.pack_file import (
    Entry,
    pack_path,
    remove_leftovers,
    room,
    stamp,
    temporary_path,
    write_index,
    write_pixels,
)
from srcnn.preparation.originals import Original
from srcnn.preparation.recipe import Recipe

_HEAD = 2**16  # bytes of an original that are read for its header


@dataclass(frozen=True)
class Place:
    """Room for an image of 8 bits: in which file, from which byte on, of which shape."""

    file: Path
    offset: int
    shape: tuple[int, int, int]

    def fill(self, pixels: np.ndarray, made: str) -> Entry | None:
        """Put the pixels of the file ``made`` there, if they are of that kind."""
        before = stamp(made)
        if before is None or pixels.shape != self.shape or pixels.dtype != np.uint8:
            return None
        with open(self.file, 'r+b') as stream:
            return write_pixels(stream, self.offset, pixels, before)


class Packs:
    """One pack for each of some folders, where a data set of RGB images with ``cache=True`` looks for it.

    Leaving the ``with`` block removes those that were not finished.

    Args:
        root: Folder of the set.
        folders: Folders of images below it.
    """

    def __init__(self, root: Path, folders: Iterable[str]) -> None:
        self._packs = {folder: pack_path(root / folder, True, 'rgb') for folder in folders}
        self._ends = dict.fromkeys(self._packs, 0)
        for pack in self._packs.values():
            pack.parent.mkdir(exist_ok=True)
            remove_leftovers(pack)
            temporary_path(pack).touch()

    def __enter__(self) -> 'Packs':
        return self

    def __exit__(self, *error: object) -> None:
        for pack in self._packs.values():
            temporary_path(pack).unlink(missing_ok=True)

    def places(self, original: Original, recipe: Recipe) -> dict[str, Place]:
        """Reserve room for what is made of an original: file -> its place."""
        if not self._packs:
            return {}
        try:
            header = header_of(original.entry.read(_HEAD), original.entry.label)
        except InputError:  # whoever reads all of it will say so
            return {}
        if recipe.color == 'unchanged' and header.channels != 3:
            return {}
        places = {}
        for file, (height, width) in recipe.whole_files(original.name, header.height, header.width).items():
            folder = file.rpartition('/')[0]
            if folder in self._packs:
                places[file] = Place(temporary_path(self._packs[folder]), self._ends[folder], (height, width, 3))
                self._ends[folder] += room(height * width * 3)
        return places

    def finish(self, entries: Mapping[str, Entry]) -> None:
        """Make them valid, with these files in them."""
        for folder, pack in self._packs.items():
            inside = {file.rpartition('/')[2]: entries[file] for file in sorted(entries) if _is_in(file, folder)}
            if inside:
                with open(temporary_path(pack), 'r+b') as stream:
                    write_index(stream, inside)
                os.replace(temporary_path(pack), pack)


def _is_in(file: str, folder: str) -> bool:
    return file.rpartition('/')[0] == folder
