"""What mmengine's Runner must be told for a config, as MMagic writes it, to work on today's stack."""

import copy
import os
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from mmengine.config import Config

from srcnn.errors import InputError

ROOM = 1 << 18  # bytes without which a run need not begin: its log, its config


def prepare_config(cfg: Config) -> Config:
    """A copy of ``cfg`` that the stock Runner runs as meant; nothing that the config states is changed silently."""
    cfg = copy.deepcopy(cfg)
    # yapf takes seconds to lay the text out, three times at start and again for every checkpoint
    object.__setattr__(cfg, '_format_python_code', False)
    cfg.setdefault('default_scope', 'srcnn')
    cfg.setdefault('launcher', 'none')
    if not cfg.get('work_dir'):
        raise InputError('work_dir is missing from the config; set it there, or give --work-dir.')
    if cfg.get('randomness') is not None:
        cfg.randomness.setdefault('seed', None)  # which mmengine asks for, beside `deterministic`
        if cfg.randomness.get('deterministic'):
            os.environ.setdefault('CUBLAS_WORKSPACE_CONFIG', ':4096:8')  # else torch refuses matrix products on CUDA
    _log_scores_by_iteration(cfg)
    _keep_checkpoints_in_work_dir(cfg)
    if type_name(cfg.get('optim_wrapper')) == 'AmpOptimWrapper' and not torch.cuda.is_available():
        cfg.optim_wrapper.type = 'Bf16OptimWrapper'  # mmengine's asks for CUDA
        if torch.backends.cpu.get_cpu_capability() == 'AVX2' and not torch.backends.mps.is_available():
            message = 'This processor has no bfloat16 instructions, so mixed precision is slower than none.'
            warnings.warn(message, stacklevel=2)
    if cfg.launcher != 'none' and not torch.cuda.is_available():
        # mmengine passes device_ids in any case, which DistributedDataParallel refuses for a model on the CPU
        wrapper = {'type': 'MMDistributedDataParallel', 'broadcast_buffers': False, 'device_ids': None}
        wrapper['find_unused_parameters'] = cfg.get('find_unused_parameters', False)
        cfg.model_wrapper_cfg = {**wrapper, **(cfg.get('model_wrapper_cfg') or {})}
    return cfg


def type_name(node: Mapping | None) -> str:
    """What a config's dict is to become: its ``type``, which may also be a class, or a name with dots in it."""
    kind = (node or {}).get('type', '')
    return (kind if isinstance(kind, str) else kind.__name__).rpartition('.')[2]


def _log_scores_by_iteration(cfg: Config) -> None:
    """In an iteration-based run mmengine files validation scores under the epoch, which is 0 for ever."""
    train_cfg = cfg.get('train_cfg') or {}
    logger = (cfg.get('default_hooks') or {}).get('logger')
    by_epoch = train_cfg.get('by_epoch', 'EpochBased' in str(train_cfg.get('type', '')))
    if logger is not None and not by_epoch:
        logger.setdefault('log_metric_by_epoch', False)


def _keep_checkpoints_in_work_dir(cfg: Config) -> None:
    """``out_dir='./work_dirs'`` in MMagic's configs means the work directory, wherever --work-dir has moved it."""
    hooks = [(cfg.get('default_hooks') or {}).get('checkpoint'), *(cfg.get('custom_hooks') or [])]
    for hook in hooks:
        if type_name(hook) == 'CheckpointHook' and hook.get('out_dir'):
            hook.out_dir = None


def check_work_dir(work_dir: str) -> None:
    """InputError unless files can be written in ``work_dir``, which is created."""
    try:
        folder = Path(work_dir)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(ROOM))
    except OSError as error:
        raise InputError(
            f'{work_dir}: this work directory cannot be written ({error.strerror}); choose another with --work-dir.'
        ) from error
