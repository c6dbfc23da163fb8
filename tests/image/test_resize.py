import numpy as np
import pytest
import torch

from srcnn.errors import InputError
from srcnn.image.crop import crop_border, mod_crop, quantize
from srcnn.image.io import read_image
from srcnn.image.resize import imresize, imresize_torch

BT601 = np.array([65.481, 128.553, 24.966]) / 255


def picture(height, width, dtype=np.float64):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(dtype)


@pytest.mark.parametrize('edges', ['symmetric', 'replicate'])
@pytest.mark.parametrize('scale', [2, 3, 4])
@pytest.mark.parametrize('name', ['Set5', 'Set14'])
def test_reproduces_matlab_on_uint8_in_every_pixel(shared, name, scale, edges):
    references = sorted((shared / 'data' / name / f'lr_uint8_{edges}' / f'x{scale}').iterdir())
    assert len(references) == {'Set5': 5, 'Set14': 14}[name]
    for path in references:
        reference = read_image(path)
        hr = read_image(shared / 'data' / name / 'HR' / path.name)
        lr = imresize(mod_crop(hr, scale), 1 / scale, edges=edges)
        assert np.array_equal(np.broadcast_to(lr, reference.shape), reference), path


@pytest.mark.parametrize(('name', 'scale'), [('Set5', 2), ('Set5', 4), ('Set14', 4)])
def test_reproduces_im2double_but_for_three_ties(shared, name, scale):
    wrong = []
    for path in sorted((shared / 'data' / name / 'lr_double' / f'LRbicx{scale}').iterdir()):
        hr = read_image(path.parent.parent / 'GTmod12' / path.name)
        lr = imresize(hr, 1 / scale, convention='double')
        difference = np.abs(lr.astype(int) - read_image(path))
        assert difference.max() <= 1
        wrong.append(np.count_nonzero(difference))
    assert len(wrong) >= 5
    assert sum(wrong) <= 3


@pytest.mark.parametrize(('scale', 'published'), [(2, 33.6614), (3, 30.3922), (4, 28.4207)])
def test_bicubic_scores_what_the_papers_print(shared, scale, published):
    scores = []
    for path in sorted((shared / 'data' / 'Set5' / 'HR').iterdir()):
        luma = mod_crop(quantize(read_image(path) @ BT601 + 16), scale)
        again = imresize(imresize(luma, 1 / scale), size=luma.shape)
        error = crop_border(quantize(again) - luma, scale)
        scores.append(10 * np.log10(255**2 / np.mean(error**2)))
    assert np.mean(scores) == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize('edges', ['symmetric', 'replicate'])
@pytest.mark.parametrize('antialias', [True, False])
@pytest.mark.parametrize('how', [{'scale': 1 / 4}, {'scale': 0.37}, {'scale': (1.5, 0.3)}, {'size': (7, 90)}])
def test_torch_agrees_with_numpy_borders_included(how, antialias, edges):
    img = picture(37, 29)
    expected = imresize(img, **how, antialias=antialias, edges=edges)
    batch = torch.from_numpy(img).permute(2, 0, 1).repeat(2, 1, 1, 1)
    out = imresize_torch(batch, **how, antialias=antialias, edges=edges)
    assert np.abs(out[1].permute(1, 2, 0).numpy() - expected).max() < 1e-9


@pytest.mark.parametrize('convention', ['uint8', 'double'])
@pytest.mark.parametrize('scale', [1 / 2, 1 / 3, 1 / 4, 2, 0.37])
def test_torch_rounds_uint8_as_numpy_does(scale, convention):
    img = picture(200, 300, np.uint8)
    out = imresize_torch(torch.from_numpy(img).permute(2, 0, 1), scale, convention=convention)
    assert np.array_equal(out.permute(1, 2, 0).numpy(), imresize(img, scale, convention=convention))


@pytest.mark.parametrize('scale', [1 / 2, 1 / 3, 1 / 4])
def test_float32_sums_are_as_good_as_float64(scale):
    img = picture(300, 400, np.float32)
    out = imresize_torch(torch.from_numpy(img).permute(2, 0, 1), scale).permute(1, 2, 0).numpy()
    assert out.dtype == np.float32
    assert np.array_equal(out, imresize(img, scale))
    assert np.abs(out - imresize(img.astype(np.float64), scale)).max() < 2e-5


def test_torch_upscaling_is_its_own_antialiased_bicubic_inside():
    x = torch.rand(1, 2, 40, 50, dtype=torch.float64)
    padded = torch.nn.functional.pad(x, (8,) * 4, mode='reflect')
    theirs = torch.nn.functional.interpolate(padded, scale_factor=3, mode='bicubic', antialias=True)[
        ..., 24:-24, 24:-24
    ]
    inside = (..., slice(12, -12), slice(12, -12))
    assert torch.allclose(imresize_torch(x, 3)[inside], theirs[inside], atol=1e-11)


def test_torch_has_gradients():
    x = torch.rand(1, 1, 9, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda t: imresize_torch(t, 1 / 3), x)


def test_uint16_keeps_its_range_and_a_flat_image_stays_flat():
    img = np.full((17, 23, 4), 65535, np.uint16)
    for scale in (0.5, 0.4, 1.7):
        assert (imresize(img, scale) == 65535).all()
    deep, shallow = picture(60, 60, np.uint16) * 257, picture(60, 60, np.uint8)
    assert np.abs(imresize(deep, 1 / 3) / 257 - imresize(shallow, 1 / 3, convention='double')).max() < 0.51


def test_output_sizes_follow_matlab():
    assert imresize(picture(10, 11), 1 / 3).shape == (4, 4, 3)
    assert imresize(picture(10, 11), 1 / 3, size=(3, 3)).shape == (3, 3, 3)
    assert imresize(picture(10, 11)[..., 0], size=(5, 20)).shape == (5, 20)
    assert np.array_equal(imresize(picture(8, 9), 1), picture(8, 9))


@pytest.mark.parametrize('wrong', [{}, {'scale': 0}, {'size': (0, 3)}, {'scale': 2, 'edges': 'wrap'}, {'scale': -1}])
def test_nonsense_is_refused(wrong):
    with pytest.raises(InputError):
        imresize(picture(8, 8), **wrong)
    with pytest.raises(InputError):
        imresize_torch(torch.rand(1, 3, 8, 8), **wrong)
