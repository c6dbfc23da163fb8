"""Every config that ships builds, and means one scale throughout."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope

from srcnn.engine.check_config import check_config
from srcnn.engine.prepare_config import prepare_config
from srcnn.registry import MODELS

ROOT = Path(__file__).resolve().parent.parent
CONFIGS = sorted(path for path in (ROOT / 'configs').rglob('*.py') if '_base_' not in path.parts)
each_config = pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.relative_to(ROOT).as_posix())


@each_config
def test_builds(path):
    cfg = Config.fromfile(path)
    check_config(cfg)
    prepared = prepare_config(Config({'work_dir': 'work_dirs/x', **cfg.to_dict()}))
    check_config(prepared)
    with DefaultScope.overwrite_default_scope('srcnn'):
        model = MODELS.build(cfg.model)
    channels = cfg.model.generator.channels
    out = model(torch.zeros(1, channels[0], 8, 6))
    assert out.shape == (1, channels[-1], 8 * model.scale, 6 * model.scale)


@pytest.mark.parametrize('scale', [2, 3, 4])
def test_sisters_differ_in_scale_alone(scale):
    """Of the network, the crop of training, the folders, and the border that is left out of the scores."""
    cfg = Config.fromfile(ROOT / f'configs/srcnn/srcnn_x{scale}k915_1xb16-1000k_div2k.py')
    assert cfg.model.generator.upscale_factor == scale
    assert [step.dictionary.scale for step in cfg.train_dataloader.dataset.pipeline if 'dictionary' in step] == [scale]
    loaders = [cfg.train_dataloader, cfg.val_dataloader, *cfg.test_dataloader]
    for folder in (loader.dataset.data_prefix.img for loader in loaders):
        assert f'X{scale}' in folder or f'x{scale}' in folder
    evaluators = [cfg.val_evaluator, *cfg.test_evaluator]
    borders = {metric.crop_border for evaluator in evaluators for metric in evaluator.metrics if metric.type != 'MAE'}
    assert borders == {scale}
