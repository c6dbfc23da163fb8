import numpy as np
import pytest

from srcnn import InputError
from srcnn.image.resize import imresize
from srcnn.image.resize_patch import cut, imresize_patch


@pytest.mark.parametrize('convention', ['double', 'uint8'])
@pytest.mark.parametrize('edges', ['symmetric', 'replicate'])
@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize('scale', [2, 3, 4, 8])
def test_equals_the_same_part_of_the_whole_in_every_bit(scale, dtype, edges, convention):
    rng = np.random.default_rng(scale)
    for shape in ((17 * scale, 12 * scale, 3), (2 * scale, 9 * scale, 1), (9 * scale + 1, 7 * scale - 1, 4)):
        img = rng.integers(0, 65536 if dtype == np.uint16 else 256, shape).astype(dtype)
        whole = imresize(img, 1 / scale, edges=edges, convention=convention)
        for _ in range(20):
            height, width = (int(rng.integers(1, side + 1)) for side in whole.shape[:2])
            top, left = (int(rng.integers(0, side - n + 1)) for side, n in zip(whole.shape, (height, width)))
            part = imresize_patch(img, scale, top, left, height, width, edges=edges, convention=convention)
            assert part.dtype == dtype
            assert np.array_equal(part, whole[top : top + height, left : left + width]), (shape, top, left)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [((1, 0, 0, 1, 1), 'not by 1'), ((2, 0, 1, 5, 5), '5x5 at .1, 0.'), ((2, 0, 0, 0, 5), '5x0')],
)
def test_what_is_not_there(arguments, message):
    with pytest.raises(InputError, match=message):
        imresize_patch(np.zeros((10, 10, 3), np.uint8), *arguments)


@pytest.mark.parametrize(('edges', 'mode'), [('symmetric', 'symmetric'), ('replicate', 'edge')])
def test_cut_sees_beyond_the_borders(edges, mode):
    img = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    padded = np.pad(img, ((9, 9), (9, 9), (0, 0)), mode=mode)
    assert np.array_equal(cut(img, -9, -2, 23, 18, edges), padded[:, 7:25])
    assert np.shares_memory(cut(img, 1, 2, 3, 4, edges), img)
