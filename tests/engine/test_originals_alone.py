"""Runs from a folder of originals alone: eight and sixteen bits, one, three and four channels."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config

from srcnn import InputError
from srcnn.engine import Runner
from srcnn.image.io import write_image
from srcnn.image.resize import imresize

COLOR_TYPE = {1: 'grayscale', 3: 'color', 4: 'unchanged'}
REDUCE = {'type': 'Downsample', 'scale': 4}
CUT = {'type': 'RandomCropAndDownsample', 'gt_patch_size': 32, 'scale': 4}
FLIP = {'type': 'Flip', 'keys': ['img', 'gt'], 'flip_ratio': 0.5}


def dataset(root, channels: int, *steps: dict, pack: str = 'img') -> dict:
    load = {'type': 'LoadImageFromFile', 'key': 'gt', 'color_type': COLOR_TYPE[channels]}
    pipeline = [load, *steps, {'type': 'PackInputs', 'keys': pack}]
    return {'type': 'BasicImageDataset', 'data_root': str(root), 'data_prefix': {'gt': 'HR'}, 'pipeline': pipeline}


@pytest.fixture
def originals(tmp_path):
    """``originals(dtype, channels)``: a folder with HR, three images of uneven sizes in it."""

    def make(dtype: type, channels: int):
        (tmp_path / 'own' / 'HR').mkdir(parents=True)
        for i in range(3):
            coarse = np.random.default_rng(i).integers(0, np.iinfo(dtype).max, (9, 7, channels)).astype(dtype)
            write_image(tmp_path / 'own' / 'HR' / f'{i}.png', imresize(coarse, size=(49 + i, 67)))
        return tmp_path / 'own'

    return make


@pytest.fixture
def originals_alone(tiny):
    """``originals_alone(root, channels)``: the tiny config, reducing on the fly and starting as the bicubic image."""

    def make(root, channels: int, **changes):
        cfg = tiny(max_iters=2, **changes)
        cfg.model.generator.update(channels=(channels, 8, 4, channels), init='identity')
        cfg.train_dataloader.dataset = dataset(root, channels, CUT, FLIP)
        cfg.val_dataloader.dataset = dataset(root, channels, REDUCE)
        cfg.test_dataloader[0].dataset = dataset(root, channels, REDUCE)
        return cfg

    return make


@pytest.mark.parametrize(('dtype', 'channels'), [(np.uint16, 1), (np.uint8, 4), (np.uint16, 4)])
def test_trains_validates_and_tests(originals, originals_alone, tmp_path, dtype, channels):
    runner = Runner.from_cfg(originals_alone(originals(dtype, channels), channels))
    batch = next(iter(runner.build_dataloader(runner._train_dataloader)))
    assert batch['inputs'][0].shape == (channels, 8, 8)
    assert batch['inputs'][0].dtype == getattr(torch, dtype.__name__)
    runner.train()
    rows = [json.loads(line) for line in next((tmp_path / 'run').glob('*/vis_data/scalars.json')).open()]
    assert rows[0]['loss'] < 0.05
    assert rows[-1]['PSNR'] > 25
    assert runner.test()['Tiny/PSNR'] == rows[-1]['PSNR']
    assert list((tmp_path / 'run').glob('*/vis_data/vis_image/*.png'))


def test_on_the_device_in_batches(originals, originals_alone):
    root = originals(np.uint8, 3)
    cfg = originals_alone(root, 3)
    cut = {'type': 'RandomCropWithMargin', 'gt_patch_size': 32, 'scale': 4}
    cfg.model.data_preprocessor = {'type': 'DownsamplingPreprocessor'}
    cfg.train_dataloader.dataset = dataset(root, 3, cut, {**FLIP, 'keys': 'gt'}, pack='gt')
    runner = Runner.from_cfg(cfg)
    runner.train()
    assert runner.iter == 2


def test_originals_alone_score_what_is_published_for_prepared_pairs(shared, tmp_path):
    cfg = Config.fromfile(Path(__file__).parents[2] / 'configs/srcnn/srcnn_x4k915_1xb16-1000k_hr-only.py')
    cfg.test_dataloader[0].dataset.update(data_root=str(shared / 'data/Set5'), data_prefix={'gt': 'HR'})
    cfg.load_from = str(shared / 'checkpoints/srcnn_x4k915_1x16_1000k_div2k_20200608-4186f232.pth')
    cfg.update(work_dir=str(tmp_path), experiment_name='originals alone', custom_hooks=[])
    scores = Runner.from_cfg(cfg).test()
    assert scores['mine/PSNR'] == pytest.approx(28.4316, abs=1e-4)
    assert scores['mine/SSIM'] == pytest.approx(0.8252, abs=1e-4)


def test_faults_are_found_before_training(originals, originals_alone):
    root = originals(np.uint8, 3)
    cfg = originals_alone(root, 3)
    cfg.train_dataloader.dataset.pipeline[1].gt_patch_size = 64
    with pytest.raises(InputError, match=r'(?s)3 faults.*smaller than gt_patch_size=64'):
        Runner.from_cfg(cfg).train()
    cfg = originals_alone(root, 3)
    cfg.train_dataloader.dataset.pipeline[1].scale = 2
    with pytest.raises(InputError, match=r'enlarges 4 times.*2 times as large'):
        Runner.from_cfg(cfg).train()
