"""How far a network looks: worked out by asking it, whatever it is made of."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from srcnn.errors import InputError

# Networks that shrink their input on the way, or work in windows, treat places alike only so many pixels apart.
PERIODS = (1, 2, 4, 8, 16, 32, 64)
LONGEST = 1024  # pixels; a network that looks further than half of it is taken to look at everything
LOWEST = 8  # rows of a probe: few, for speed
TOLERANCE = 1e-4  # of the largest output; rounding errors are below it, and nothing else is


@dataclass(frozen=True)
class ReceptiveField:
    """What one output pixel depends on, and where a picture may be cut.

    Attributes:
        reach: Input pixels to every side of the one an output pixel lies in.
        period: Moving the picture by multiples of so many input pixels moves the output and changes nothing else.
        activation: Bytes of the largest output of any layer, per input pixel.
    """

    reach: int
    period: int
    activation: float


@torch.inference_mode()
def receptive_field(network: nn.Module, channels: int, scale: int) -> ReceptiveField:
    """Work out a network's receptive field, exactly.

    A column of the input is set to NaN: the outputs that become NaN are those that it can have an influence on, for any
    weights. Then the network must give the same for a picture and for one cut off on the left, but for its reach: so
    norms over the whole picture, position embeddings and the like do not go unnoticed.

    Args:
        network: (N, C, h, w) to (N, C', h*scale, w*scale), in evaluation mode.
        channels: C.
        scale: Enlargement.

    Raises:
        InputError: The output depends on the whole picture, or on where in it a pixel lies.
    """
    probe = _Probe(network, channels, scale)
    for period in PERIODS:
        try:
            reach = max(probe.reach(period, across) for across in (False, True))
            if all(probe.moves_along(period, reach, across) for across in (False, True)):
                return ReceptiveField(reach, period, probe.activation(period))
        except RuntimeError:  # an input of this size does not fit the network
            continue
    raise InputError(
        f'{type(network).__name__} cannot work in tiles: what it does to a pixel depends on where in the picture it '
        'lies; use tile=0, which takes the whole picture at once.'
    )


class _Probe:
    """Small inputs for a network, ``across`` along the columns or else along the rows."""

    def __init__(self, network: nn.Module, channels: int, scale: int) -> None:
        self.network, self.channels, self.scale = network, channels, scale
        weight = next(network.parameters(), torch.empty(0))
        self.kind = {'device': weight.device, 'dtype': weight.dtype}
        self.noise = torch.Generator().manual_seed(0)

    def reach(self, period: int, across: bool) -> int:
        """How far a block of ``period`` columns has an influence, in input pixels."""
        length = 64
        while length <= LONGEST:
            start = length // 2
            picture = self._picture(period, length)
            picture[..., start : start + period] = torch.nan
            touched = self._run(picture, across).isnan().any(0).any(0).any(0).nonzero().flatten().tolist()
            if not touched:
                raise RuntimeError('NaN does not pass through')
            before = start - touched[0] // self.scale
            after = touched[-1] // self.scale - (start + period - 1)
            if before < start and after < length - start - period:
                return max(before, after, 0)
            length *= 2
        raise InputError(
            f'{type(self.network).__name__} cannot work in tiles: each pixel depends on the whole picture; use tile=0, '
            'which takes it at once.'
        )

    def moves_along(self, period: int, reach: int, across: bool) -> bool:
        """Whether a picture without its first ``period`` columns gives the same, beyond the reach of the cut."""
        picture = self._picture(period, 2 * reach + 32 + period)
        whole, cut = self._run(picture, across), self._run(picture[..., period:], across)
        whole, cut = whole[..., (period + reach) * self.scale :], cut[..., reach * self.scale :]
        return bool((whole - cut).abs().max() <= TOLERANCE * whole.abs().max())

    def activation(self, period: int) -> float:
        """Bytes of the largest output of any layer, per input pixel."""
        sizes = [4 * self.channels]
        hooks = [
            module.register_forward_hook(
                lambda _, __, output: sizes.append(output.nbytes) if isinstance(output, Tensor) else None
            )
            for module in self.network.modules()
        ]
        picture = self._picture(period, 64)
        try:
            self._run(picture, across=True)
        finally:
            for hook in hooks:
                hook.remove()
        return max(sizes) / (picture.shape[-2] * picture.shape[-1])

    def _picture(self, period: int, length: int) -> Tensor:
        rows = max(LOWEST, period)
        return torch.rand(1, self.channels, rows, length, generator=self.noise).to(**self.kind)  # type: ignore[call-overload]

    def _run(self, picture: Tensor, across: bool) -> Tensor:
        """The output, rows and columns exchanged like those of the input."""
        with torch.autocast(picture.device.type, enabled=False):  # its rounding would look like a difference
            return self.network(picture) if across else self.network(picture.mT).mT
