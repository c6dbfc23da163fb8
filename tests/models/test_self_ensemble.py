import torch

from srcnn.models.networks import SRCNNNet
from srcnn.models.self_ensemble import SelfEnsemble


@torch.inference_mode()
def test_is_as_symmetric_as_a_square():
    torch.manual_seed(0)
    network = SelfEnsemble(SRCNNNet((3, 8, 4, 3), (5, 1, 3), 3))
    x = torch.rand(1, 3, 10, 14)
    expected = network(x)
    for axes in ([], [-1], [-2], [-2, -1]):
        torch.testing.assert_close(network(x.flip(axes)).flip(axes), expected, rtol=0, atol=1e-6)
        torch.testing.assert_close(network(x.flip(axes).mT).mT.flip(axes), expected, rtol=0, atol=1e-6)


@torch.inference_mode()
def test_is_the_mean_of_eight_different_answers():
    seen = []

    class Recorder(torch.nn.Module):
        def forward(self, x):
            seen.append(x)
            return x

    x = torch.arange(12.0).view(1, 1, 3, 4)
    assert torch.equal(SelfEnsemble(Recorder())(x), x)
    assert len({tuple(y.flatten().tolist()) + tuple(y.shape) for y in seen}) == 8
