import numpy as np
import pytest

from srcnn.datasets.storage import PixelForm
from srcnn.image.color import rgb_to_y
from srcnn.image.io import encode_image

IMAGE = np.random.default_rng(0).integers(0, 256, (5, 6, 4), dtype=np.uint8)


@pytest.mark.parametrize('color', ['rgb', 'gray', 'unchanged'])
@pytest.mark.parametrize('luma', [False, True])
def test_foretells_the_shape(color, luma):
    form = PixelForm(color, luma)
    for channels in (1, 3, 4):
        data = encode_image(IMAGE[..., :channels], '.png')
        assert form.shape(5, 6, channels) == form.decode(data, 'it').shape


def test_luma_is_that_of_the_papers():
    found = PixelForm('rgb', luma=True).decode(encode_image(IMAGE[..., :3], '.png'), 'it')
    assert np.array_equal(found, rgb_to_y(IMAGE[..., :3]))


def test_each_form_has_a_name_of_its_own():
    assert len({str(PixelForm(color, luma)) for color in ('rgb', 'gray', 'unchanged') for luma in (False, True)}) == 6
