import numpy as np
import pytest
import torch

from srcnn.image.resize import imresize
from srcnn.models.enlarged import Enlarged, enlarge


@pytest.mark.parametrize('scale', [1, 2, 3, 4])
def test_enlarges_as_matlab_does(scale):
    img = np.random.default_rng(0).random((7, 11))
    expected = imresize(img, scale, edges='replicate')
    np.testing.assert_allclose(enlarge(torch.from_numpy(img)[None, None], scale)[0, 0], expected, rtol=0, atol=2e-12)


def test_a_part_becomes_that_part_of_the_whole():
    x = torch.rand(1, 2, 40, 50)
    part = enlarge(x[..., 11:31, 17:40], 3)[..., 9:-9, 9:-9]
    assert torch.equal(part, enlarge(x, 3)[..., 42:84, 60:111])


def test_comes_before_the_network():
    x = torch.rand(1, 1, 5, 6)
    assert torch.equal(Enlarged(torch.nn.ReLU(), 2)(x), enlarge(x, 2).relu())
