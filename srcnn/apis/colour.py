"""Pictures of other colours than a network was trained on: gray, colour, with alpha."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from srcnn.errors import InputError
from srcnn.image.color import rgb_to_ycbcr_chw, ycbcr_to_rgb_chw
from srcnn.models.enlarged import enlarge

# How far the functions here look around a pixel, apart from the network.
BICUBIC_REACH = 3
FILL_STEPS = 8

_LUMA = (0.299, 0.587, 0.114)


def enlarge_colours(pixels: Tensor, network: Callable[[Tensor], Tensor], channels: int, scale: int) -> Tensor:
    """Enlarge a picture of 1 (gray), 2 (gray, alpha), 3 (RGB) or 4 (RGBA) channels with a network for some number.

    * Gray through a network for RGB: as a gray RGB picture; of the result, the luma (BT.601).
    * RGB through a network for one channel: Y (BT.601, studio range, as in the papers) by the network, Cb and Cr
      bicubic.
    * Alpha: bicubic, so that what is opaque stays so. The colours are enlarged by themselves. Where a pixel is
      transparent, its colour means nothing; it takes that of its neighbours, which else would get a rim of it.

    Args:
        pixels: (1, C, h, w) float, 0..255.
        network: (1, channels, h, w) to (1, channels, h*scale, w*scale), 0..255.
        channels: Of the network.
        scale: Enlargement.

    Returns:
        (1, C, h*scale, w*scale), 0..255, not rounded.

    Raises:
        InputError: The channels do not go together.
    """
    given = pixels.shape[1]
    if given == channels:
        return network(pixels)
    if given in (2, 4):
        colours, alpha = fill_transparent(pixels[:, :-1], pixels[:, -1:]), pixels[:, -1:]
        enlarged = enlarge_colours(colours, network, channels, scale)
        return torch.cat([enlarged, enlarge(alpha, scale).clamp(0, 255)], dim=1)
    if (given, channels) == (1, 3):
        luma = pixels.new_tensor(_LUMA).view(1, 3, 1, 1)
        return (network(pixels.expand(-1, 3, -1, -1)) * luma).sum(1, keepdim=True)
    if (given, channels) == (3, 1):
        ycbcr = rgb_to_ycbcr_chw(pixels, 255)
        return ycbcr_to_rgb_chw(torch.cat([network(ycbcr[:, :1]), enlarge(ycbcr[:, 1:], scale)], dim=1), 255)
    raise InputError(f'a picture of {given} channels cannot go through a network for {channels}')


def fill_transparent(colours: Tensor, alpha: Tensor) -> Tensor:
    """The colours, those of fully transparent pixels replaced by the mean of their visible neighbours.

    From the edge inwards, a pixel a step, ``FILL_STEPS`` far. What lies deeper is left as it is: it has no influence on
    anything visible, but through networks that look very far.

    Args:
        colours: (1, C, h, w).
        alpha: (1, 1, h, w), 0 where transparent.
    """
    known = (alpha > 0).to(colours.dtype)
    if bool(known.all()) or not bool(known.any()):
        return colours
    for _ in range(FILL_STEPS):
        near = _mean_of_nine(known)
        found = (1 - known) * (near > 0)
        mean = _mean_of_nine(colours * known) / near.clamp(min=0.1)  # 1/9, where there is one neighbour
        colours = torch.where(found > 0, mean, colours)
        known = known + found
    return colours


def _mean_of_nine(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 3, stride=1, padding=1)
