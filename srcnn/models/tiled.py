"""A network applied to a picture piece by piece."""

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from srcnn.errors import InputError
from srcnn.models.receptive_field import ReceptiveField, receptive_field

TileSize = int | Literal['auto']
Place = tuple[slice, slice]  # rows and columns

# What the largest activation of a tile should take. On a processor: about its last cache, and less than the 32 MB from
# which on the C library would give the memory back after every layer. On others: enough to keep them busy.
BYTES_ON_CPU, BYTES_ELSEWHERE = 20e6, 500e6
SMALLEST = 16  # side that 'auto' may choose


class Tile(NamedTuple):
    """One piece of the work.

    Attributes:
        source: Where in the picture: the tile with what its output depends on around it.
        inner: Which part of the network's output for it is to be kept.
        target: Where in the enlarged picture that belongs.
    """

    source: Place
    inner: Place
    target: Place


def cut_into_tiles(height: int, width: int, side: int, field: ReceptiveField, scale: int) -> Iterator[Tile]:
    """Tiles that cover a picture and together make the output that the whole would.

    A tile at the border of the picture ends there, so that the network meets the border it would meet in the whole.

    Args:
        height: Of the picture, in pixels.
        width: Likewise.
        side: Of a tile, at most, without what lies around it; rounded up to the network's period.
        field: Of the network.
        scale: Enlargement.
    """
    spans = [list(_spans(length, side, field, scale)) for length in (height, width)]
    for rows in spans[0]:
        for columns in spans[1]:
            yield Tile(*((row, column) for row, column in zip(rows, columns)))


def _spans(length: int, side: int, field: ReceptiveField, scale: int) -> Iterator[tuple[slice, slice, slice]]:
    """Along one axis, as equal in size as can be: source, inner, target."""
    period = field.period
    step = math.ceil(length / math.ceil(length / side))
    step = math.ceil(step / period) * period
    # A network with windows pads what does not fit them; from a cut within one, the reach begins at its other edge.
    reach = field.reach if period == 1 else (math.ceil(field.reach / period) + 1) * period
    for start in range(0, length, step):
        stop = min(start + step, length)
        first, last = max(start - reach, 0), stop + reach
        last = min(last + (length - last) % period, length)  # as far from the end as a network expects that pads there
        target = slice(start * scale, stop * scale)
        yield slice(first, last), slice((start - first) * scale, (stop - first) * scale), target


def tile_side(field: ReceptiveField, device: torch.device) -> int:
    """The side of a tile for ``tile='auto'``: what fits the cache, but not less than what lies around it."""
    budget = BYTES_ON_CPU if device.type == 'cpu' else BYTES_ELSEWHERE
    side = int(math.sqrt(budget / field.activation)) - 2 * field.reach
    return max(side, 4 * field.reach, SMALLEST)


class Tiled:
    """A network in whose place it stands, called for one tile after the other: only the output is ever there whole.

    The output is that of the network for the whole picture: on a CPU to the last bit, as a rule. Not a module, so that
    it can stand beside the network in one without being there twice.

    Args:
        network: (N, C, h, w) to (N, C', h*scale, w*scale), in evaluation mode; without an influence of every pixel on
            every other.
        tile: Side of a tile in input pixels, or 'auto'.
        scale: Enlargement of the network.

    Raises:
        InputError: ``tile`` is something else.
    """

    def __init__(self, network: nn.Module, tile: TileSize, scale: int) -> None:
        self.network, self.tile, self.scale = network, check_tile(tile), scale
        self._field: ReceptiveField | None = None

    def __call__(self, x: Tensor) -> Tensor:
        """As the network's.

        Raises:
            InputError: The network cannot work in tiles.
        """
        if self._field is None:
            self._field = receptive_field(self.network, x.shape[1], self.scale)
        side = tile_side(self._field, x.device) if self.tile == 'auto' else self.tile
        height, width = x.shape[-2:]
        out: Tensor | None = None
        for source, inner, target in cut_into_tiles(height, width, side, self._field, self.scale):
            piece = at(self.network(at(x, source)), inner)
            if out is None:
                out = piece.new_empty(*piece.shape[:2], height * self.scale, width * self.scale)
            at(out, target).copy_(piece)
        assert out is not None  # a picture has at least one tile
        return out


def at(images: Tensor, place: Place) -> Tensor:
    """The part of (..., H, W) that lies there; a view."""
    rows, columns = place
    return images[..., rows, columns]


def check_tile(tile: TileSize) -> TileSize:
    """``tile``, if it is 'auto' or a whole number from 1.

    Raises:
        InputError: It is neither.
    """
    if tile == 'auto' or (isinstance(tile, int) and not isinstance(tile, bool) and tile >= 1):
        return tile
    raise InputError(f"tile={tile!r} must be 'auto' or a number of pixels from 1.")
