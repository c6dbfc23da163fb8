import numpy as np
import pytest
import torch

from srcnn import InputError
from srcnn.datasets.transforms import PackInputs
from srcnn.datasets.transforms.pack_inputs import to_tensor


def test_packs_images_and_keeps_the_names(sample):
    packed = PackInputs()(sample | {'something': 1})
    assert packed['inputs'].dtype == torch.uint8
    assert packed['inputs'].shape == (3, 10, 15)
    assert packed['inputs'].is_contiguous()
    assert np.array_equal(packed['data_samples']['gt'].numpy().transpose(1, 2, 0), sample['gt'])
    assert packed['data_samples'].keys() == {'gt', 'key', 'img_path', 'gt_path', 'scale'}


def test_sixteen_bits_stay():
    img = np.array([[[65535]]], np.uint16)
    assert to_tensor(img).dtype == torch.uint16


def test_check_finds_the_scale_or_says_why_not(shapes):
    del shapes['scale']
    PackInputs().check(shapes)
    assert shapes['scale'] == 4
    with pytest.raises(InputError, match=r'i\.png is 15x10 and its original g\.png is 61x40'):
        PackInputs().check({**shapes, 'scale': None, 'gt_shape': (40, 61, 3)})
    with pytest.raises(InputError, match='LoadImageFromFile'):
        PackInputs().check({})
