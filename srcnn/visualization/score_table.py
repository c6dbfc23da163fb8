"""The scores of every checkpoint of a run, as a table that grows."""

import csv
import hashlib
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mmengine.config import Config

from srcnn.engine.write import write_text
from srcnn.errors import InputError

_TESTED = ('model', 'test_dataloader', 'test_evaluator', 'test_cfg')  # what decides the scores, beside the weights
_LESS_IS_BETTER = re.compile(r'(^|/)(MAE|MSE|RMSE|loss)', re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One checkpoint: its file name, the iteration (or epoch) in it, the scores, and what they were made from."""

    checkpoint: str
    number: int
    scores: dict[str, float]
    fingerprint: str


@dataclass
class ScoreTable:
    """All rows, in the order of their iterations, and the protocol of each score in words."""

    rows: list[Row] = field(default_factory=list)
    protocol: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> 'ScoreTable':
        """The table in a JSON file that ``write`` has written; an empty one if there is none.

        Raises:
            InputError: The file is something else.
        """
        if not path.is_file():
            return cls()
        try:
            content = json.loads(path.read_text(encoding='utf-8'))
            return cls([Row(**row) for row in content['rows']], dict(content['protocol']))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f'{path}: this is no table of scores ({error}); remove it to start a new one.') from None

    def write(self, path: Path) -> None:
        """Write ``path`` (JSON) and the same as CSV beside it, each whole.

        Raises:
            InputError: They cannot be written.
        """
        content = {'best': self.best(), 'protocol': self.protocol, 'rows': [asdict(row) for row in self.rows]}
        try:
            write_text(path, json.dumps(content, indent=2) + '\n')
            write_text(path.with_suffix('.csv'), self._csv())
        except OSError as error:
            raise InputError(f'{path} cannot be written: {error.strerror}.') from None

    def add(self, row: Row) -> None:
        """Put a row in its place; it replaces the one of the same checkpoint."""
        others = [other for other in self.rows if other.checkpoint != row.checkpoint]
        self.rows = sorted([*others, row], key=lambda row: (row.number, row.checkpoint))

    def keep(self, fingerprints: Mapping[str, str]) -> None:
        """Keep only the rows of these checkpoints, by file name, that were made from the same."""
        self.rows = [row for row in self.rows if fingerprints.get(row.checkpoint) == row.fingerprint]

    def best(self) -> dict[str, str]:
        """For each score the checkpoint that has the best; of equal ones the earliest."""
        found = {}
        for name in self.names:
            sign = -1 if _LESS_IS_BETTER.search(name) else 1
            rows = [row for row in self.rows if not math.isnan(row.scores.get(name, math.nan))]
            if rows:
                found[name] = max(rows, key=lambda row: sign * row.scores[name]).checkpoint
        return found

    @property
    def names(self) -> list[str]:
        """Of the scores, such as 'Set5/PSNR'."""
        return list(dict.fromkeys(name for row in self.rows for name in row.scores))

    def text(self) -> str:
        """The table for a console, the best of each score marked with a star, the protocols below."""
        best = self.best()
        lines = [['checkpoint', *self.names]]
        for row in self.rows:
            stars = {name: '*' if best.get(name) == row.checkpoint else ' ' for name in self.names}
            scores = [f'{row.scores[name]:.4f}{stars[name]}' if name in row.scores else '' for name in self.names]
            lines.append([row.checkpoint, *scores])
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        shown = ['  '.join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
        return '\n'.join([*shown, *(f'{name}: {words}' for name, words in self.protocol.items())])

    def _csv(self) -> str:
        best = self.best()
        stream = io.StringIO()
        table = csv.writer(stream, lineterminator='\n')
        table.writerow(['checkpoint', 'iteration', *self.names, 'best', 'protocol'])
        protocol = '; '.join(f'{name}: {words}' for name, words in self.protocol.items())
        for row in self.rows:
            mine = ' '.join(name for name, checkpoint in best.items() if checkpoint == row.checkpoint)
            scores = [row.scores.get(name, '') for name in self.names]
            table.writerow([row.checkpoint, row.number, *scores, mine, protocol])
        return stream.getvalue()


def checkpoints_of(run_dir: Path) -> list[tuple[int, Path]]:
    """The checkpoints of a run with the number in their names, in that order.

    ``best_…`` ones are copies of others, and are left out where the same iteration is there under its own name.

    Raises:
        InputError: There are none.
    """
    found: dict[int, Path] = {}
    for path in sorted(run_dir.glob('*.pth'), key=lambda path: path.name.startswith('best_')):
        if match := re.fullmatch(r'(?:best_.+_)?(?:iter|epoch)_(\d+)\.pth', path.name):
            found.setdefault(int(match.group(1)), path)
    if not found:
        raise InputError(f'{run_dir}: no iter_*.pth, epoch_*.pth or best_*.pth; give the work directory of a run.')
    return sorted(found.items())


def config_of(run_dir: Path) -> Path:
    """The config that a run has left in its work directory.

    Raises:
        InputError: None, or several.
    """
    found = sorted(run_dir.glob('*.py'))
    if len(found) != 1:
        listed = ', '.join(path.name for path in found) or 'none'
        raise InputError(
            f'{run_dir}: one config is expected there ({listed}); name the one to test by: RUN_DIR CONFIG.'
        )
    return found[0]


def fingerprint(cfg: Config, data_sets: Sequence[str], checkpoint: Path) -> str:
    """Changes with all that decides the scores: network, test data and protocol, the sets that are there, the file."""
    facts = checkpoint.stat()
    tested = {key: cfg.get(key) for key in _TESTED}
    text = json.dumps([tested, list(data_sets), facts.st_size, facts.st_mtime_ns], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
