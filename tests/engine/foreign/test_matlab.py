"""The authors' weights, of which shared/checkpoints holds two files, against the published way to apply them."""

import numpy as np
import pytest
import scipy.io
import torch

from srcnn import InputError
from srcnn.engine.checkpoint import read_checkpoint
from srcnn.engine.foreign.matlab import write_matlab


def arrays(n1: int = 4, n2: int = 3, sides: tuple = (5, 1, 3)) -> dict:
    """Random weights of a small network in the authors' layout."""
    rng = np.random.default_rng(0)
    k1, k2, k3 = (side * side for side in sides)
    shapes = {'weights_conv1': (k1, n1), 'weights_conv2': (n1, k2, n2), 'weights_conv3': (n2, k3)}
    shapes |= {'biases_conv1': (n1, 1), 'biases_conv2': (n2, 1), 'biases_conv3': (1, 1)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def test_filters_are_columns_columns_first(tmp_path):
    made = arrays()
    scipy.io.savemat(tmp_path / 'a.pth', made, appendmat=False)  # whatever its name
    state = read_checkpoint(str(tmp_path / 'a.pth'))['state_dict']
    # As in the authors' SRCNN.m: reshape(weights_conv1(:, i), 5, 5), and so on
    column_first = [
        made['weights_conv1'][:, 2].reshape(5, 5, order='F'),
        made['weights_conv3'][1].reshape(3, 3, order='F'),
    ]
    assert np.allclose(state['conv1.weight'][2, 0], column_first[0])
    assert np.allclose(state['conv3.weight'][0, 1], column_first[1])
    assert np.allclose(state['conv2.weight'][1, 3, 0, 0], made['weights_conv2'][3, 0, 1])
    assert np.allclose(state['conv2.bias'], made['biases_conv2'][:, 0])


def test_there_and_back(shared, tmp_path):
    for name in ('matlab_9-1-5_x3.mat', 'matlab_9-5-5_x3.mat'):
        state = read_checkpoint(str(shared / 'checkpoints' / name))['state_dict']
        write_matlab(tmp_path / name, state)
        before, after = (scipy.io.loadmat(folder / name) for folder in (shared / 'checkpoints', tmp_path))
        assert all(np.array_equal(before[key], after[key]) for key in before if key.startswith(('w', 'b')))


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'weights_conv2': None}, 'no weights_conv2'),
        ({'weights_conv1': np.array([[{}, 1]], object)}, 'cell'),
        ({'weights_conv1': {'field': np.zeros(3)}}, 'struct'),
        ({'biases_conv1': 'abcd'}, 'char'),
        ({'weights_conv1': np.zeros((25, 4), complex)}, 'other than real numbers'),
        ({'weights_conv1': np.zeros((24, 4))}, 'square filters'),
        ({'biases_conv2': np.zeros((9, 1))}, 'does not fit'),
        ({'weights_conv3': np.zeros((9, 9))}, 'does not fit'),
    ],
)
def test_other_content(tmp_path, change, message):
    content = {name: value for name, value in {**arrays(), **change}.items() if value is not None}
    scipy.io.savemat(tmp_path / 'a.mat', content)
    with pytest.raises(InputError, match=message):
        read_checkpoint(str(tmp_path / 'a.mat'))


def test_damaged_files_give_one_kind_of_error(tmp_path):
    scipy.io.savemat(tmp_path / 'whole.mat', arrays(), do_compression=True)
    whole = (tmp_path / 'whole.mat').read_bytes()
    rng = np.random.default_rng(1)
    refused = 0
    for i in range(100):
        damaged = bytearray(whole[: rng.integers(1, len(whole))] if i % 2 else whole)
        for place in rng.integers(0, len(damaged), 5):
            damaged[place] = rng.integers(0, 256)
        (tmp_path / 'a.mat').write_bytes(damaged)
        try:
            read_checkpoint(str(tmp_path / 'a.mat'))
        except InputError:
            refused += 1
    assert refused > 80


def test_only_the_authors_kind_of_network_can_be_written(tmp_path):
    weights = {f'conv{i}.{kind}': torch.zeros(3, 3, 5, 5) for i in (1, 2, 3) for kind in ('weight', 'bias')}
    with pytest.raises(InputError, match='for one channel'):
        write_matlab(tmp_path / 'a.mat', weights)


def test_version_7_3_is_explained(tmp_path):
    (tmp_path / 'a.mat').write_bytes(b'MATLAB 7.3 MAT-file' + bytes(600))
    with pytest.raises(InputError, match="'-v7'"):
        read_checkpoint(str(tmp_path / 'a.mat'))
