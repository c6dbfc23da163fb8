import pytest
import torch

from srcnn import InputError
from srcnn.models import DataPreprocessor


def batch(*shapes, dtype=torch.uint8):
    images = [torch.randint(0, 256, shape).to(dtype) for shape in shapes]
    return {'inputs': images, 'data_samples': {'gt': [image.clone() for image in images], 'gt_path': ['a', 'b']}}


def test_training_normalises_both():
    data = batch((3, 4, 4), (3, 4, 4))
    out = DataPreprocessor(mean=[0, 10, 20], std=[255, 1, 2])(data, training=True)
    assert out['inputs'].dtype == torch.float32
    expected = (data['inputs'][1][2].float() - 20) / 2
    torch.testing.assert_close(out['inputs'][1, 2], expected)
    torch.testing.assert_close(out['data_samples']['gt'][1, 2], expected)


def test_test_keeps_the_pixels():
    data = batch((3, 4, 4))
    out = DataPreprocessor()(data)
    assert out['data_samples']['gt'][0].dtype == torch.uint8
    assert out['data_samples']['img'][0] is data['inputs'][0]
    assert 0 <= out['inputs'].min() <= out['inputs'].max() <= 1


def test_there_and_back():
    pixels = torch.arange(256).float().view(1, 1, 16, 16).repeat(1, 3, 1, 1)
    pre = DataPreprocessor(mean=[114.444, 111.4605, 103.02], std=[255, 255, 255])
    torch.testing.assert_close(pre.denormalize(pre.normalize(pixels)), pixels, atol=1e-4, rtol=0)


def test_output_is_clamped_not_rounded():
    torch.testing.assert_close(
        DataPreprocessor().denormalize(torch.tensor([-0.1, 0.3, 1.2]).view(1, 1, 1, 3)).flatten(),
        torch.tensor([0, 76.5, 255]),
    )


def test_sixteen_bits_have_the_same_range():
    white = torch.full((1, 1, 2, 2), 65535, dtype=torch.int32).to(torch.uint16)
    torch.testing.assert_close(DataPreprocessor().normalize(white), torch.ones(1, 1, 2, 2))


def test_equal_numbers_fit_any_channels():
    pre = DataPreprocessor(mean=[0, 0, 0], std=[255, 255, 255])
    assert pre.normalize(torch.zeros(1, 1, 2, 2, dtype=torch.uint8)).shape == (1, 1, 2, 2)


def test_errors_name_the_cause():
    with pytest.raises(InputError, match='channels'):
        DataPreprocessor(mean=[1, 2, 3]).normalize(torch.zeros(1, 1, 2, 2))
    with pytest.raises(InputError, match='std'):
        DataPreprocessor(std=0)
    with pytest.raises(InputError, match='batch_size=1'):
        DataPreprocessor()(batch((3, 4, 4), (3, 5, 4)))


def test_nothing_of_it_is_a_weight():
    assert not DataPreprocessor().state_dict()
