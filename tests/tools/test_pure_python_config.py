"""mmengine's other style of config, with imports for bases and classes for types."""

import shutil
from pathlib import Path

import pytest

from srcnn.engine.checkpoint import read_checkpoint, weights_of

ROOT = Path(__file__).resolve().parents[2]
LEAF = """
from mmengine.config import read_base
from mmengine.hooks import CheckpointHook
from mmengine.optim import AmpOptimWrapper
from torch.optim import SGD

from srcnn.models import SuperResolver
from srcnn.models.networks import SRCNNNet

with read_base():
    from .._base_.datasets.div2k_x4 import *
    from .._base_.datasets.sisr_x4_test import *
    from .._base_.default_runtime import *
    from .._base_.models.srcnn_rgb import *
    from .._base_.schedules.adam_cosine_1000k import *

model.update(type=SuperResolver, generator=dict(type=SRCNNNet, channels=(3, 8, 3), kernel_sizes=(3, 3)))
optim_wrapper = dict(type=AmpOptimWrapper, optimizer=dict(type=SGD, lr=1e-3))
train_cfg.update(max_iters=2, val_interval=2)
default_hooks.checkpoint.update(type=CheckpointHook, interval=2, out_dir='elsewhere')
root = 'ROOT'
for loader in (train_dataloader, val_dataloader, set5_dataloader):
    loader.update(num_workers=0)
    loader.dataset.update(data_root=root, data_prefix=dict(img='LR', gt='HR'), filename_tmpl=dict(img='{}'), cache=None)
train_dataloader.update(batch_size=2)
train_dataloader.dataset.pipeline[3].update(gt_patch_size=32)
test_dataloader = [set5_dataloader]
test_evaluator = [set5_evaluator]
"""


@pytest.fixture
def leaf(pairs, tmp_path, monkeypatch) -> Path:
    """The config above among those that ship, in the folder where the tests work."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / 'configs', 'configs')
    path = tmp_path / 'configs/srcnn/leaf.py'
    path.write_text(LEAF.replace('ROOT', pairs.as_posix()))
    return path


def test_through_the_tools(call, leaf, tmp_path):
    done = call('analysis_tools/print_config.py', leaf, '--check')
    assert (done.status, done.errors) == (0, [])

    options = ['model.generator.kernel_sizes=(5,3)', 'experiment_name=pure1']
    assert call('train.py', leaf, '--amp', '--cfg-options', *options).status == 0
    run = tmp_path / 'work_dirs/leaf'
    assert weights_of(read_checkpoint(str(run / 'iter_2.pth')))['generator.conv1.weight'].shape == (8, 3, 5, 5)
    assert not Path('elsewhere').exists()

    options = ['model.generator.kernel_sizes=(5,3)', 'experiment_name=pure2', 'train_cfg.max_iters=3']
    done = call('train.py', leaf, '--resume', '--cfg-options', *options)
    assert (done.status, done.errors) == (0, [])

    # the config as it was written down beside its results
    done = call('test.py', next(run.glob('*.py')), run / 'iter_2.pth', '--cfg-options', 'experiment_name=pure3')
    assert (done.status, done.errors) == (0, [])
    assert 'Set5      5       PSNR' in done.out
