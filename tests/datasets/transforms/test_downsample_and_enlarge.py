import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.transforms import DownsampleAndEnlarge
from srcnn.evaluation import PSNR
from srcnn.image.color import rgb_to_y
from srcnn.image.io import read_image


@pytest.mark.parametrize(('scale', 'psnr'), [(2, 33.6614), (3, 30.3922), (4, 28.4207)])
def test_what_the_network_gets_scores_as_the_papers_bicubic(shared, scale, psnr):
    metric = PSNR(convert_to='Y', crop_border=scale)
    scores = []
    for path in sorted((shared / 'data' / 'Set5' / 'HR').iterdir()):
        made = DownsampleAndEnlarge(scale)({'gt': rgb_to_y(read_image(path, 'rgb'))})
        scores.append(metric.score(made['img'], made['gt']))
    assert np.mean(scores) == pytest.approx(psnr, abs=5e-5)


@pytest.mark.parametrize('white', [255, 65535])
def test_either_depth_gives_0_to_255_and_check_foresees_the_size(white):
    gt = np.random.default_rng(0).integers(0, 256, (23, 34, 1))
    checked = {'gt_shape': gt.shape}
    made = DownsampleAndEnlarge(4)({'gt': (gt * (white // 255)).astype(np.min_scalar_type(white))})
    DownsampleAndEnlarge(4).check(checked)
    assert made['img'].dtype == np.float32
    assert made['img'].shape == made['gt'].shape == checked['img_shape'] == checked['gt_shape'] == (20, 32, 1)
    assert made['img'].mean() == pytest.approx(gt[:20, :32].mean(), abs=1)


def test_wrong_arguments():
    with pytest.raises(InputError, match='DownsampleAndEnlarge: scale=1 '):
        DownsampleAndEnlarge(1)
