"""Weights that others have published, through tools/test.py, give the scores that others have published."""

import json

import pytest

from srcnn.image.crop import mod_crop
from srcnn.image.io import read_image, write_image
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ('config', 'weights', 'scale', 'psnr'),
    [
        ('srcnn_x3k915_y', 'matlab_9-1-5_x3.mat', 3, 32.42),
        pytest.param('srcnn_x3k955_y', 'matlab_9-5-5_x3.mat', 3, 32.50, marks=pytest.mark.slow),
        pytest.param('srcnn_x3k955_y_yjn870', 'yjn870_srcnn_x3.pth', 3, 32.66, marks=pytest.mark.slow),
        pytest.param('srcnn_x4k955_y_yjn870', 'yjn870_srcnn_x4.pth', 4, 30.25, marks=pytest.mark.slow),
    ],
)
def test_set5(shared, tmp_path, monkeypatch, call, config, weights, scale, psnr):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / 'data' / 'Set5' / f'GTmod{scale}'
    folder.mkdir(parents=True)
    for path in (shared / 'data' / 'Set5' / 'HR').iterdir():
        write_image(folder / path.name, mod_crop(read_image(path, color='rgb'), scale))
    done = call(
        'test.py', ROOT / f'configs/srcnn/{config}.py', shared / 'checkpoints' / weights, '--out', 'scores.json'
    )
    assert done.errors == []
    assert json.loads((tmp_path / 'scores.json').read_text())['Set5/PSNR'] == pytest.approx(psnr, abs=0.005)
