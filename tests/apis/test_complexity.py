import pytest
import torch
from torch import nn

from srcnn.apis.complexity import complexity, count_flops, peak_flops, seconds_per_call
from srcnn.models.networks.srcnn_net import SRCNNNet

CPU = torch.device('cpu')


def test_srcnn_by_hand():
    counted = complexity(SRCNNNet(upscale_factor=2), torch.rand(1, 3, 5, 6))
    pixels = 10 * 12
    assert counted.parameters == 20_099
    assert counted.multiply_adds == pixels * (9 * 9 * 3 * 64 + 64 * 32 + 5 * 5 * 32 * 3)
    assert counted.activations == pixels * (64 + 32 + 3)
    assert counted.output == (1, 3, 10, 12)


def test_a_backward_pass_is_counted_too():
    layer, x = nn.Linear(3, 5, bias=False), torch.rand(7, 3)
    forward = 2 * 7 * 3 * 5
    assert count_flops(lambda: layer(x)) == forward
    assert count_flops(lambda: layer(x).sum().backward()) == 2 * forward  # the input has no gradient


def test_times_and_peak_are_plausible():
    assert 0 < seconds_per_call(lambda: torch.rand(100), CPU) < 1
    assert 1e8 < peak_flops(CPU, torch.float32, size=256) < 1e14


def test_frozen_weights_are_no_parameters():
    network = SRCNNNet(upscale_factor=2)
    network.conv1.requires_grad_(False)
    assert complexity(network, torch.rand(1, 3, 4, 4)).parameters == 20_099 - (9 * 9 * 3 * 64 + 64)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)
