"""What a run has logged, its resumptions put together."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

from srcnn.errors import InputError

_SCALARS = 'vis_data/scalars.json'  # where LocalVisBackend writes, below the folder of a start
_NOT_VALUES = ('iter', 'step', 'epoch', 'time', 'data_time', 'memory')


class Entry(NamedTuple):
    """Values logged at one iteration; ``seconds`` of training until then, validation left out."""

    step: int
    seconds: float
    values: Mapping[str, float]
    training: bool


def read_run(path: Path) -> list[Entry]:
    """The log of a run, in order.

    A run that was resumed has a folder for each start, named by its time. What a later one has logged takes the place
    of what an earlier one had logged from the same iteration on. A line that is not whole, where a run was killed, is
    passed over. Scores of an epoch-based run are put at the last iteration logged before them.

    Args:
        path: Work directory of a run, the folder of one start, or a ``scalars.json``.

    Raises:
        InputError: Nothing is logged there.
    """
    files = [path] if path.is_file() else sorted(path.glob(f'*/{_SCALARS}')) or sorted(path.glob(_SCALARS))
    records: list[tuple[int, dict]] = []
    for file in files:
        found = _read_scalars(file)
        if any('iter' in record for _, record in found):
            start = found[0][0]
            records = [(step, record) for step, record in records if step < start]
        elif records:
            continue  # a start that ended before it had trained
        records += found
    if not records:
        raise InputError(f'{path}: no */{_SCALARS} with anything logged; give the work directory of a run.')
    return _with_seconds(records)


def _read_scalars(file: Path) -> list[tuple[int, dict]]:
    try:
        lines = file.read_text(encoding='utf-8', errors='replace').splitlines()
    except OSError as error:
        raise InputError(f'{file} cannot be read: {error.strerror}.') from None
    records: list[tuple[int, dict]] = []
    trained, by_epoch = 0, False
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if not isinstance(record, dict) or not isinstance(record.get('step'), int):
            continue
        by_epoch |= 'epoch' in record
        if 'iter' in record:
            trained = record['iter']
        records.append((trained if by_epoch else record['step'], record))
    return records


def _with_seconds(records: Sequence[tuple[int, dict]]) -> list[Entry]:
    entries = []
    done, seconds = 0, 0.0
    for step, record in records:
        training = 'iter' in record
        if training:
            seconds += (step - done) * record.get('time', 0.0)
            done = step
        values = {
            key: float(value)
            for key, value in record.items()
            if isinstance(value, (int, float)) and key not in _NOT_VALUES
        }
        entries.append(Entry(step, seconds, values, training))
    return entries


def score_names(runs: Sequence[Sequence[Entry]]) -> list[str]:
    """What was measured in validation, in the order of its first appearance."""
    return list(dict.fromkeys(key for run in runs for entry in run if not entry.training for key in entry.values))


def series(run: Sequence[Entry], key: str, by_seconds: bool = False) -> tuple[list[float], list[float]]:
    """Iterations (or seconds) and values at which ``key`` was logged."""
    found = [entry for entry in run if key in entry.values]
    return [entry.seconds if by_seconds else entry.step for entry in found], [entry.values[key] for entry in found]


def write_csv(runs: Mapping[str, Sequence[Entry]], stream: TextIO) -> None:
    """A line per entry: run, step, seconds, then every value ever logged, empty where it was not."""
    keys = list(dict.fromkeys(key for run in runs.values() for entry in run for key in entry.values))
    table = csv.writer(stream, lineterminator='\n')
    table.writerow(['run', 'step', 'seconds', *keys])
    for name, run in runs.items():
        for entry in run:
            cells = [entry.values.get(key, '') for key in keys]
            table.writerow([name, entry.step, f'{entry.seconds:.3f}', *cells])
