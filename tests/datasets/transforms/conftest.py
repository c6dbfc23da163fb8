import numpy as np
import pytest


@pytest.fixture
def sample() -> dict:
    """A pair in which every pixel says where it comes from: gt[y, x] = (y, x, 0), img its top-left quarter pixels."""
    y, x = np.mgrid[0:40, 0:60].astype(np.uint8)
    gt = np.dstack([y, x, np.zeros_like(x)])
    return {'gt': gt, 'img': gt[::4, ::4], 'scale': 4, 'gt_path': 'g.png', 'img_path': 'i.png', 'key': 'g'}


@pytest.fixture
def shapes() -> dict:
    """The same pair as `check` sees it."""
    return {'gt_shape': (40, 60, 3), 'img_shape': (10, 15, 3), 'scale': 4, 'gt_path': 'g.png', 'img_path': 'i.png'}
