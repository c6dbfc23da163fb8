"""The states of the random number generators, as plain data that a checkpoint may hold."""

import random
from typing import Any

import numpy as np
import torch


def random_state() -> dict[str, Any]:
    """Of Python, numpy and torch, on the CPU and on every CUDA device of this process."""
    return {
        'python': random.getstate(),
        'numpy': np.random.get_state(legacy=False),
        'torch': torch.get_rng_state(),
        'cuda': torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def restore_random_state(state: dict[str, Any]) -> None:
    """Put back what :func:`random_state` gave; CUDA's only where there are as many devices."""
    random.setstate(state['python'])
    np.random.set_state(state['numpy'])
    torch.set_rng_state(state['torch'].cpu())
    cuda = [device.cpu() for device in state['cuda']]
    if cuda and torch.cuda.is_available() and len(cuda) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(cuda)
