import hashlib
import subprocess
import sys

import pytest
import torch

from srcnn.engine.checkpoint import load_weights, read_checkpoint
from srcnn.models import SuperResolver
from tests.conftest import ROOT

TOOL = str(ROOT / 'tools/model_converters/publish_model.py')


@pytest.mark.parametrize('suffix', ['.pth', '.safetensors'])
def test_weights_alone_named_after_their_content(tmp_path, suffix):
    if suffix == '.safetensors':
        pytest.importorskip('safetensors')
    model = SuperResolver(generator={'type': 'SRCNNNet'})
    torch.save({'state_dict': model.state_dict(), 'optimizer': {'big': torch.zeros(10**6)}}, tmp_path / 'in.pth')
    command = [sys.executable, TOOL, str(tmp_path / 'in.pth'), str(tmp_path / f'out{suffix}')]
    subprocess.run(command, check=True, capture_output=True)
    (out,) = tmp_path.glob('out-*')
    assert out.name == f'out-{hashlib.sha256(out.read_bytes()).hexdigest()[:8]}{suffix}'
    assert out.stat().st_size < 100_000
    other = SuperResolver(generator={'type': 'SRCNNNet'})
    load_weights(other, read_checkpoint(str(out)), str(out))
    assert torch.equal(other.generator.conv1.weight, model.generator.conv1.weight)


def test_unknown_suffix(tmp_path):
    torch.save({'w': torch.zeros(1)}, tmp_path / 'in.pth')
    command = [sys.executable, TOOL, str(tmp_path / 'in.pth'), str(tmp_path / 'out.bin')]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert 'must end in .pth or .safetensors' in done.stderr
