"""The newest checkpoint that is good."""

import re
from collections.abc import Mapping
from pathlib import Path

from mmengine.logging import print_log

from srcnn.engine.checkpoint import read_checkpoint
from srcnn.errors import InputError

# What mmengine's resume reads from a checkpoint
NEEDED = ('meta', 'message_hub', 'optimizer')


def latest_checkpoint(work_dir: str) -> str | None:
    """The newest checkpoint in ``work_dir`` from which a run can go on; None if there is none.

    Newest is the one with the highest number in its name. Those that cannot be read are named in the log and passed by.
    """
    numbered = [(int(match.group(1)), path) for path in Path(work_dir).glob('*.pth') if (match := _number(path))]
    for _, path in sorted(numbered, reverse=True):
        if fault := why_not_resumable(str(path)):
            print_log(f'Not resumed from this one: {fault}', 'current', 30)
        else:
            return str(path)
    return None


def why_not_resumable(path: str) -> str | None:
    """What keeps a run from going on from ``path``, in words; None if nothing does."""
    try:
        checkpoint = read_checkpoint(path)
    except InputError as error:
        return str(error)
    missing = missing_for_resume(checkpoint)
    return f'{path} holds no {", ".join(missing)}.' if missing else None


def missing_for_resume(checkpoint: Mapping) -> list[str]:
    """What a run would need to go on and the checkpoint lacks."""
    return [key for key in NEEDED if key not in checkpoint]


def _number(path: Path) -> re.Match | None:
    return re.fullmatch(r'(?:iter|epoch)_(\d+)\.pth', path.name)
