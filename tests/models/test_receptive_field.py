import pytest
import torch
import torch.nn.functional as F
from torch import nn

from srcnn import InputError
from srcnn.models.networks import SRCNNNet
from srcnn.models.receptive_field import receptive_field


def conv(channels=3, out=3, size=3, **options):
    return nn.Conv2d(channels, out, size, padding=size // 2, **options)


class Windows(nn.Module):
    """Mixes all pixels of each window of 8, twice, with a convolution between; pads pictures that do not fit."""

    def __init__(self):
        super().__init__()
        self.conv = conv()

    def forward(self, x):
        height, width = x.shape[-2:]
        x = F.pad(x, (0, -width % 8, 0, -height % 8), mode='replicate')
        return self._mix(self.conv(self._mix(x)))[..., :height, :width]

    @staticmethod
    def _mix(x):
        mean = F.avg_pool2d(x * x, 8)
        return x + F.interpolate(mean, scale_factor=8, mode='nearest')


class Squeeze(nn.Module):
    def forward(self, x):
        return x * x.mean((2, 3), keepdim=True).sigmoid()


class Attention(nn.Module):
    def forward(self, x):
        tokens = x.flatten(2)
        return (tokens @ (tokens.mT @ tokens).softmax(-1)).view(x.shape)


class Positions(nn.Module):
    def forward(self, x):
        return x + torch.linspace(0, 1, x.shape[-1]).expand_as(x)


def shrinking(times):
    """A small U-Net: half the size ``times`` over, and back."""
    down = [layer for _ in range(times) for layer in (conv(stride=2), nn.GELU())]
    up = [layer for _ in range(times) for layer in (nn.Upsample(scale_factor=2), conv())]
    return nn.Sequential(*down, *up)


@pytest.mark.parametrize(
    ('kernels', 'scale', 'reach'),
    [
        ((9, 1, 5), 1, 6),
        ((9, 5, 5), 1, 8),
        # the last phase of a pixel sees 6 enlarged pixels on: 2 1/4 away, and bicubic two more beyond that
        ((9, 1, 5), 4, 3),
        ((9, 1, 5), 2, 5),
        ((9, 1, 5), 3, 4),
        ((1,), 4, 2),
    ],
)
def test_known_ones(kernels, scale, reach):
    channels = (3, *[8] * (len(kernels) - 1), 3)
    network = SRCNNNet(channels, kernels, upscale_factor=scale).eval()
    found = receptive_field(network, 3, scale)
    assert (found.reach, found.period) == (reach, 1)


def test_is_what_gradients_say():
    network = SRCNNNet((1, 8, 4, 1), (9, 3, 5), upscale_factor=3).eval()
    x = torch.rand(1, 1, 31, 31, requires_grad=True)
    network(x)[0, 0, 45:48, 45:48].sum().backward()  # the nine pixels that pixel 15 becomes
    touched = x.grad[0, 0].nonzero()
    assert receptive_field(network, 1, 3).reach == (touched - 15).abs().max()


def test_steps_of_networks_that_shrink_or_have_windows():
    assert receptive_field(shrinking(1), 3, 1).period == 2
    assert receptive_field(shrinking(3), 3, 1).period == 8
    assert receptive_field(Windows(), 3, 1).period == 8
    assert receptive_field(nn.Sequential(nn.PixelUnshuffle(2), conv(12, 48), nn.PixelShuffle(4)), 3, 2).period == 2


def test_largest_activation():
    assert receptive_field(SRCNNNet().eval(), 3, 4).activation == 4 * 64 * 16


@pytest.mark.parametrize('layer', [Squeeze(), Attention(), nn.InstanceNorm2d(3), nn.GroupNorm(1, 3)])
def test_networks_that_look_at_everything(layer):
    with pytest.raises(InputError, match='depends on the whole picture; use tile=0'):
        receptive_field(nn.Sequential(conv(), layer).eval(), 3, 1)


def test_networks_that_know_where_they_are():
    with pytest.raises(InputError, match='where in the picture'):
        receptive_field(Positions(), 3, 1)


def test_autocast_is_no_obstacle():
    with torch.autocast('cpu', dtype=torch.bfloat16):
        assert receptive_field(SRCNNNet(upscale_factor=1).eval(), 3, 1).reach == 6
