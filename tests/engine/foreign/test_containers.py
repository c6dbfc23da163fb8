"""Where other programs put the weights in a checkpoint, and the weights' names there."""

import shutil

import pytest
import torch

from srcnn.engine.checkpoint import load_weights, read_checkpoint
from srcnn.models import SuperResolver


@pytest.mark.parametrize('container', ['params', 'params_ema', 'state_dict', None])
@pytest.mark.parametrize('prefix', ['', 'generator.', 'module.', 'module.generator.'])
def test_loads_from_everywhere(tmp_path, container, prefix):
    trained, model = (SuperResolver(generator={'type': 'SRCNNNet', 'channels': (1, 4, 2, 1)}) for _ in range(2))
    weights = {prefix + name: value for name, value in trained.generator.state_dict().items()}
    content = {container: weights} if container else weights
    if container == 'params_ema':  # is preferred to what lies beside it
        content['params'] = {name: value + 1 for name, value in weights.items()}
    torch.save(content, tmp_path / 'a.pth')
    load_weights(model, read_checkpoint(str(tmp_path / 'a.pth')), 'a.pth')
    assert torch.equal(model.generator.conv3.weight, trained.generator.conv3.weight)


def test_a_plain_state_dict_loads(shared):
    network = {'type': 'SRCNNNet', 'channels': (1, 64, 32, 1), 'kernel_sizes': (9, 5, 5), 'upscale_factor': 1}
    path = shared / 'checkpoints' / 'yjn870_srcnn_x3.pth'  # saved on a GPU
    load_weights(SuperResolver(generator=network), read_checkpoint(str(path)), str(path))


def test_safetensors_under_another_name(tmp_path):
    safetensors = pytest.importorskip('safetensors.torch')
    safetensors.save_file({'w': torch.ones(2)}, tmp_path / 'a.safetensors', {'cfg': 'model = dict()'})
    shutil.move(tmp_path / 'a.safetensors', tmp_path / 'a.bin')
    checkpoint = read_checkpoint(str(tmp_path / 'a.bin'))
    assert checkpoint['meta'] == {'cfg': 'model = dict()'}
    assert torch.equal(checkpoint['state_dict']['w'], torch.ones(2))
