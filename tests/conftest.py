"""Shared fixtures: where the real test material lies, small pairs of images made on the spot, a run of a second."""

import itertools
import os
from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config

from srcnn.image.io import write_image
from srcnn.image.resize import imresize

ROOT = Path(__file__).resolve().parent.parent
NUMBER = itertools.count()
LOAD = [{'type': 'LoadImageFromFile', 'key': key} for key in ('img', 'gt')]


@pytest.fixture(scope='session')
def shared() -> Path:
    """Folder with real images, checkpoints and reference values; tests that need it skip where it is absent."""
    folder = Path(os.environ.get('SRCNN_SHARED', ROOT.parent / 'shared'))
    if not (folder / 'data').is_dir():
        pytest.skip(f'real test data not found at {folder}; set SRCNN_SHARED to the folder that holds it')
    return folder


def make_image(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Smooth (H, W, 3) uint8 colour noise: something an enlargement can be right or wrong about."""
    coarse = np.random.default_rng(seed).integers(0, 256, (height // 8 + 2, width // 8 + 2, 3), dtype=np.uint8)
    return imresize(coarse, size=(height, width))


@pytest.fixture(scope='session')
def pairs(tmp_path_factory) -> Path:
    """Folder with HR and LR (x4), five images each, of different sizes."""
    root = tmp_path_factory.mktemp('pairs')
    for name in ('HR', 'LR'):
        (root / name).mkdir()
    for i in range(5):
        hr = make_image(64 + 8 * i, 96, seed=i)
        write_image(root / 'HR' / f'{i}.png', hr)
        write_image(root / 'LR' / f'{i}.png', imresize(hr, 1 / 4, convention='double'))
    return root


def loader(root, pipeline, shuffle=False, **changes) -> dict:
    dataset = {
        'type': 'BasicImageDataset',
        'data_root': str(root),
        'data_prefix': {'img': 'LR', 'gt': 'HR'},
        'pipeline': [*LOAD, *pipeline, {'type': 'PackInputs'}],
    }
    sampler = {'type': 'InfiniteSampler' if shuffle else 'DefaultSampler', 'shuffle': shuffle}
    return {'num_workers': 0, 'sampler': sampler, 'dataset': dataset, **changes}


def tiny_config(root, work_dir, max_iters=4, **changes) -> Config:
    """A whole run in a second: five pairs, a small network, validation and checkpoint every two iterations."""
    crop = [{'type': 'SetValues', 'dictionary': {'scale': 4}}, {'type': 'PairedRandomCrop', 'gt_patch_size': 32}]
    cfg = {
        'model': {
            'type': 'BaseEditModel',
            'generator': {'type': 'SRCNNNet', 'channels': (3, 8, 4, 3), 'kernel_sizes': (5, 1, 3)},
            'pixel_loss': {'type': 'L1Loss'},
        },
        'train_dataloader': loader(root, crop, shuffle=True, batch_size=2),
        'val_dataloader': loader(root, []),
        'val_evaluator': [{'type': 'PSNR', 'crop_border': 4}, {'type': 'SSIM', 'crop_border': 4}],
        'test_dataloader': [loader(root, [])],
        'test_evaluator': [{'type': 'Evaluator', 'metrics': [{'type': 'PSNR', 'crop_border': 4, 'prefix': 'Tiny'}]}],
        'train_cfg': {'type': 'IterBasedTrainLoop', 'max_iters': max_iters, 'val_interval': 2},
        'val_cfg': {'type': 'MultiValLoop'},
        'test_cfg': {'type': 'MultiTestLoop'},
        'optim_wrapper': {'type': 'OptimWrapper', 'optimizer': {'type': 'Adam', 'lr': 1e-3}},
        'param_scheduler': {'type': 'CosineRestartLR', 'by_epoch': False, 'periods': [100], 'restart_weights': [1],
                            'eta_min': 0},
        'default_hooks': {
            'logger': {'type': 'LoggerHook', 'interval': 1},
            'checkpoint': {'type': 'CheckpointHook', 'interval': 2, 'by_epoch': False, 'save_best': 'PSNR',
                           'rule': 'greater', 'out_dir': './elsewhere'},
        },
        'visualizer': {'type': 'ConcatImageVisualizer', 'vis_backends': [{'type': 'LocalVisBackend'}]},
        'custom_hooks': [{'type': 'BasicVisualizationHook', 'interval': 2}],
        'log_processor': {'type': 'LogProcessor', 'by_epoch': False},
        'randomness': {'seed': 1},
        'work_dir': str(work_dir),
        'experiment_name': f'tiny{next(NUMBER)}',  # mmengine keeps loggers by name, for ever
    }  # fmt: skip
    cfg = Config(cfg)
    cfg.merge_from_dict(changes)
    return cfg


@pytest.fixture
def tiny(pairs, tmp_path):
    """``tiny(**changes)``: the config above on the shared pairs, in this test's own work directory."""

    def make(**changes) -> Config:
        work_dir = changes.pop('work_dir', tmp_path / 'run')
        return tiny_config(pairs, Path(work_dir), **changes)

    return make
