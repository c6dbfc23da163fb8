import pytest
import torch
from mmengine.config import Config

from srcnn import InputError
from srcnn.apis import init_model

SMALL = {
    'model': {
        'type': 'BaseEditModel',
        'generator': {'type': 'SRCNNNet', 'channels': (3, 8, 4, 3), 'kernel_sizes': (5, 1, 3), 'init': 'identity'},
    }
}


def test_config_file_and_checkpoint(tmp_path):
    model = init_model(Config(SMALL), device='cpu')
    Config(SMALL).dump(tmp_path / 'config.py')
    torch.save({'state_dict': {name: value + 1 for name, value in model.state_dict().items()}}, tmp_path / 'a.pth')
    loaded = init_model(tmp_path / 'config.py', str(tmp_path / 'a.pth'), device='cpu')
    assert torch.equal(loaded.generator.conv1.bias, model.generator.conv1.bias + 1)
    assert not loaded.training


def test_no_such_config(tmp_path):
    with pytest.raises(InputError, match=r'none\.py: no such config'):
        init_model(tmp_path / 'none.py')


def test_a_misspelt_key():
    cfg = Config(SMALL)
    cfg.merge_from_dict({'model.generator.upscale_facto': 4})
    with pytest.raises(
        InputError, match=r"model\.generator: unknown key 'upscale_facto'; did you mean 'upscale_factor'"
    ):
        init_model(cfg)
