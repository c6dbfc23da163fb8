"""Show predictions while validating and testing."""

from collections.abc import Sequence
from typing import Any

from mmengine.hooks import Hook
from mmengine.runner import Runner

from srcnn.engine.loops.multi_loop import MultiLoop
from srcnn.registry import HOOKS


@HOOKS.register_module()
class BasicVisualizationHook(Hook):
    """Hand every ``interval``-th batch of predictions to the visualizer; of several data sets, with the set's name.

    Args:
        interval: In batches; 1 shows all, 0 none. A dict such as ``dict(val=10, test=1)`` sets the phases apart.
        on_val: Whether to show validation.
        on_test: Whether to show tests.
    """

    priority = 'NORMAL'

    def __init__(self, interval: int | dict[str, int] = 1, on_val: bool = True, on_test: bool = True) -> None:
        every = interval if isinstance(interval, dict) else {'val': interval, 'test': interval}
        self.intervals = {'val': every.get('val', 1) * on_val, 'test': every.get('test', 1) * on_test}

    def after_val_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        self._show(runner, batch_idx, outputs, 'val')

    def after_test_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        self._show(runner, batch_idx, outputs, 'test')

    def rehearse(self, runner: Runner, phase: str, outputs: Sequence[dict]) -> None:
        """See, before a run begins, whether the visualizer will find what it is to show."""
        check = getattr(runner.visualizer, 'check', None)
        if self.intervals[phase] and callable(check):
            check(outputs[0])

    def _show(self, runner: Runner, batch_idx: int, outputs: Sequence[dict] | None, phase: str) -> None:
        if self.every_n_inner_iters(batch_idx, self.intervals[phase]):
            loop = runner.val_loop if phase == 'val' else runner.test_loop
            several = isinstance(loop, MultiLoop) and len(loop.loaders) > 1
            place = {'folder': f'{loop.names[loop.current]}/'} if several else {}
            for sample in outputs or ():
                runner.visualizer.add_datasample(sample, step=runner.iter if phase == 'val' else 0, **place)
