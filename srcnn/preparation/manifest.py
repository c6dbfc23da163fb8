"""The record of what was made: ``prepared.tsv`` in the folder of the set.

One line per folder, file and original, with sizes and SHA-256. The line of an original follows those of its files and
says that they are complete; so a record that ends anywhere, because the run was killed, is good up to that point.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from srcnn.errors import InputError
from srcnn.image.io import write_atomically

NAME = 'prepared.tsv'
_HEAD = '# Written by tools/dataset_converters/prepare.py, which checks all this again when given --verify\n'


@dataclass(frozen=True)
class Digest:
    """Size in bytes and SHA-256 in hexadecimal."""

    size: int
    sha256: str


def digest(parts: Iterable[bytes | memoryview]) -> Digest:
    """Of a file in parts."""
    size, sha = 0, hashlib.sha256()
    for part in parts:
        size += len(part)
        sha.update(part)
    return Digest(size, sha.hexdigest())


@dataclass
class Manifest:
    """What lies below ``root``: what each folder holds, each original with the files made of it, and lists of files."""

    root: Path
    folders: dict[str, str] = field(default_factory=dict)
    files: dict[str, Digest] = field(default_factory=dict)
    originals: dict[str, Digest] = field(default_factory=dict)
    made_of: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    annotations: dict[str, Digest] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.root / NAME

    @classmethod
    def load(cls, root: Path) -> 'Manifest':
        """Read the record, up to where it is complete; empty if there is none.

        Raises:
            InputError: The file is not such a record.
        """
        manifest = cls(root)
        if not manifest.path.is_file():
            return manifest
        *lines, _ = manifest.path.read_text(encoding='utf-8').split('\n')
        pending: dict[str, Digest] = {}
        for number, line in enumerate(lines, 1):
            if line.startswith('#') or not line:
                continue
            try:
                kind, name, *rest = line.split('\t')
                if kind == 'folder':
                    manifest.folders[name] = rest[0]
                elif kind == 'annotation':
                    manifest.annotations[name] = Digest(int(rest[0]), rest[1])
                elif kind == 'file':
                    pending[name] = Digest(int(rest[0]), rest[1])
                elif kind == 'original':
                    manifest.add(name, Digest(int(rest[0]), rest[1]), pending)
                    pending = {}
                else:
                    raise ValueError(kind)
            except (ValueError, IndexError):
                raise InputError(f'{manifest.path}, line {number}: not written by this tool; remove the file') from None
        return manifest

    def add(self, name: str, original: Digest, files: Mapping[str, Digest]) -> None:
        """Note that ``files`` were made of an original."""
        self.originals[name] = original
        self.files |= files
        self.made_of[name] = sorted({*self.made_of[name], *files})

    def append(self, name: str, original: Digest, files: Mapping[str, Digest]) -> None:
        """Note it in memory and on disk."""
        self.add(name, original, files)
        lines = [*(_line('file', file, files[file]) for file in sorted(files)), _line('original', name, original)]
        with self.path.open('a', encoding='utf-8', newline='\n') as stream:
            stream.write(''.join(lines))

    def save(self) -> None:
        """Write everything anew, in an order that depends on nothing but the contents."""
        lines = [_HEAD, *(f'folder\t{folder}\t{how}\n' for folder, how in sorted(self.folders.items()))]
        for name in sorted(self.originals):
            lines += [_line('file', file, self.files[file]) for file in self.made_of[name]]
            lines.append(_line('original', name, self.originals[name]))
        lines += [_line('annotation', name, self.annotations[name]) for name in sorted(self.annotations)]
        write_atomically(self.path, [''.join(lines).encode()])

    def forget_what_is_gone(self) -> None:
        """Drop folders that were removed, so that they can be made in another way."""
        gone = {folder for folder in self.folders if not (self.root / folder).is_dir()}
        self.folders = {folder: how for folder, how in self.folders.items() if folder not in gone}
        self.files = {file: digest for file, digest in self.files.items() if file.rpartition('/')[0] not in gone}
        self.made_of = defaultdict(
            list, {name: [file for file in files if file in self.files] for name, files in self.made_of.items()}
        )


def _line(kind: str, name: str, digest: Digest) -> str:
    return f'{kind}\t{name}\t{digest.size}\t{digest.sha256}\n'
