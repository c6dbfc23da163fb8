"""A network and its loss, as mmengine's Runner drives them."""

import warnings
from collections.abc import Callable
from typing import Any

import torch
from mmengine.model import BaseModel
from torch import Tensor

from srcnn.errors import InputError
from srcnn.models.tiled import Tiled
from srcnn.registry import MODELS

# Read by MMagic's predecessors, by nothing since; their meaning moved to the evaluators.
DEAD_TEST_KEYS = {'metrics', 'crop_border'}


@MODELS.register_module(name=['SuperResolver', 'BaseEditModel'])
class SuperResolver(BaseModel):
    """Train and apply one network. Also registered as ``BaseEditModel``, MMagic's name for it.

    Args:
        generator: Config of the network: (N, C, h, w) to (N, C, h*scale, w*scale), with an attribute ``scale``.
        pixel_loss: Config of the loss between network output and normalised original.
        data_preprocessor: Config of the data preprocessor; pixels 0..255 become 0..1 by default.
        train_cfg: Must be empty; there is nothing to set.
        test_cfg: ``dict(tile=…)`` predicts tile by tile, which takes less memory and gives the same: the side of a tile
            in pixels of the input, or 'auto'. MMagic's ``metrics`` and ``crop_border`` are accepted with a warning.
        channels_last: Keep weights, and with them activations, in torch.channels_last, which convolutions prefer.
        init_cfg: As in mmengine's BaseModule, for example ``dict(type='Pretrained', checkpoint=…)``.
    """

    def __init__(
        self,
        generator: dict,
        pixel_loss: dict | None = None,
        data_preprocessor: dict | None = None,
        train_cfg: dict | None = None,
        test_cfg: dict | None = None,
        init_cfg: dict | None = None,
        channels_last: bool = True,
    ) -> None:
        preprocessor = MODELS.build({'type': 'DataPreprocessor', **(data_preprocessor or {})})
        super().__init__(data_preprocessor=preprocessor, init_cfg=init_cfg)
        _refuse_keys('train_cfg', train_cfg, dead=set())
        test_cfg = dict(test_cfg or {})
        tile = test_cfg.pop('tile', 0)
        _refuse_keys('test_cfg', test_cfg, dead=DEAD_TEST_KEYS)
        self.generator = MODELS.build(generator)
        self._tiled = Tiled(self.generator, tile, self.scale) if tile != 0 else None
        self.pixel_loss = MODELS.build(pixel_loss) if pixel_loss else None
        if channels_last:
            self.generator.to(memory_format=torch.channels_last)
        self._compiled: Callable[[Tensor], Tensor] | None = None

    @property
    def scale(self) -> int:
        """Enlargement of the network."""
        return self.generator.scale

    def forward(self, inputs: Tensor, data_samples: dict | None = None, mode: str = 'tensor') -> Any:
        """Called by ``train_step``, ``val_step`` and ``test_step`` with what the data preprocessor gives.

        Args:
            inputs: (N, C, h, w), normalised.
            data_samples: Dict of lists (and, in training, ``gt`` as a tensor), see DataPreprocessor.
            mode: 'loss', 'predict' or 'tensor'.

        Returns:
            'loss': ``{'loss': scalar}``. 'predict': a list with a dict per image: ``pred``, (C, H, W) float32 pixels
            0..255, beside everything in ``data_samples``; on the GPU where CUDA made them (metrics are quicker there),
            else on the CPU (other devices have no float64). 'tensor': the network's output as it is.
        """
        network = {'loss': self._compiled, 'predict': self._tiled}.get(mode) or self.generator
        output = network(inputs)
        if mode == 'tensor':
            return output
        if mode == 'loss':
            return {'loss': self._loss(output, data_samples or {})}
        if mode == 'predict':
            return self._predictions(output, data_samples or {})
        raise InputError(f"SuperResolver: mode={mode!r} is unknown; use 'loss', 'predict' or 'tensor'.")

    def compile_training(self, options: dict) -> None:
        """Let torch.compile make the network's code for training, where sizes stay the same; ``options`` go to it."""
        self._compiled = torch.compile(self.generator.forward, **options)

    def parse_losses(self, losses: dict) -> tuple[Tensor, dict]:
        """As mmengine's; called between loss and update by one process and by many.

        Raises:
            FloatingPointError: The loss is infinite or not a number; nothing has been updated.
        """
        loss, log_vars = super().parse_losses(losses)
        if not torch.isfinite(loss):
            raise FloatingPointError(f'the loss is {loss.item()}')
        return loss, log_vars

    def _loss(self, output: Tensor, samples: dict) -> Tensor:
        if self.pixel_loss is None:
            raise InputError("model.pixel_loss is missing; training needs one, such as dict(type='L1Loss').")
        gt = samples['gt']
        if output.shape != gt.shape:
            raise InputError(
                f'The network gives {tuple(output.shape[1:])} (C, H, W) for originals of {tuple(gt.shape[1:])}, for '
                f'example {samples.get("gt_path", ["?"])[0]}; model.generator.upscale_factor and its channels must fit '
                'the data.'
            )
        return self.pixel_loss(output, gt)

    def _predictions(self, output: Tensor, samples: dict) -> list[dict]:
        images = self.data_preprocessor.denormalize(output)
        images = images if images.is_cuda else images.cpu()
        return [{'pred': pred} | {key: values[i] for key, values in samples.items()} for i, pred in enumerate(images)]


def _refuse_keys(name: str, cfg: dict | None, dead: set[str]) -> None:
    """A key that nothing reads is an error, unless configs from elsewhere carry it by habit."""
    keys = set(cfg or {})
    if unknown := keys - dead:
        raise InputError(f'model.{name}: unknown key {sorted(unknown)[0]!r}; nothing reads it, so remove it.')
    if keys & dead:
        warnings.warn(f'model.{name}: {sorted(keys & dead)} have no effect; the evaluators decide.', stacklevel=3)
