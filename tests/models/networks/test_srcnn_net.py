import pytest
import torch
import torch.nn.functional as F

from srcnn import InputError
from srcnn.models.networks import SRCNNNet


def parameters(**arguments) -> int:
    return sum(p.numel() for p in SRCNNNet(**arguments).parameters())


@pytest.mark.parametrize(('kernels', 'weights'), [((9, 1, 5), 8032), ((9, 3, 5), 24416), ((9, 5, 5), 57184)])
def test_weights_of_the_papers_variants(kernels, weights):
    """Table of arXiv:1501.00092, section 4.3; the paper counts no biases."""
    assert parameters(channels=(1, 64, 32, 1), kernel_sizes=kernels) == weights + 64 + 32 + 1


def test_parameters_of_the_rgb_network():
    assert parameters() == 20_099


@pytest.mark.parametrize('scale', [1, 2, 3, 4, 8])
def test_shape(scale):
    assert SRCNNNet(upscale_factor=scale)(torch.rand(2, 3, 7, 5)).shape == (2, 3, 7 * scale, 5 * scale)


def test_identity_starts_as_bicubic_and_learns_everywhere():
    x = torch.rand(1, 3, 12, 12) * 0.5 + 0.25
    net = SRCNNNet(init='identity')
    out = net(x)
    torch.testing.assert_close(out, F.interpolate(x, scale_factor=4, mode='bicubic', align_corners=False))
    (out - torch.rand_like(out)).square().mean().backward()
    assert all(p.grad.abs().sum() > 0 for p in net.conv3.parameters())
    with torch.no_grad():
        net.conv3.weight += 0.01 * torch.randn_like(net.conv3.weight)
    (net(x) - torch.rand_like(out)).square().mean().backward()
    assert all(p.grad.abs().sum() > 0 for p in net.parameters())


def test_gaussian_is_the_papers():
    net = SRCNNNet(init='gaussian')
    assert net.conv1.bias.abs().max() == 0
    assert net.conv1.weight.std().item() == pytest.approx(0.001, rel=0.05)


def test_padding_mode_reaches_the_borders_only():
    torch.manual_seed(0)
    x = torch.rand(1, 3, 10, 10)
    nets = [SRCNNNet(upscale_factor=2, padding_mode=mode) for mode in ('zeros', 'replicate')]
    nets[1].load_state_dict(nets[0].state_dict())
    zeros, replicate = (net(x) for net in nets)
    torch.testing.assert_close(zeros[..., 6:-6, 6:-6], replicate[..., 6:-6, 6:-6])
    assert (zeros - replicate)[..., 0, :].abs().max() > 1e-3


def test_any_depth():
    net = SRCNNNet(channels=(1, 8, 8, 8, 1), kernel_sizes=(9, 1, 1, 5), upscale_factor=2)
    assert net(torch.rand(1, 1, 4, 4)).shape == (1, 1, 8, 8)
    assert 'conv4.weight' in net.state_dict()


@pytest.mark.parametrize(
    'wrong',
    [
        {'channels': (3, 64, 3)},
        {'kernel_sizes': (9, 2, 5)},
        {'upscale_factor': 0},
        {'upscale_factor': 2.5},
        {'padding_mode': 'same'},
        {'init': 'orthogonal'},
    ],
)
def test_wrong_arguments_are_named(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        SRCNNNet(**wrong)


def test_identity_needs_room_for_the_image():
    with pytest.raises(InputError, match='identity'):
        SRCNNNet(channels=(3, 64, 2, 3), init='identity')
