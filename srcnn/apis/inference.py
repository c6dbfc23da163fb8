"""A model as its config describes it."""

from pathlib import Path

from mmengine.config import Config
from mmengine.device import get_device

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
