"""The states of the random number generators, as plain data that a checkpoint may hold."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


def random_state() -> dict[str, Any]:
    """Of Python, numpy and torch in this process, on the CPU and on its CUDA device (None without one)."""
    return {
        'python': random.getstate(),
        'numpy': np.random.get_state(legacy=False),
        'torch': torch.get_rng_state(),
        'cuda': torch.cuda.get_rng_state() if torch.cuda.is_available() else None,
    }


def restore_random_state(state: dict[str, Any]) -> None:
    """Put back what :func:`random_state` gave; CUDA's only where there is a device."""
    random.setstate(state['python'])
    np.random.set_state(state['numpy'])
    torch.set_rng_state(state['torch'].cpu())
    if state['cuda'] is not None and torch.cuda.is_available():
        torch.cuda.set_rng_state(state['cuda'].cpu())


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Whatever the block draws, what comes after it draws the numbers it would have drawn."""
    state = random_state()
    try:
        yield
    finally:
        restore_random_state(state)
