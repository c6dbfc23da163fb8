"""A trained network in a program: two functions."""

from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.device import get_device

from srcnn.datasets.transforms.pack_inputs import to_tensor
from srcnn.engine.check_config import check_config
from srcnn.engine.checkpoint import load_weights, read_checkpoint
from srcnn.errors import InputError
from srcnn.models import SuperResolver
from srcnn.registry import MODELS


def init_model(config: str | Path | Config, checkpoint: str | None = None, device: str | None = None) -> SuperResolver:
    """The model that a config describes, in evaluation mode.

    Args:
        config: Config file, or a loaded one.
        checkpoint: Path or http(s) address; None leaves the weights as initialised.
        device: Such as 'cpu' or 'cuda:0'; the best there is if None.

    Raises:
        InputError: No such config, a fault in its ``model``, or one of :mod:`srcnn.engine.checkpoint`.
    """
    if not isinstance(config, Config) and not Path(config).is_file():
        raise InputError(f'{config}: no such config file; check the path.')
    cfg = config if isinstance(config, Config) else Config.fromfile(config)
    check_config(Config({'model': cfg.get('model')}))
    model = MODELS.build(cfg.model)
    if checkpoint is not None:
        load_weights(model, read_checkpoint(checkpoint), checkpoint)
    return model.to(device or get_device()).eval()


@torch.inference_mode()
def upscale_image(model: SuperResolver, img: np.ndarray) -> np.ndarray:
    """Enlarge one image.

    Args:
        model: From :func:`init_model`.
        img: (h, w, C) uint8 or uint16 RGB, or as many channels as the network takes.

    Returns:
        (h*scale, w*scale, C) uint8, rounded half away from zero as MATLAB does.

    Raises:
        InputError: An array of other dimensions or type.
    """
    if img.ndim != 3 or img.dtype not in (np.uint8, np.uint16):
        raise InputError(f'upscale_image: (h, w, C) uint8 or uint16 is needed, not {img.shape} {img.dtype}.')
    batch = {'inputs': [to_tensor(img)], 'data_samples': {}}
    pred = model.test_step(batch)[0]['pred']
    return (pred + 0.5).floor().clamp(0, 255).to(torch.uint8).numpy().transpose(1, 2, 0)
