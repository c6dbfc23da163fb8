"""The weights of SRCNN as its authors publish them: a MATLAB file of six arrays.

Each filter is a column of k*k numbers, columns first, to be correlated with the picture, whose border is replicated:

    weights_conv1 (k1*k1, n1), weights_conv2 (n1, k2*k2, n2), weights_conv3 (n2, k3*k3); biases_conv1, 2, 3 (n, 1)
"""

import math
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from torch import Tensor

from srcnn.errors import InputError

NAMES = [f'{kind}_conv{i}' for i in (1, 2, 3) for kind in ('weights', 'biases')]
MAX_NUMBERS = 10_000_000  # in one array; the paper's largest has 51,200


def is_matlab(path: Path) -> bool:
    """Whether the file begins as MATLAB's do, versions 5 and newer."""
    with path.open('rb') as file:
        return file.read(7) == b'MATLAB '


def read_matlab(path: Path) -> dict:
    """Read the authors' weights.

    Returns:
        A checkpoint: ``state_dict`` with conv1, conv2 and conv3, and ``meta['cfg']``, the text of a config with the
        network that they belong to: for one channel, enlarged already, with replicated borders.

    Raises:
        InputError: Other content than these arrays of numbers, another version, damaged, or scipy is missing.
    """
    found = _read_arrays(path)
    weights = [_filters(i, found[f'weights_conv{i}'], path) for i in (1, 2, 3)]
    state: dict[str, Tensor] = {}
    for i, weight in enumerate(weights, start=1):
        bias = found[f'biases_conv{i}'].ravel()
        follows = i == 1 or weight.shape[1] == weights[i - 2].shape[0]
        if bias.size != weight.shape[0] or not follows:
            raise InputError(
                f'{path}: weights_conv{i} does not fit biases_conv{i} or the layer before; get a good copy.'
            )
        state[f'conv{i}.weight'] = torch.from_numpy(np.ascontiguousarray(weight, np.float32))
        state[f'conv{i}.bias'] = torch.from_numpy(bias.astype(np.float32))
    generator = {
        'type': 'SRCNNNet',
        'channels': [1, *(weight.shape[0] for weight in weights)],
        'kernel_sizes': [weight.shape[2] for weight in weights],
        'upscale_factor': 1,
        'padding_mode': 'replicate',
    }
    return {'state_dict': state, 'meta': {'cfg': f"model = dict(type='SuperResolver', generator={generator})"}}


def write_matlab(path: Path, weights: Mapping[str, Tensor]) -> None:
    """Write the six arrays.

    Args:
        path: File to write.
        weights: conv1.weight, conv1.bias, … of three layers, from one channel to one.

    Raises:
        InputError: Weights of another network, or scipy is missing.
    """
    wanted = {f'conv{i}.{kind}' for i in (1, 2, 3) for kind in ('weight', 'bias')}
    if weights.keys() != wanted or weights['conv1.weight'].shape[1] != 1 or weights['conv3.weight'].shape[0] != 1:
        raise InputError(
            "The authors' MATLAB layout holds SRCNN of three layers for one channel (Y), and these are "
            'weights of another network; write a .pth or .safetensors file.'
        )
    arrays = {f'biases_conv{i}': weights[f'conv{i}.bias'].numpy()[:, None] for i in (1, 2, 3)}
    for i in (1, 2, 3):
        filters = weights[f'conv{i}.weight'].numpy().transpose(1, 3, 2, 0)  # from, column, row, to
        arrays[f'weights_conv{i}'] = filters.reshape(filters.shape[0], -1, filters.shape[3])
    arrays['weights_conv1'] = arrays['weights_conv1'][0]
    arrays['weights_conv3'] = arrays['weights_conv3'][:, :, 0]
    _scipy_io(path).savemat(path, arrays, appendmat=False)


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of ``NAMES``, once it is clear that they are numbers and not many."""
    with path.open('rb') as file:
        if file.read(10) == b'MATLAB 7.3':
            raise InputError(f"{path}: MATLAB 7.3's format; load it in MATLAB and save it again with the option '-v7'.")
    io = _scipy_io(path)
    try:
        kinds = {name: (math.prod(shape), kind) for name, shape, kind in io.whosmat(path)}
        if missing := [name for name in NAMES if name not in kinds]:
            raise InputError(f"{path}: no {missing[0]} in this MATLAB file; SRCNN's authors' layout has {NAMES}.")
        for name in NAMES:
            size, kind = kinds[name]
            if kind not in ('single', 'double') or not 0 < size <= MAX_NUMBERS:
                raise InputError(
                    f'{path}: {name} holds {size} values of the class {kind}, and should hold real numbers.'
                )
        found = io.loadmat(path, variable_names=NAMES)
    except InputError:
        raise
    except Exception as error:  # of a damaged file, whatever the reader stumbles over
        raise InputError(f'{path}: a damaged MATLAB file ({error}); copy or download it again.') from error
    for name in NAMES:
        if found[name].dtype not in (np.float32, np.float64) or found[name].size != kinds[name][0]:
            raise InputError(f'{path}: {name} holds something other than real numbers.')
    return {name: found[name] for name in NAMES}


def _filters(layer: int, array: np.ndarray, path: Path) -> np.ndarray:
    """The array of a layer as (to, from, row, column)."""
    if layer == 1:
        array = array.reshape(1, *array.shape)
    array = array.reshape(*array.shape, *[1] * (3 - array.ndim))  # MATLAB drops what is 1 at the end
    side = math.isqrt(array.shape[1])
    if array.ndim != 3 or side * side != array.shape[1] or side % 2 == 0:
        raise InputError(f'{path}: weights_conv{layer} is {array.shape}, which are no square filters of an odd side.')
    return array.reshape(array.shape[0], side, side, array.shape[2]).transpose(3, 0, 2, 1)


def _scipy_io(path: Path) -> ModuleType:
    try:
        import scipy.io
    except ModuleNotFoundError as error:
        raise InputError(f'{path}: MATLAB files need the package scipy: pip install "srcnn[export]"') from error
    return scipy.io
