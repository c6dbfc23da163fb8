import numpy as np
import pytest
import torch

from srcnn.errors import InputError
from srcnn.image.crop import crop_border, crop_border_chw, mod_crop, quantize

IMG = np.arange(7 * 11 * 3, dtype=np.uint8).reshape(7, 11, 3)


def test_mod_crop_keeps_the_top_left():
    assert np.array_equal(mod_crop(IMG, 3), IMG[:6, :9])
    assert mod_crop(IMG, 1) is not IMG
    assert mod_crop(IMG, 1).shape == IMG.shape


def test_borders_of_arrays_and_tensors_agree():
    chw = torch.from_numpy(IMG).permute(2, 0, 1)
    assert np.array_equal(crop_border(IMG, 2), IMG[2:5, 2:9])
    assert np.array_equal(crop_border_chw(chw[None], 2)[0].permute(1, 2, 0).numpy(), crop_border(IMG, 2))
    assert crop_border(IMG, 0).shape == IMG.shape


def test_nothing_left_is_an_error():
    for call in (lambda: mod_crop(IMG, 8), lambda: crop_border(IMG, 4), lambda: crop_border_chw(torch.ones(7, 9), 4)):
        with pytest.raises(InputError, match='7x'):
            call()


def test_quantize_rounds_half_away_and_clips():
    values = [-3.0, -0.5, 0.49, 0.5, 1.5, 2.5, 254.5, 255.4, 300.0]
    expected = [0, 0, 0, 1, 2, 3, 255, 255, 255]
    for dtype in (np.float32, np.float64):
        out = quantize(np.array(values, dtype))
        assert out.dtype == dtype
        assert out.tolist() == expected
    assert quantize(torch.tensor(values)).tolist() == expected
    assert quantize(torch.tensor([3], dtype=torch.uint8)).dtype == torch.uint8
