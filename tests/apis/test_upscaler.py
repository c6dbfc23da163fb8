import numpy as np
import pytest
import torch
from mmengine.config import Config
from torch import nn

from srcnn import InputError, Upscaler
from srcnn.apis import init_model, upscale_image
from srcnn.models.networks import SRCNNNet
from tests.apis.test_inference import SMALL
from tests.conftest import make_image


class Squeeze(nn.Module):
    def forward(self, x):
        return x * (0.5 + x.mean((1, 2, 3), keepdim=True))


@torch.no_grad()
def network(scale=2, channels=3):
    """As if it had been trained a little: near the enlarged picture, but not symmetric."""
    torch.manual_seed(0)
    model = SRCNNNet((channels, 8, 4, channels), (5, 1, 3), scale, init='identity').eval()
    for conv in model.convs:
        conv.weight += 0.02 * torch.randn_like(conv.weight)
    return model


def upscaler(scale=2, channels=3, **options):
    return Upscaler(network(scale, channels), device='cpu', **options)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32, np.float64, np.float16])
def test_keeps_type_and_range(dtype):
    top = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    img = np.zeros((6, 9, 3), dtype)
    img[:] = (0, top, top / 5)
    out = Upscaler(SRCNNNet((3, 8, 3), (5, 3), 2, init='identity'), device='cpu')(img)
    assert out.shape == (12, 18, 3)
    assert out.dtype == dtype
    np.testing.assert_allclose(out, np.broadcast_to(img[0, 0], out.shape), rtol=1e-3 if dtype == np.float16 else 1e-6)


@pytest.mark.parametrize('channels', [1, 3])
@pytest.mark.parametrize('shape', [(5, 8), (5, 8, 1), (5, 8, 2), (5, 8, 3), (5, 8, 4)])
def test_keeps_channels(channels, shape):
    img = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    assert upscaler(channels=channels)(img).shape == (10, 16, *shape[2:])


@pytest.mark.parametrize('channels', [1, 3])
@pytest.mark.parametrize('shape', [(70, 83), (70, 83, 3), (70, 83, 4), (1, 1, 3), (1, 90, 3), (66, 2, 4)])
def test_tiles_cannot_be_seen(channels, shape):
    img = np.random.default_rng(0).integers(0, 65536, shape, np.uint16)
    img[20:50, 20:60] = 0  # transparent, where there is alpha
    whole = upscaler(scale=3, channels=channels, tile=0)(img)
    for tile in (16, 37, 'auto'):
        difference = np.abs(upscaler(scale=3, channels=channels, tile=tile)(img).astype(int) - whole)
        assert difference.max() <= 1
        assert (difference > 0).mean() < 0.01  # of 65535 levels


def test_sixteen_bits_are_not_eight():
    img = np.full((8, 8, 1), 1000, np.uint16) + np.arange(8, dtype=np.uint16)[:, None]
    assert len(np.unique(upscaler()(img))) > 2


def test_leaves_the_picture_alone_and_takes_views():
    img = np.random.default_rng(0).integers(0, 256, (6, 9, 3), np.uint8)
    mirrored = img[:, ::-1]
    mirrored.flags.writeable = False
    assert (upscaler()(mirrored) == upscaler()(mirrored.copy())).all()
    swapped = img.astype(np.uint16).astype('>u2')
    assert (upscaler()(swapped) == upscaler()(img.astype(np.uint16))).all()


def test_frames_of_different_sizes():
    frames = [make_image(8 + i, 10, seed=i) for i in range(3)]
    enlarge = upscaler()
    results = enlarge.frames(iter(frames))
    assert next(results).shape == (16, 20, 3)  # the rest is not asked for yet
    assert [r.shape[0] for r in results] == [18, 20]


def test_self_ensemble_is_symmetric():
    enlarge = upscaler(self_ensemble=True, tile=16)
    img = np.random.default_rng(0).random((30, 41, 3))
    expected = enlarge(img)
    np.testing.assert_allclose(enlarge(img[::-1])[::-1], expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(enlarge(img.swapaxes(0, 1)).swapaxes(0, 1), expected, rtol=0, atol=1e-5)
    assert not np.allclose(expected, upscaler()(img), atol=1e-5)


def test_mixed_precision_is_near():
    img = make_image(20, 24)
    enlarge = network()
    with pytest.warns(UserWarning, match='bfloat16') if _no_bf16() else _nothing():
        rough = Upscaler(enlarge, device='cpu', amp=True)(img)
    difference = np.abs(rough.astype(int) - Upscaler(enlarge, device='cpu')(img))
    assert 0 < difference.max() <= 4


def _no_bf16():
    return torch.backends.cpu.get_cpu_capability() == 'AVX2'


def _nothing():
    from contextlib import nullcontext

    return nullcontext()


def test_networks_that_look_at_everything_are_given_it_whole():
    img = make_image(70, 80)
    with pytest.warns(UserWarning, match='cannot work in tiles.*memory grows'):
        whole = Upscaler(Squeeze(), device='cpu')(img)
    assert (whole == Upscaler(Squeeze(), device='cpu', tile=0)(img)).all()
    with pytest.raises(InputError, match='cannot work in tiles'):
        Upscaler(Squeeze(), device='cpu', tile=32)


def test_config_and_checkpoint(tmp_path):
    model = init_model(Config(SMALL), device='cpu')
    torch.save(model.state_dict(), tmp_path / 'a.pth')
    img = make_image(9, 10)
    assert (Upscaler((Config(SMALL), tmp_path / 'a.pth'), device='cpu')(img) == upscale_image(model, img)).all()


def test_the_scores_are_of_the_same_picture(tiny, pairs):
    """What a program gets is what tools/test.py scores."""
    from srcnn.engine import Runner
    from srcnn.evaluation import PSNR
    from srcnn.image.io import read_image

    runner = Runner.from_cfg(tiny())
    runner.test()
    enlarge = Upscaler(runner.model, tile=16)
    for key, score in runner.test_loop.report['per_image']['Tiny/PSNR'].items():
        out = enlarge(read_image(pairs / 'LR' / f'{key}.png'))
        assert PSNR(crop_border=4).score(out, read_image(pairs / 'HR' / f'{key}.png')) == pytest.approx(score, abs=1e-9)


@pytest.mark.parametrize(
    ('img', 'message'),
    [
        ('cat.png', 'not a str'),
        (np.zeros((2, 4, 4, 3), np.uint8), 'not an array of shape'),
        (np.zeros((0, 4, 3), np.uint8), 'not an array of shape'),
        (np.zeros((4, 4, 5), np.uint8), '1 to 4 channels'),
        (np.zeros((4, 4, 3), np.int32), 'not int32'),
        (np.full((4, 4, 3), 200.0), 'runs from 0 to 1, but this one from 200'),
        (np.full((4, 4, 3), np.nan), 'runs from 0 to 1'),
    ],
)
def test_what_is_no_picture(img, message):
    with pytest.raises(InputError, match=message):
        upscaler()(img)


def test_arguments_that_do_not_fit():
    with pytest.raises(InputError, match='scale=3, but this network enlarges 2 times'):
        upscaler(scale=2) and Upscaler(network(2), scale=3, device='cpu')
    with pytest.raises(InputError, match="tile=-1 must be 'auto'"):
        upscaler(tile=-1)
    with pytest.raises(InputError, match='Flatten is not a network for pictures'):
        Upscaler(nn.Flatten(), device='cpu')
    with pytest.raises(InputError, match=r'none\.pth: no such checkpoint'):
        Upscaler('none.pth', scale=4)
