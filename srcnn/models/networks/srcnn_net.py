"""SRCNN: bicubic enlargement, then three convolutions (Dong et al., TPAMI 2015, arXiv:1501.00092)."""

from collections.abc import Sequence
from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from srcnn.errors import InputError
from srcnn.registry import MODELS

STRUCTURE_GAIN = 4
PaddingMode = Literal['zeros', 'replicate', 'reflect']


@MODELS.register_module()
class SRCNNNet(nn.Module):
    """The paper's network, with the enlargement inside and any number of layers.

    ``conv1`` extracts patches, ``conv2`` maps them non-linearly, ``conv3`` reconstructs (section 3.1); ReLU between.
    The enlargement is torch's bicubic (cubic coefficient -0.75), as in MMagic, whose weights load unchanged.

    Args:
        channels: Channels of the input, after each layer, and of the output: n+1 numbers for n layers.
        kernel_sizes: n odd kernel sizes; (9, 1, 5) is the paper's 9-1-5.
        upscale_factor: Enlargement; 1 for input that is already enlarged, as in the paper's own test code.
        padding_mode: What lies beyond the border of the enlarged image: 'zeros' (MMagic), 'replicate' (the authors'
            test code) or 'reflect'.
        init: 'default' (PyTorch's), 'gaussian' (section 4.1: N(0, 0.001), zero biases) or 'identity' (the output starts
            as the bicubic image; needs as many output as input channels, and images scaled without shift).

    Raises:
        InputError: If the numbers do not fit together, naming the key.
    """

    def __init__(
        self,
        channels: Sequence[int] = (3, 64, 32, 3),
        kernel_sizes: Sequence[int] = (9, 1, 5),
        upscale_factor: int = 4,
        padding_mode: PaddingMode = 'zeros',
        init: str = 'default',
    ) -> None:
        super().__init__()
        if len(kernel_sizes) < 1 or len(channels) != len(kernel_sizes) + 1:
            raise InputError(
                f'SRCNNNet: channels={tuple(channels)} needs one number more than kernel_sizes={tuple(kernel_sizes)}.'
            )
        if any(size < 1 or size % 2 == 0 for size in kernel_sizes):
            raise InputError(f'SRCNNNet: kernel_sizes={tuple(kernel_sizes)} must be odd, so that sizes are kept.')
        if upscale_factor < 1 or upscale_factor != int(upscale_factor):
            raise InputError(f'SRCNNNet: upscale_factor={upscale_factor} must be a whole number of at least 1.')
        if padding_mode not in get_args(PaddingMode):
            raise InputError(f'SRCNNNet: padding_mode={padding_mode!r} is unknown; use one of {get_args(PaddingMode)}.')
        if init not in INITS:
            raise InputError(f'SRCNNNet: init={init!r} is unknown; use one of {list(INITS)}.')
        self.scale = int(upscale_factor)
        self.depth = len(kernel_sizes)
        for i, size in enumerate(kernel_sizes):
            conv = nn.Conv2d(channels[i], channels[i + 1], size, padding=size // 2, padding_mode=padding_mode)
            self.add_module(f'conv{i + 1}', conv)
        INITS[init](self.convs)

    @property
    def convs(self) -> list[nn.Conv2d]:
        """conv1, conv2, … in order."""
        return [self.get_submodule(f'conv{i + 1}') for i in range(self.depth)]  # type: ignore[misc]

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) to (N, C', h*scale, w*scale), any float type; not clamped."""
        if self.scale > 1:
            x = _enlarge(x, self.scale)
        *hidden, last = self.convs
        for conv in hidden:
            x = F.relu(conv(x), inplace=True)
        return last(x)


def _enlarge(x: Tensor, scale: int) -> Tensor:
    """Torch's bicubic, the same wherever in the picture.

    Positions in the input are multiples of 1/scale. Where float32 does not hold those, it is further out the further
    from the corner, 1e-4 pixels in a large picture, and what a pixel becomes depends on where it is; float64 does not
    show that. Results half-way between two float32 are not rare, so all are moved a hair, to be rounded alike.
    (The double precision stays out of ONNX, whose runtimes do without.)
    """
    in_double = scale & (scale - 1) and x.device.type != 'mps' and not torch.onnx.is_in_onnx_export()
    wide = x.double() * (1 + 1e-12) if in_double else x
    return F.interpolate(wide, scale_factor=scale, mode='bicubic', align_corners=False).to(x.dtype)


def _keep_default(convs: Sequence[nn.Conv2d]) -> None:
    """PyTorch has drawn the weights already."""


@torch.no_grad()
def _draw_gaussian(convs: Sequence[nn.Conv2d]) -> None:
    for conv in convs:
        nn.init.normal_(conv.weight, std=0.001)
        nn.init.zeros_(_bias(conv))


@torch.no_grad()
def _pass_input_through(convs: Sequence[nn.Conv2d]) -> None:
    """Let the first C channels of every layer carry the image, the others see its structure.

    The last layer ignores the others at first, so the output is the enlarged image (without values below zero, which
    ReLU takes away and the output's clamp would); gradients reach everything from the first step on. The first layer's
    filters have zero mean: filters that answer to brightness make the first large steps change the brightness of the
    output. What remains is small, so they are scaled by ``STRUCTURE_GAIN`` (chosen by trial).
    """
    carried = convs[0].in_channels
    if convs[-1].out_channels != carried or any(conv.out_channels < carried for conv in convs):
        raise InputError(
            f"SRCNNNet: init='identity' needs {carried} output channels and at least {carried} in every layer, as the "
            'input has; use another init or other channels.'
        )
    first, *later = convs
    first.weight -= first.weight.mean(dim=(1, 2, 3), keepdim=True)
    first.weight *= STRUCTURE_GAIN
    for conv in later:
        conv.weight[:, :carried] = 0
    nn.init.zeros_(convs[-1].weight)
    for conv in convs:
        nn.init.zeros_(_bias(conv))
        conv.weight[:carried] = 0
        centre = conv.kernel_size[0] // 2
        for i in range(carried):
            conv.weight[i, i, centre, centre] = 1


def _bias(conv: nn.Conv2d) -> Tensor:
    assert conv.bias is not None  # every layer here has one
    return conv.bias


INITS = {'default': _keep_default, 'gaussian': _draw_gaussian, 'identity': _pass_input_through}
