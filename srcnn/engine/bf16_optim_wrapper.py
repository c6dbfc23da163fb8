"""Mixed precision where there is no CUDA."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from mmengine.device import get_device
from mmengine.optim import OptimWrapper
from torch import nn

from srcnn.errors import InputError
from srcnn.registry import OPTIM_WRAPPERS


@OPTIM_WRAPPERS.register_module()
class Bf16OptimWrapper(OptimWrapper):
    """Forward and loss under bfloat16 autocast, weights and optimizer in float32, no loss scaling.

    Takes the place of ``AmpOptimWrapper`` on machines without CUDA, where mmengine's refuses to work. bfloat16 has the
    range of float32, so gradients do not underflow and nothing needs to be scaled.

    Args:
        optimizer, accumulative_counts, clip_grad: As in mmengine's OptimWrapper.
        loss_scale: Accepted and not used.
        dtype: None or 'bfloat16'.
    """

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        accumulative_counts: int = 1,
        clip_grad: dict | None = None,
        loss_scale: str | float | dict = 'dynamic',
        dtype: str | None = None,
    ) -> None:
        if dtype not in (None, 'bfloat16'):
            raise InputError(f"optim_wrapper.dtype={dtype!r}: without CUDA, mixed precision is 'bfloat16'; use that.")
        super().__init__(optimizer, accumulative_counts=accumulative_counts, clip_grad=clip_grad)

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Autocast inside mmengine's own context."""
        with super().optim_context(model), torch.autocast(get_device(), dtype=torch.bfloat16):
            yield
