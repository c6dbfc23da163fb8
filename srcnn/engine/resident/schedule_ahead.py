"""The learning rates of iterations to come."""

import copy
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from mmengine.optim import OptimWrapper


class ScheduleAhead:
    """Copies of the schedulers that run ahead of them, on copies of the learning rates.

    Args:
        schedulers: mmengine's, of the learning rate; those by epoch stand still.
        optim_wrapper: What they act upon.
    """

    def __init__(self, schedulers: Sequence[Any], optim_wrapper: OptimWrapper) -> None:
        self._groups = [
            {key: value for key, value in group.items() if key != 'params'} for group in optim_wrapper.param_groups
        ]
        # what schedulers ask of an optimizer: the groups, and (for a warning) whether it has ever been used
        optimizer = SimpleNamespace(param_groups=self._groups, step=optim_wrapper.step, _global_step=0)
        self._schedulers = [copy.copy(scheduler) for scheduler in schedulers if not scheduler.by_epoch]
        for scheduler in self._schedulers:
            scheduler.optimizer = optimizer

    def take(self, count: int) -> list[list[float]]:
        """The rates of the next ``count`` iterations, of every group of weights."""
        rates = []
        for _ in range(count):
            rates.append([group['lr'] for group in self._groups])
            for scheduler in self._schedulers:
                scheduler.step()
        return rates
