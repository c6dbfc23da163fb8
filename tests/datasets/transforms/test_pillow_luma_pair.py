import numpy as np
import pytest
from PIL import Image

from srcnn import InputError
from srcnn.datasets.transforms import PillowLumaPair


def test_pair_of_that_program():
    gt = np.random.default_rng(0).integers(0, 256, (13, 19, 3), np.uint8)
    checked = {'gt_shape': gt.shape}
    made = PillowLumaPair(3)({'gt': gt})
    PillowLumaPair(3).check(checked)
    assert made['img'].shape == made['gt'].shape == checked['img_shape'] == checked['gt_shape'] == (12, 18, 1)
    # 16. + (64.738 * R + 129.057 * G + 25.064 * B) / 256.
    red, green, blue = gt[5, 7].tolist()
    assert made['gt'][5, 7, 0] == pytest.approx(16 + (64.738 * red + 129.057 * green + 25.064 * blue) / 256)
    small = Image.fromarray(gt[:12, :18, 1]).resize((6, 4), Image.Resampling.BICUBIC)  # no channel knows of the others
    green_alone = np.asarray(small.resize((18, 12), Image.Resampling.BICUBIC))
    only_green = PillowLumaPair(3)({'gt': gt * np.array([0, 1, 0], np.uint8)})['img'][:, :, 0]
    assert np.allclose(only_green, 16 + 129.057 * green_alone / 256, atol=1e-4)


def test_needs_colour():
    with pytest.raises(InputError, match='RGB'):
        PillowLumaPair(3).check({'gt_shape': (9, 9, 1)})
