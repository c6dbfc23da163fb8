import pytest
import torch
from skimage.metrics import structural_similarity

from srcnn.errors import InputError
from srcnn.evaluation import ssim as module
from srcnn.evaluation.ssim import ssim


def reference(pred, gt) -> float:
    """scikit-image's map, without the border where its windows reach over the edge of the image."""
    _, full = structural_similarity(
        gt.numpy(),
        pred.numpy(),
        data_range=255,
        channel_axis=0,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
    )
    return full[:, 5:-5, 5:-5].mean()


def test_agrees_with_scikit_image(pair):
    assert ssim(*pair) == pytest.approx(reference(*pair), abs=1e-6)


def test_tiles_fit_together(pair):
    """A picture of two tiles and a bit, one way and the other."""
    pred, gt = (image.repeat(1, 3, 6)[:, :270, :523] for image in pair)
    assert ssim(pred, gt) == pytest.approx(reference(pred, gt), abs=1e-6)
    assert ssim(pred.mT, gt.mT) == pytest.approx(ssim(pred, gt), abs=1e-12)


def test_the_way_for_other_devices_gives_the_same(pair):
    pred, gt = pair
    assert module._map(pred, gt, module._blur_tensor).mean().item() == pytest.approx(ssim(pred, gt), abs=1e-12)


def test_identical_images_give_exactly_one(pair):
    _, gt = pair
    assert ssim(gt, gt) == 1
    assert ssim(torch.full((1, 40, 40), 255, dtype=torch.uint8), torch.full((1, 40, 40), 255, dtype=torch.uint8)) == 1


def test_the_smallest_image_has_one_window(pair):
    pred, gt = (image[:, :11, :11] for image in pair)
    assert ssim(pred, gt) == pytest.approx(reference(pred, gt), abs=1e-6)
    with pytest.raises(InputError, match='11x11'):
        ssim(pred[:, :10], gt[:, :10])
