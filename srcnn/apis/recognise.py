"""Checkpoint files that say themselves which network they belong to."""

import ast
from collections.abc import Mapping
from typing import Any

from mmengine.config import Config
from torch import Tensor

from srcnn.engine.check_config import check_config
from srcnn.engine.checkpoint import NOT_WEIGHTS, load_weights, weights_of
from srcnn.errors import InputError
from srcnn.models import SuperResolver
from srcnn.models.enlarged import Enlarged
from srcnn.registry import MODELS


def model_of(checkpoint: Mapping, source: str, scale: int | None = None) -> SuperResolver:
    """The model of a checkpoint, with its weights.

    Known are checkpoints of ``tools/train.py``, which hold their config, and weights of SRCNN of any size: from MMagic
    (``generator.conv1.weight``), where the network enlarges, and bare (``conv1.weight``); where those are of one
    channel, the picture is enlarged first, by MATLAB's bicubic, as in the paper.

    Args:
        checkpoint: As ``read_checkpoint`` gives it.
        source: What errors call it.
        scale: How much the network enlarges; for weights alone, which do not tell.

    Raises:
        InputError: Not recognised, or ``scale`` is missing or not that of the network.
    """
    state = {name.removeprefix('module.'): value for name, value in weights_of(checkpoint).items()}
    state = {name: value for name, value in state.items() if not NOT_WEIGHTS.match(name)}
    cfg = _config_in(checkpoint) or _srcnn_config(state, source, scale)
    if cfg is None:
        raise InputError(
            f'{source}: the network of these weights (such as {next(iter(state))}) is not recognised; give the config '
            'that belongs to them as well: (CONFIG, CHECKPOINT).'
        )
    check_config(Config({'model': cfg}))
    model = MODELS.build(cfg)
    load_weights(model, {'state_dict': state}, source)
    if model.scale == 1 and scale is not None and scale > 1:
        model.generator = Enlarged(model.generator, scale)
    if scale not in (None, model.scale):
        raise InputError(f'{source}: this network enlarges {model.scale} times, not scale={scale}; leave scale out.')
    return model


def _config_in(checkpoint: Mapping) -> dict | None:
    """``model`` of the config text that a training checkpoint holds, if it is of nothing but this package's classes.

    The text is Python, but is not executed.
    """
    meta = checkpoint.get('meta')
    text = meta.get('cfg') if isinstance(meta, Mapping) else None
    if not isinstance(text, str):
        return None
    try:
        statements = ast.parse(text).body
        model = next(
            _value_of(node.value)
            for node in statements
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == 'model'
        )
    except (SyntaxError, ValueError, StopIteration):
        return None
    if not isinstance(model, dict):
        return None
    model = {key: model[key] for key in ('type', 'generator', 'data_preprocessor') if key in model}
    return model if _is_ours(model) else None


def _value_of(node: ast.expr) -> Any:
    """A literal, in which ``dict(key=value)`` is one too.

    Raises:
        ValueError: It is more than that.
    """
    if isinstance(node, ast.Call) and ast.unparse(node.func) == 'dict' and not node.args:
        return {keyword.arg: _value_of(keyword.value) for keyword in node.keywords if keyword.arg}
    if isinstance(node, ast.List | ast.Tuple):
        return [_value_of(item) for item in node.elts]
    return ast.literal_eval(node)


def _is_ours(node: Any) -> bool:
    """Whether every ``type`` is a registered model: mmengine would import and call anything with a dot in its name."""
    if isinstance(node, list):
        return all(map(_is_ours, node))
    if not isinstance(node, dict):
        return True
    return node.get('type', 'SuperResolver') in MODELS.module_dict and all(map(_is_ours, node.values()))


def _srcnn_config(state: Mapping[str, Tensor], source: str, scale: int | None) -> dict | None:
    """The config of SRCNN with the sizes of these weights; None if they are not its layers, conv1, conv2, …"""
    prefix = 'generator.' if next(iter(state), '').startswith('generator.') else ''
    depth = len(state) // 2
    names = [f'{prefix}conv{i + 1}' for i in range(depth)]
    if not names or state.keys() != {f'{name}.{kind}' for name in names for kind in ('weight', 'bias')}:
        return None
    weights = [state[f'{name}.weight'] for name in names]
    if any(weight.ndim != 4 for weight in weights):
        return None
    if scale is None:
        raise InputError(f'{source}: SRCNN, but how much it enlarges is not in the file; say it: scale=4, for example.')
    first = 1 if not prefix and weights[0].shape[1] == 1 else scale
    generator = {
        'type': 'SRCNNNet',
        'channels': [weights[0].shape[1], *(weight.shape[0] for weight in weights)],
        'kernel_sizes': [weight.shape[-1] for weight in weights],
        'upscale_factor': first,
    }
    return {'type': 'SuperResolver', 'generator': generator}
