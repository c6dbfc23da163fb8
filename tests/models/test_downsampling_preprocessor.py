import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate

from srcnn import InputError
from srcnn.datasets.transforms import PackInputs, RandomCropWithMargin
from srcnn.image.resize import imresize
from srcnn.models import DownsamplingPreprocessor


def noise(height: int, width: int) -> np.ndarray:
    img = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    img[..., 1:] = np.dstack(np.mgrid[:height, :width])  # says where a pixel comes from
    return img


@pytest.mark.parametrize('edges', ['symmetric', 'replicate'])
@pytest.mark.parametrize('convention', ['double', 'uint8'])
@pytest.mark.parametrize('scale', [2, 3, 4])
def test_the_patches_are_those_of_the_whole_image(scale, convention, edges):
    gt, pack = noise(9 * scale, 12 * scale), PackInputs(keys='gt')
    whole = imresize(gt, 1 / scale, convention=convention, edges=edges).transpose(2, 0, 1)
    crop = RandomCropWithMargin(5 * scale, scale, edges)
    batch = pseudo_collate([pack(crop({'gt': gt})) for _ in range(60)])
    out = DownsamplingPreprocessor(std=1, convention=convention)(batch, training=True)
    tops, lefts = set(), set()
    for img, patch in zip(out['inputs'].numpy(), out['data_samples']['gt'].numpy()):
        top, left = (int(n) for n in patch[1:, 0, 0])
        tops.add(top // scale)
        lefts.add(left // scale)
        assert np.array_equal(patch.transpose(1, 2, 0), gt[top : top + 5 * scale, left : left + 5 * scale])
        assert np.array_equal(img, whole[:, top // scale :, left // scale :][:, :5, :5])
    assert (min(tops), max(tops), min(lefts), max(lefts)) == (0, 4, 0, 7)


def test_normalises_both_and_leaves_tests_alone():
    pack, crop = PackInputs(keys='gt'), RandomCropWithMargin(8, 2)
    batch = pseudo_collate([pack(crop({'gt': np.full((16, 16, 1), 255, np.uint8)}))])
    pre = DownsamplingPreprocessor(mean=55, std=100)
    out = pre(batch, training=True)
    assert out['inputs'].unique().tolist() == out['data_samples']['gt'].unique().tolist() == [2]
    out = pre({'inputs': [torch.zeros(1, 4, 4)], 'data_samples': {'gt': [torch.zeros(1, 8, 8)]}})
    assert out['inputs'].shape == (1, 1, 4, 4)


def test_pipelines_that_do_not_fit():
    pair = {'inputs': [torch.zeros(3, 8, 8)], 'data_samples': {'gt': [torch.zeros(3, 32, 32)], 'scale': [4]}}
    with pytest.raises(InputError, match='RandomCropWithMargin'):
        DownsamplingPreprocessor()(pair, training=True)
    deep = pseudo_collate([PackInputs(keys='gt')({'gt': np.zeros((24, 24, 1), np.uint16), 'scale': 4})])
    with pytest.raises(InputError, match='8-bit.*RandomCropAndDownsample'):
        DownsamplingPreprocessor()(deep, training=True)
