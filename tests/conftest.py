"""Shared fixtures: where the real test material lies, and small pairs of images made on the spot."""

import os
from pathlib import Path

import numpy as np
import pytest

from srcnn.image.io import write_image
from srcnn.image.resize import imresize

ROOT = Path(__file__).resolve().parent.parent


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
