"""A trained network in a program."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.device import get_device
from torch import Tensor, nn

from srcnn.apis.colour import BICUBIC_REACH, FILL_STEPS, enlarge_colours
from srcnn.apis.inference import init_model
from srcnn.apis.recognise import model_of
from srcnn.engine.checkpoint import read_checkpoint
from srcnn.errors import InputError
from srcnn.models import DataPreprocessor, SuperResolver
from srcnn.models.receptive_field import ReceptiveField, receptive_field
from srcnn.models.self_ensemble import SelfEnsemble
from srcnn.models.tiled import Tile, TileSize, at, check_tile, cut_into_tiles, tile_side

Source = str | Path | tuple[str | Path | Config, str | Path] | nn.Module

# The value of white by type
_WHITE = {np.uint8: 255, np.uint16: 65535, np.float16: 1, np.float32: 1, np.float64: 1}
_SMALL = 64 * 64  # pixels; a picture of fewer is not worth finding out how to cut


class Upscaler:
    """Enlarges pictures with a trained network, tile by tile: memory does not grow with the picture, but for itself.

    ``upscaler(image)`` takes an array (H, W), or (H, W, C) of 1 (gray), 2 (gray, alpha), 3 (RGB) or 4 (RGBA) channels,
    in this order, whatever the network was trained on; uint8 (0..255), uint16 (0..65535) or floating point (0..1). It
    returns a new array (H*scale, W*scale) or (H*scale, W*scale, C) of the same type and range, rounded half away from
    zero where integer, and leaves the one given alone. The result is that of the whole picture, for any size of tile.
    Arrays of other shapes and types, and floats that are far outside 0..1 or not finite, raise InputError.

    Args:
        source: A checkpoint (path or http(s) address) that says which network it is for, see
            :mod:`srcnn.apis.recognise`; or (config, checkpoint); or a model or network, which is then moved to
            ``device``, and put in evaluation mode and channels-last layout.
        scale: How much the network enlarges, where the checkpoint does not tell.
        device: Such as 'cpu' or 'cuda:0'; the best there is if None.
        tile: Side of the tiles in pixels of the input; 'auto' for what suits the device; 0 for the whole picture at
            once, as networks need it that look at all of it (with 'auto' they get it, and memory grows).
        amp: Let the network compute in bfloat16: faster on most GPUs and on processors with instructions for it; pixels
            then differ by a level or two.
        self_ensemble: Average over the eight mirrored and turned pictures: a little better, eight times as slow.

    Attributes:
        scale: Enlargement.
        channels: Of the network: 3 for RGB, 1 for Y or gray.

    Raises:
        InputError: An unknown or unfit source, or ``tile`` for a network that cannot work in tiles.
    """

    def __init__(
        self,
        source: Source,
        *,
        scale: int | None = None,
        device: str | None = None,
        tile: TileSize = 'auto',
        amp: bool = False,
        self_ensemble: bool = False,
    ) -> None:
        model = _model_from(source, scale)
        self._device = torch.device(device or get_device())
        self._tile = check_tile(tile) if tile != 0 else 0
        self._amp = amp
        if amp and self._device.type == 'cpu' and torch.backends.cpu.get_cpu_capability() == 'AVX2':
            warnings.warn('This processor has no bfloat16 instructions, so amp=True makes it slower.', stacklevel=2)
        self._preprocessor = model.data_preprocessor if isinstance(model, SuperResolver) else DataPreprocessor()
        self._preprocessor.to(self._device)
        network = model.generator if isinstance(model, SuperResolver) else model
        network.to(self._device).to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self.channels, self.scale = _channels_and_scale(network, self._device)
        if scale not in (None, self.scale):
            raise InputError(f'scale={scale}, but this network enlarges {self.scale} times; leave scale out.')
        self._network = SelfEnsemble(network).eval() if self_ensemble else network
        if self._tile not in (0, 'auto'):
            _ = self._field  # an error now, not at the first picture

    @torch.inference_mode()
    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Enlarge a picture; see the class."""
        _check(image)
        picture = image if image.ndim == 3 else image[:, :, None]
        height, width, channels = picture.shape
        out = np.empty((height * self.scale, width * self.scale, channels), image.dtype.type)
        for tile in self._tiles(height, width, channels):
            out[tile.target] = self._enlarge(picture[tile.source], tile)
        return out if image.ndim == 3 else out[:, :, 0]

    def frames(self, images: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Enlarge pictures as they come, one in memory at a time; their sizes and types may differ.

        Raises:
            InputError: As for one picture.
        """
        return map(self, images)

    @cached_property
    def _field(self) -> ReceptiveField:
        return receptive_field(self._network, self.channels, self.scale)

    @cached_property
    def _auto_field(self) -> ReceptiveField | None:
        """None, with a warning, for a network that cannot work in tiles."""
        try:
            return self._field
        except InputError as error:
            warnings.warn(f'{error} That is done now; memory grows with the picture.', stacklevel=5)
            return None

    def _tiles(self, height: int, width: int, channels: int) -> Iterator[Tile]:
        whole = ReceptiveField(reach=0, period=1, activation=0)
        if self._tile == 0 or (self._tile == 'auto' and height * width <= _SMALL):
            return cut_into_tiles(height, width, max(height, width), whole, self.scale)
        field = self._auto_field if self._tile == 'auto' else self._field
        if field is None:
            return cut_into_tiles(height, width, max(height, width), whole, self.scale)
        if channels != self.channels:
            reach = max(field.reach, BICUBIC_REACH) + (FILL_STEPS if channels in (2, 4) else 0)
            field = replace(field, reach=reach)
        side = tile_side(field, self._device) if self._tile == 'auto' else self._tile
        return cut_into_tiles(height, width, side, field, self.scale)

    def _enlarge(self, part: np.ndarray, tile: Tile) -> np.ndarray:
        """One tile, (h, w, C) to the (h', w', C) that is kept."""
        kind, white = part.dtype.type, _WHITE[part.dtype.type]
        values = torch.from_numpy(np.require(part, kind, ['C', 'W'])).to(self._device)
        pixels = values.permute(2, 0, 1)[None].float() * (255 / white)
        enlarged = enlarge_colours(pixels, self._run, self.channels, self.scale)
        result = at(enlarged, tile.inner)[0].permute(1, 2, 0) * (white / 255)
        if white != 1:
            result = (result + 0.5).floor_()
        return result.to(values.dtype).cpu().numpy()

    def _run(self, pixels: Tensor) -> Tensor:
        """The network on pixels 0..255, clamped."""
        precision: AbstractContextManager = nullcontext()
        if self._amp:
            precision = torch.autocast(self._device.type, dtype=torch.bfloat16)
        inputs = self._preprocessor.normalize(pixels)
        with precision:
            output = self._network(inputs)
        return self._preprocessor.denormalize(output)


def upscale_image(model: nn.Module, img: np.ndarray) -> np.ndarray:
    """Enlarge one picture with a model from :func:`srcnn.apis.init_model`, where it is; see :class:`Upscaler`.

    For more than one, an ``Upscaler`` is quicker: it looks at the network only once.
    """
    return Upscaler(model, device=str(next(model.parameters()).device))(img)


def _model_from(source: Source, scale: int | None) -> nn.Module:
    if isinstance(source, nn.Module):
        return source
    if isinstance(source, tuple):
        config, checkpoint = source
        return init_model(config, str(checkpoint), device='cpu')
    return model_of(read_checkpoint(str(source)), str(source), scale)


@torch.inference_mode()
def _channels_and_scale(network: nn.Module, device: torch.device) -> tuple[int, int]:
    """What a network takes and how much it enlarges, by trying."""
    side = 32
    for channels in (3, 1, 4):
        try:
            shape = network(torch.zeros(1, channels, side, side, device=device)).shape
        except RuntimeError:  # a convolution for another number of channels
            continue
        scale = shape[-1] // side
        if scale >= 1 and tuple(shape) == (1, channels, side * scale, side * scale):
            return channels, scale
    raise InputError(
        f'{type(network).__name__} is not a network for pictures: it should make (N, C, h*scale, w*scale) of '
        '(N, C, h, w), with 1, 3 or 4 channels.'
    )


def _check(image: np.ndarray) -> None:
    if not isinstance(image, np.ndarray) or image.ndim not in (2, 3) or not image.size:
        found = f'an array of shape {image.shape}' if isinstance(image, np.ndarray) else f'a {type(image).__name__}'
        raise InputError(f'Upscaler takes pictures as arrays (H, W) or (H, W, C), not {found}.')
    if image.ndim == 3 and image.shape[2] > 4:
        raise InputError(f'Upscaler takes pictures of 1 to 4 channels, the last axis; this array is {image.shape}.')
    if image.dtype.type not in _WHITE:
        raise InputError(f'Upscaler takes uint8, uint16 and floating-point pictures, not {image.dtype}.')
    if image.dtype.kind == 'f' and not (image.min() >= -1 and image.max() <= 2):  # nor where one is not a number
        raise InputError(
            f'A floating-point picture runs from 0 to 1, but this one from {image.min():g} to {image.max():g}; divide '
            'it by its white, or convert it to uint8.'
        )
