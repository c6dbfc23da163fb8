import numpy as np
import pytest
import torch

from srcnn.errors import InputError
from srcnn.evaluation import Protocol
from srcnn.image.color import rgb_to_ycbcr


def test_rounds_half_away_and_clips_then_crops():
    row = torch.tensor([[[9.0, -3, 0.5, 1.5, 254.49, 300, 9]]]).expand(3, 3, 7)
    assert Protocol(crop_border=1).apply(row)[0].tolist() == [[0, 1, 2, 254, 255]]
    assert Protocol(crop_border=1, rounding=False).apply(row[..., 2:5])[0].tolist() == [[1.5]]


def test_colour_comes_after_rounding_and_is_not_rounded():
    img = torch.rand(3, 6, 7, generator=torch.Generator().manual_seed(0)) * 255
    whole = np.floor(img.double().numpy().transpose(1, 2, 0) + 0.5)
    expected = torch.from_numpy(rgb_to_ycbcr(whole / 255) * 255).permute(2, 0, 1)
    assert torch.allclose(Protocol('YCbCr').apply(img), expected, rtol=0, atol=1e-10)
    assert torch.allclose(Protocol('Y').apply(img), expected[:1], rtol=0, atol=1e-10)


def test_one_channel_of_rgb():
    img = torch.arange(3 * 4 * 4, dtype=torch.uint8).view(3, 4, 4)
    for i, channel in enumerate('RGB'):
        assert Protocol(channel).apply(img).tolist() == img[i : i + 1].tolist()


def test_every_kind_of_image_comes_to_the_same():
    img = np.random.default_rng(0).integers(0, 256, (5, 6, 3), np.uint8)
    expected = torch.from_numpy(img).permute(2, 0, 1).double()
    for same in (img, torch.from_numpy(img.astype(np.uint16) * 257).permute(2, 0, 1), expected.float()):
        result = Protocol().apply(same)
        assert result.dtype == torch.float64
        assert torch.equal(result, expected)


def test_leaves_the_image_alone():
    img = torch.full((3, 12, 12), 3.7, dtype=torch.float64)
    Protocol('Y', 2).apply(img)
    assert (img == 3.7).all()


def test_one_channel_is_y_already():
    img = torch.full((1, 4, 4), 77, dtype=torch.uint8)
    assert torch.equal(Protocol('Y').apply(img), img.double())
    for colour in ('R', 'YCbCr'):
        with pytest.raises(InputError, match='RGB image'):
            Protocol(colour).apply(img)


@pytest.mark.parametrize(
    'wrong', [{'convert_to': 'y'}, {'convert_to': 'BGR'}, {'crop_border': -1}, {'crop_border': 1.5}]
)
def test_refuses_what_it_does_not_know(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        Protocol(**wrong)


def test_refuses_a_border_that_leaves_nothing():
    with pytest.raises(InputError, match='border of 4'):
        Protocol(crop_border=4).apply(torch.zeros(3, 8, 20))


def test_describes_itself():
    assert Protocol(crop_border=4).describe() == 'RGB, 4 px border cropped, rounded to 8 bit'
    assert Protocol('Y', rounding=False).describe() == 'Y (BT.601), no border cropped, not rounded'
    assert Protocol('B').describe().startswith('blue channel,')
    assert Protocol().describe(channels=1).startswith('gray,')
