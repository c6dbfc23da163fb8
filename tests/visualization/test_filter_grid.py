import numpy as np
import pytest
import torch

from srcnn import InputError
from srcnn.visualization.filter_grid import filter_grid, first_filters


def test_values_and_order():
    weight = np.zeros((3, 1, 2, 2))
    weight[0, 0] = [[0.1, -0.1], [0, 0.05]]
    weight[1, 0] = [[2, 1], [-2, 0]]  # varies more, so it comes first; the empty filter last
    grid = filter_grid(weight, columns=2)
    assert grid.shape == (7, 7, 1)
    assert grid[1:3, 1:3, 0].tolist() == [[255, 191], [0, 128]]
    assert grid[1:3, 4:6, 0].tolist() == [[255, 0], [128, 191]]
    assert (grid[4:6, 1:3] == 128).all()
    assert (grid[4:6, 4:6] == 255).all()  # no fourth filter
    assert (grid[[0, 3, 6]] == 255).all()


def test_one_scale_for_all():
    weight = np.stack([np.full((1, 2, 2), 1.0), np.full((1, 2, 2), 0.5)])
    grid = filter_grid(weight, columns=2, common=True)
    assert grid[1, [1, 4], 0].tolist() == [255, 191]


def test_colours():
    weight = np.zeros((1, 3, 1, 1))
    weight[0, :, 0, 0] = [1, -1, 0]
    assert filter_grid(weight, gap=0).tolist() == [[[255, 0, 128]]]


def test_the_first_layer_that_looks_around():
    weights = {
        'mix.weight': torch.zeros(8, 3, 1, 1),
        'generator.conv1.bias': torch.zeros(8),
        'generator.conv1.weight': torch.ones(8, 3, 9, 9),
        'generator.conv2.weight': torch.zeros(8, 8, 3, 3),
    }
    name, filters = first_filters(weights, 'file')
    assert name == 'generator.conv1'
    assert filters.shape == (8, 3, 9, 9)
    assert first_filters(weights, 'file', 'generator.conv2')[1].shape == (8, 8, 3, 3)
    with pytest.raises(InputError, match='file: no generator.conv7 with filters'):
        first_filters(weights, 'file', 'generator.conv7')
    with pytest.raises(InputError, match=r'not \(8, 8, 3, 3\)'):
        filter_grid(np.zeros((8, 8, 3, 3)))
