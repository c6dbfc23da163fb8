"""Networks whose input is a picture that has been enlarged already, as in the SRCNN paper."""

import torch.nn.functional as F
from torch import Tensor, nn

_EDGE = 4  # pixels; what bicubic enlargement looks at beyond the border


def enlarge(x: Tensor, scale: int) -> Tensor:
    """MATLAB's ``imresize(x, scale, 'bicubic')`` to a larger size, edges replicated, not rounded.

    In double precision (but on Apple's MPS, which has none), so that a part of a picture becomes that part of the
    whole; and larger by 1e-12, so that what is half-way between two float32 is rounded alike there.
    ``srcnn.image.resize`` does the same with matrices, which are not as local.

    Args:
        x: (N, C, h, w), floating point.
        scale: Whole number from 1.

    Returns:
        (N, C, h*scale, w*scale) of the same type.
    """
    if scale == 1:
        return x
    wide = F.pad(x if x.device.type == 'mps' else x.double() * (1 + 1e-12), [_EDGE] * 4, mode='replicate')
    wide = F.interpolate(wide, scale_factor=scale, mode='bicubic', align_corners=False, antialias=True)
    border = _EDGE * scale
    return wide[..., border:-border, border:-border].to(x.dtype)


class Enlarged(nn.Module):
    """``network(enlarge(x))``: makes a network that enlarges of one that repairs an enlarged picture.

    Args:
        network: (N, C, H, W) to (N, C', H, W).
        scale: Enlargement before it.
    """

    def __init__(self, network: nn.Module, scale: int) -> None:
        super().__init__()
        self.network, self.scale = network, scale

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) to (N, C', h*scale, w*scale)."""
        return self.network(enlarge(x, self.scale))
