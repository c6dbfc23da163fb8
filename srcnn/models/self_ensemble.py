"""The mean of a network's answers to a picture seen in eight ways."""

from torch import Tensor, nn

_MIRRORS: tuple[list[int], ...] = ([], [-1], [-2], [-2, -1])  # axes to reverse; each with and without a transpose


class SelfEnsemble(nn.Module):
    """A network, and the same eight times: mirrored and turned, undone, and averaged (Timofte et al., CVPR 2016).

    A little better as a rule, eight times as slow, and what it gives for a mirrored or turned picture is the mirrored
    or turned result.

    Args:
        network: (N, C, h, w) to (N, C', h*scale, w*scale).
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """As the network's."""
        seen = ((x.flip(axes), axes) for axes in _MIRRORS)
        return sum(self.network(y).flip(axes) + self.network(y.mT).mT.flip(axes) for y, axes in seen) / 8
