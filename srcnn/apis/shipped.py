"""Models that come with the package, by name: checkpoints in the folder ``srcnn/weights``."""

from pathlib import Path

from srcnn.errors import InputError

FOLDER = Path(__file__).resolve().parent.parent / 'weights'
SUFFIX = '.pth'


def shipped_models() -> list[str]:
    """Their names."""
    return sorted(path.stem for path in FOLDER.glob(f'*{SUFFIX}'))


def find_model(name: str) -> str:
    """The checkpoint for a name, a path or an http(s) address; a file that exists comes before a name.

    Raises:
        InputError: It is none of these; the message says what there is.
    """
    if '://' in name or Path(name).exists():
        return name
    if name in shipped_models():
        return str(FOLDER / f'{name}{SUFFIX}')
    raise InputError(f'{name}: no such checkpoint, nor the name of a model that comes with srcnn ({_listed()}).')


def _listed() -> str:
    return ', '.join(shipped_models()) or 'none does in this version: give the path of a checkpoint'
