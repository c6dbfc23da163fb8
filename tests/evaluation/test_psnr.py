import math

import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio

from srcnn.evaluation import PSNR
from srcnn.evaluation.psnr import psnr


def test_agrees_with_scikit_image(pair):
    pred, gt = pair
    assert psnr(pred, gt) == pytest.approx(peak_signal_noise_ratio(gt.numpy(), pred.numpy(), data_range=255), abs=1e-6)


def test_known_values():
    gray = torch.full((3, 8, 8), 100, dtype=torch.uint8)
    assert psnr(gray, gray) == math.inf
    assert psnr(gray - 1, gray) == pytest.approx(48.1308036, abs=1e-7)
    assert psnr(torch.zeros(1, 4, 4), torch.full((1, 4, 4), 255.0)) == 0


def test_one_perfect_image_makes_the_mean_infinite(pair):
    metric = PSNR()
    pred, gt = pair
    metric.process(None, [{'pred': pred, 'gt': gt, 'key': 'a'}, {'pred': gt, 'gt': gt, 'key': 'b'}])
    assert metric.evaluate(2) == {'PSNR': math.inf}
