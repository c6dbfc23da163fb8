import numpy as np
import pytest
import torch
from mmengine.config import Config

from srcnn import InputError
from srcnn.apis import init_model, upscale_image

IDENTITY = {
    'model': {
        'type': 'BaseEditModel',
        'generator': {'type': 'SRCNNNet', 'channels': (3, 8, 4, 3), 'kernel_sizes': (5, 1, 3), 'init': 'identity'},
    }
}


@pytest.fixture(scope='module')
def model():
    return init_model(Config(IDENTITY), device='cpu')


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
def test_enlarges_an_array(model, dtype):
    top = np.iinfo(dtype).max
    img = np.zeros((6, 9, 3), dtype)
    img[:] = (0, top, top // 5)
    out = upscale_image(model, img)
    assert out.shape == (24, 36, 3)
    assert out.dtype == np.uint8
    assert (out == (0, 255, 51)).all()


def test_takes_a_view(model):
    img = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    assert (upscale_image(model, img[:, ::-1]) == upscale_image(model, img[:, ::-1].copy())).all()


def test_config_file_and_checkpoint(model, tmp_path):
    Config(IDENTITY).dump(tmp_path / 'config.py')
    torch.save({'state_dict': {name: value + 1 for name, value in model.state_dict().items()}}, tmp_path / 'a.pth')
    loaded = init_model(tmp_path / 'config.py', str(tmp_path / 'a.pth'), device='cpu')
    assert torch.equal(loaded.generator.conv1.bias, model.generator.conv1.bias + 1)
    assert not loaded.training


def test_the_scores_are_of_the_same_picture(tiny, pairs):
    """What a program gets is what tools/test.py scores."""
    from srcnn.engine import Runner
    from srcnn.evaluation import PSNR
    from srcnn.image.io import read_image

    runner = Runner.from_cfg(tiny())
    runner.test()
    for key, score in runner.test_loop.report['per_image']['Tiny/PSNR'].items():
        out = upscale_image(runner.model, read_image(pairs / 'LR' / f'{key}.png'))
        assert PSNR(crop_border=4).score(out, read_image(pairs / 'HR' / f'{key}.png')) == pytest.approx(score, abs=1e-9)


@pytest.mark.parametrize('img', [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3))])
def test_arrays_that_are_no_image(model, img):
    with pytest.raises(InputError, match='upscale_image'):
        upscale_image(model, img)


def test_no_such_config(tmp_path):
    with pytest.raises(InputError, match=r'none\.py: no such config'):
        init_model(tmp_path / 'none.py')


def test_a_misspelt_key():
    cfg = Config(IDENTITY)
    cfg.merge_from_dict({'model.generator.upscale_facto': 4})
    with pytest.raises(
        InputError, match=r"model\.generator: unknown key 'upscale_facto'; did you mean 'upscale_factor'"
    ):
        init_model(cfg)
