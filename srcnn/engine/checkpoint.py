"""Checkpoints that may come from anywhere: read without running code, checked before any weight is copied."""

import importlib
import pickle
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader
from torch import Tensor, nn

from srcnn.engine.download import download
from srcnn.engine.foreign.matlab import is_matlab, read_matlab
from srcnn.errors import InputError

STATISTICS = ('min', 'max', 'mean', 'current')


def _statistic(owner: Any, name: str) -> Any:
    """Stands in for ``getattr``, by which pickles name the methods of mmengine's loss histories; good for no more."""
    if owner is not HistoryBuffer or name not in STATISTICS:
        raise pickle.UnpicklingError(f'Unsupported global: GLOBAL builtins.getattr({owner}, {name!r})')
    return getattr(owner, name)


# What mmengine writes into a checkpoint beside tensors and plain containers: loss histories, which are numpy arrays.
# The modules of numpy's functions have one name in version 1 and another in version 2.
NUMPY_CORE = 'core' if np.__version__.startswith('1.') else '_core'
_multiarray = importlib.import_module(f'numpy.{NUMPY_CORE}.multiarray')
ALLOWED_GLOBALS: list = [
    HistoryBuffer,
    np.ndarray,
    np.dtype,
    (_statistic, 'builtins.getattr'),
    *[
        (getattr(_multiarray, name), f'numpy.{core}.multiarray.{name}')
        for name in ('_reconstruct', 'scalar')
        for core in ('core', '_core')
    ],
    *[type(np.dtype(name)) for name in ('float64', 'float32', 'int64', 'int32', 'uint32', 'uint8', 'bool')],
]

# Under which of these the weights are: mmengine's, BasicSR's (averaged over training, or as they were last)
CONTAINERS = ('state_dict', 'params_ema', 'params')

# Parts of a model that are not its weights, in files of MMagic and mmediting.
NOT_WEIGHTS = re.compile(r'^(data_preprocessor\.|pixel_loss\.|step_counter$)')


def read_checkpoint(source: str, map_location: str | torch.device | Callable = 'cpu') -> dict:
    """Read a checkpoint from a path or an http(s) address.

    Only tensors, plain containers and the short list above are allowed in it; anything else, such as a reference to
    ``os.system``, is refused before it is called (``torch.load(weights_only=True)``).

    Args:
        source: Path or address. A file name that carries a hash, ``name-4186f232.pth``, is checked when downloaded.
        map_location: As for ``torch.load``.

    Returns:
        The dictionary in the file, without ``meta['config']``, which mmengine would execute on resuming.

    Raises:
        InputError: Missing, unreadable, damaged, no checkpoint, or with content that could run code.
    """
    path = download(source) if source.startswith(('http://', 'https://')) else Path(source).expanduser()
    if not path.is_file():
        raise InputError(f'{source}: no such checkpoint file; check the path.')
    if path.stat().st_size == 0:
        raise InputError(f'{source}: this checkpoint is an empty file; copy or download it again.')
    try:
        with torch.serialization.safe_globals(ALLOWED_GLOBALS), warnings.catch_warnings():
            warnings.simplefilter('ignore')  # of what torch thinks of files that it then refuses
            checkpoint: Any
            _check_archive(path)
            if is_matlab(path):
                checkpoint = read_matlab(path)
            elif _is_safetensors(path):
                checkpoint = _load_safetensors(path)
            else:
                checkpoint = torch.load(path, map_location=map_location, weights_only=True)
    except InputError:
        raise
    except Exception as error:  # torch raises whatever its parsers raise; each means that this file is not to be used
        raise InputError(f'{source}: {_explain(str(error))}') from error
    if not isinstance(checkpoint, dict) or not weights_of(checkpoint):
        raise InputError(f'{source}: no network weights in this file; a checkpoint is a dict of tensors.')
    if isinstance(checkpoint.get('meta'), dict):
        checkpoint['meta'].pop('config', None)
    return checkpoint


def weights_of(checkpoint: Mapping) -> dict[str, Tensor]:
    """The tensors by name, from a training checkpoint, of this package or of BasicSR, or a bare state dict."""
    state = next((checkpoint[name] for name in CONTAINERS if name in checkpoint), checkpoint)
    if not isinstance(state, Mapping):
        return {}
    return {str(name): value for name, value in state.items() if isinstance(value, Tensor)}


def load_weights(model: nn.Module, checkpoint: Mapping, source: str) -> None:
    """Copy weights into ``model``: all of them, or none and an error; see ``fitting_weights``."""
    model.load_state_dict(model.state_dict() | fitting_weights(model, checkpoint, source))


def fitting_weights(model: nn.Module, checkpoint: Mapping, source: str) -> dict[str, Tensor]:
    """The weights of a checkpoint under the names that ``model`` has for them.

    Names may carry ``module.`` (distributed training) and may lack ``generator.`` (a bare network).

    Raises:
        InputError: Names or shapes differ from the model's.
    """
    wanted = {name: value for name, value in model.state_dict().items() if not NOT_WEIGHTS.match(name)}
    found = {name.removeprefix('module.'): value for name, value in weights_of(checkpoint).items()}
    found = {name: value for name, value in found.items() if not NOT_WEIGHTS.match(name)}
    if not wanted.keys() & found.keys():
        prefixed = {f'generator.{name}': value for name, value in found.items()}
        found = prefixed if wanted.keys() & prefixed.keys() else found
    faults = [f'no {name}' for name in wanted if name not in found]
    faults += [f'{name} unknown to the model' for name in found if name not in wanted]
    faults += [
        f'{name} has shape {tuple(found[name].shape)}, the model {tuple(value.shape)}'
        for name, value in wanted.items()
        if name in found and found[name].shape != value.shape
    ]
    if faults:
        shown = '; '.join(faults[:4]) + (f'; and {len(faults) - 4} more' if len(faults) > 4 else '')
        raise InputError(
            f'{source}: these weights are not for this model ({shown}). Use the config that the checkpoint was trained '
            'with; nothing was loaded.'
        )
    return found


def _explain(message: str) -> str:
    """torch.load's long messages, as one sentence."""
    if match := re.search(r'GLOBAL ([\w.]+\.\w+)', message):
        return f'refused, because it refers to {match.group(1)}, and loading it could run code; get a safe copy.'
    if re.search('Weights only load failed|weights_only|nsupported', message):
        return 'refused: no checkpoint, or one with content other than tensors and plain containers.'
    first = message.splitlines()[0][:200] if message else 'unexpected end'
    return f'damaged, or no checkpoint ({first}); copy or download it again.'


def _check_archive(path: Path) -> None:
    """Look at a file in torch's format, a zip archive, before it is unpacked; torch itself compares no checksum."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise InputError(f'{path}: refused, because it is compressed, as torch never does; get a safe copy.')
        if sum(member.file_size for member in members) > path.stat().st_size:
            raise InputError(f'{path}: refused, because it claims to hold more than it does; get a safe copy.')
        if damaged := archive.testzip():
            raise InputError(f'{path}: damaged (the checksum of {damaged} is wrong); copy or download it again.')


def _is_safetensors(path: Path) -> bool:
    """Whether the file begins with the length of a JSON object, and the object."""
    with path.open('rb') as file:
        length, first = int.from_bytes(file.read(8), 'little'), file.read(1)
    return path.suffix == '.safetensors' or (first == b'{' and length < path.stat().st_size)


def _load_safetensors(path: Path) -> dict[str, Any]:
    try:
        from safetensors import safe_open
    except ModuleNotFoundError as error:
        raise InputError(f'{path}: reading it needs the package safetensors: pip install "srcnn[export]"') from error
    with safe_open(path, 'pt') as file:
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        cfg = (file.metadata() or {}).get('cfg')
    return {'state_dict': state, 'meta': {'cfg': cfg}} if cfg else state


def _load_for_mmengine(filename: str, map_location: Any = None) -> dict:
    return read_checkpoint(filename, map_location or 'cpu')


# mmengine's own loaders fail on its own checkpoints since torch 2.6 (mmengine#1655); its extension point takes ours, so
# that every path into it (load_from, resume, init_cfg) is the safe one.
CheckpointLoader.register_scheme(
    prefixes=['', 'http://', 'https://', *CheckpointLoader._schemes], loader=_load_for_mmengine, force=True
)
