"""Updates of the weights that ask nothing of the host."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer


def has_fused_form(optimizer: Optimizer) -> bool:
    """Whether one of torch's fused kernels does it on every device: Adam, AdamW, SGD without dampening."""
    known = type(optimizer) in (torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD)
    return known and 'fused' in optimizer.defaults and not any(g.get('dampening') for g in optimizer.param_groups)


@contextmanager
def fused_update(optimizer: Optimizer, rates: Tensor, skip: Tensor) -> Iterator[None]:
    """Within, ``optimizer.step`` is a fused kernel that reads its learning rates and whether to do nothing from memory.

    Afterwards the optimizer is as the config made it, so a checkpoint tells nothing of this.

    Args:
        optimizer: One that :func:`has_fused_form`.
        rates: (groups,) float32 on the device of the weights.
        skip: () float32: nothing is updated unless it is zero.
    """
    groups = optimizer.param_groups
    before = [dict(group) for group in groups]
    for group, rate in zip(groups, rates):
        form: dict[str, Any] = {'lr': rate, 'fused': True, 'foreach': False}
        if 'capturable' in group:
            form['capturable'] = rates.is_cuda
        group.update(form)
    for state in optimizer.state.values():  # of a checkpoint that was made otherwise
        if 'step' in state:
            state['step'] = torch.as_tensor(state['step'], dtype=torch.float32, device=rates.device)
    optimizer.found_inf = skip  # type: ignore[attr-defined]  # the name by which GradScaler tells it
    try:
        yield
    finally:
        del optimizer.found_inf  # type: ignore[attr-defined]
        for group, was in zip(groups, before):
            group.update(was)
