import shutil

import numpy as np
import pytest
import torch

from srcnn import InputError
from srcnn.apis.methods import apply_methods, find_picture, make_method, pair
from srcnn.image.io import read_image, write_image
from srcnn.image.resize import imresize
from srcnn.registry import MODELS


def test_interpolation(pairs):
    lr = read_image(pairs / 'LR/0.png')
    assert (make_method('bicubic', 4)('0', lr) == imresize(lr, 4)).all()
    nearest = make_method('nearest', 4)('0', lr)
    assert (nearest[::4, ::4] == lr).all()
    assert (nearest[3::4, 3::4] == lr).all()


def test_finished_pictures(pairs, tmp_path):
    for name in ('0.png', '01.png', '1_mine.png', '2x4.png', '20.png'):
        shutil.copy(pairs / 'HR/0.png', tmp_path / name)
    assert [find_picture(tmp_path, name).name for name in '012'] == ['0.png', '1_mine.png', '2x4.png']
    with pytest.raises(InputError, match='no picture of the name 3'):
        find_picture(tmp_path, '3')
    shutil.copy(pairs / 'HR/0.png', tmp_path / '1-other.png')
    with pytest.raises(InputError, match='several pictures of the name 1'):
        find_picture(tmp_path, '1')
    assert (make_method(str(tmp_path), 4)('0', np.zeros(0)) == read_image(pairs / 'HR/0.png')).all()
    assert (make_method(str(tmp_path / '01.png'), 4)('0', np.zeros(0)) == read_image(pairs / 'HR/0.png')).all()


def test_a_network_by_config_and_checkpoint(pairs, tiny, tmp_path):
    cfg = tiny()
    cfg.dump(tmp_path / 'tiny.py')
    model = MODELS.build(cfg.model)
    torch.save({'state_dict': model.state_dict()}, tmp_path / 'weights.pth')
    lr = read_image(pairs / 'LR/0.png')
    method = make_method(f'{tmp_path / "tiny.py"},{tmp_path / "weights.pth"}', 4, 'cpu')
    with torch.no_grad():
        expected = model.generator(torch.from_numpy(lr).permute(2, 0, 1)[None].float() / 255)[0]
    expected = (expected * 255 + 0.5).floor().clamp(0, 255).permute(1, 2, 0).numpy()
    assert np.abs(method('0', lr) - expected).max() <= 1
    assert np.mean(method('0', lr) != expected) < 1e-3  # ties only


def test_a_method_that_is_none():
    with pytest.raises(InputError, match='bicubc'):
        make_method('bicubc', 4)


def test_pairs(pairs, tmp_path):
    hr, lr = pair(pairs / 'HR/0.png', 4)
    assert (lr == read_image(pairs / 'LR/0.png')).all()
    hr, lr = pair(pairs / 'HR/1.png', 5)
    assert (hr.shape, lr.shape) == ((70, 95, 3), (14, 19, 3))
    given = pair(pairs / 'HR/0.png', 4, pairs / 'LR')
    assert (given[1] == read_image(pairs / 'LR/0.png')).all()
    write_image(tmp_path / '0.png', given[1][1:])
    hr, lr = pair(pairs / 'HR/0.png', 4, tmp_path / '0.png')
    assert (hr.shape, lr.shape) == ((60, 96, 3), (15, 24, 3))
    with pytest.raises(InputError, match=r'0\.png: 24x16 pixels are too many'):
        pair(pairs / 'HR/0.png', 8, pairs / 'LR')


def test_results_have_the_size_of_the_original():
    hr, lr = np.zeros((8, 12, 3), np.uint8), np.zeros((2, 3, 3), np.uint8)
    larger = np.arange(9 * 15 * 3, dtype=np.uint8).reshape(9, 15, 3)
    methods = {'mine': lambda name, lr: larger}
    assert (apply_methods(methods, 'a', hr, lr)['mine'] == larger[:8, :12]).all()
    for other in (larger[:7], np.zeros((8, 16, 3), np.uint8)):
        with pytest.raises(InputError, match='mine: its picture of a has'):
            apply_methods({'mine': lambda name, lr, other=other: other}, 'a', hr, lr)
