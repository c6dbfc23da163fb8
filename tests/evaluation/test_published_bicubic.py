"""Bicubic through the official evaluation of the SRCNN paper, by the functions that users call."""

import numpy as np
import pytest

from srcnn.evaluation import PSNR, SSIM
from srcnn.image.color import rgb_to_y
from srcnn.image.crop import mod_crop, quantize
from srcnn.image.io import read_image
from srcnn.image.resize import imresize


@pytest.mark.parametrize(('scale', 'psnr', 'ssim'), [(2, 33.6614, 0.9299), (3, 30.3922, 0.8682), (4, 28.4207, 0.8104)])
def test_scores_of_the_paper(shared, scale, psnr, ssim):
    scores = []
    for path in sorted((shared / 'data' / 'Set5' / 'HR').iterdir()):
        luma = mod_crop(rgb_to_y(read_image(path, 'rgb')), scale).astype(np.float64)
        enlarged = quantize(imresize(imresize(luma, 1 / scale), size=luma.shape[:2]))
        scores.append([metric(crop_border=scale).score(enlarged, luma) for metric in (PSNR, SSIM)])
    assert np.mean(scores, axis=0) == pytest.approx([psnr, ssim], abs=5e-5)
