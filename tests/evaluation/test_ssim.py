import numpy as np
import pytest
import torch
from skimage import data
from skimage.metrics import structural_similarity

from srcnn.errors import InputError
from srcnn.evaluation import ssim as module
from srcnn.evaluation.ssim import ssim
from srcnn.image.resize import imresize


def reference(pred, gt) -> float:
    """scikit-image's map in double precision, without the border where its windows reach over the edge of the image."""
    _, full = structural_similarity(
        gt.double().numpy(),
        pred.double().numpy(),
        data_range=255,
        channel_axis=0,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
    )
    return full[:, 5:-5, 5:-5].mean()


def planes(*images):
    return [torch.from_numpy(np.clip(np.round(image), 0, 255).astype(np.uint8))[None] for image in images]


def hard_pairs(side):
    """Images that are hard to compare in float32: large values, small variances, both within a window's reach."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:side, :side]
    noise, faint = rng.normal(0, 5.4, (2, side, side))
    flat, ramp = np.full((side, side), 255.0), np.linspace(0, 255, side) + 0 * y
    for period in (16, 32, 64):
        bars, checks = np.where(x // period % 2, 0, 255.0), np.where((x // period + y // period) % 2, 12, 243.0)
        yield bars + 2 * (y % 2), bars + 2 * ((y + 1) % 2)
        yield bars + noise, 255 - bars + faint
        yield checks + noise, checks - noise
    yield flat, 0 * flat
    yield flat, flat - 1
    yield flat, flat - abs(noise)
    yield ramp, 255 - ramp
    yield ramp, ramp + noise
    yield 0.5 * ramp, 0.5 * ramp + 100
    yield 200 + noise, 200 - noise
    yield 128 + 10 * noise, 128 + 10 * faint


def test_agrees_with_scikit_image(pair):
    assert ssim(*pair) == pytest.approx(reference(*pair), abs=1e-6)


@pytest.mark.parametrize('side', [11, 40, 75, 200, 300])
def test_within_a_millionth_whatever_the_images(side):
    for images in hard_pairs(side):
        pred, gt = planes(*images)
        assert ssim(pred, gt) == pytest.approx(reference(pred, gt), abs=1e-6)


def test_within_a_millionth_for_photographs():
    for gt in (data.astronaut(), data.coffee(), data.camera()[:, :, None]):
        pred = imresize(imresize(gt, 1 / 4), size=gt.shape[:2])
        pred, gt = (torch.from_numpy(image).permute(2, 0, 1) for image in (pred, gt))
        expected = reference(pred, gt)
        assert ssim(pred, gt) == pytest.approx(expected, abs=2e-7)
        assert ssim(pred.contiguous(), gt.contiguous()) == pytest.approx(expected, abs=2e-7)  # another layout
        assert ssim(pred.double(), gt.double()) == pytest.approx(expected, abs=2e-7)


def test_double_precision_where_single_would_not_do(monkeypatch):
    pred, gt = planes(*next(hard_pairs(300)))
    monkeypatch.setattr(module, '_ALLOWED', 1.0)
    assert abs(ssim(pred, gt) - reference(pred, gt)) > 4e-7
    monkeypatch.setattr(module, '_ALLOWED', 0.0)
    assert abs(ssim(pred, gt) - reference(pred, gt)) < 1e-9


def test_tiles_fit_together(pair):
    """A picture of several tiles, one way and the other."""
    pred, gt = (image.repeat(1, 3, 6)[:, :270, :523] for image in pair)
    assert ssim(pred, gt) == pytest.approx(reference(pred, gt), abs=1e-6)
    assert ssim(pred.mT, gt.mT) == pytest.approx(ssim(pred, gt), abs=1e-6)


def test_the_way_for_other_devices_gives_the_same(pair):
    pred, gt = pair
    windows = 3 * 80 * 100
    assert 1 - 2 * module._sum_on_device(pred, gt) / windows == pytest.approx(reference(pred, gt), abs=1e-9)


def test_identical_images_give_exactly_one(pair):
    _, gt = pair
    white = torch.full((1, 40, 40), 255, dtype=torch.uint8)
    assert ssim(gt, gt) == ssim(white, white) == 1
    for _, image in hard_pairs(75):
        (image,) = planes(image)
        assert ssim(image, image) == 1


def test_the_smallest_image_has_one_window(pair):
    pred, gt = (image[:, :11, :11] for image in pair)
    assert ssim(pred, gt) == pytest.approx(reference(pred, gt), abs=1e-6)
    with pytest.raises(InputError, match='11x11'):
        ssim(pred[:, :10], gt[:, :10])
