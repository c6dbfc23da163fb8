"""Validation on one or several data sets."""

from typing import Any

from mmengine.hooks import CheckpointHook
from mmengine.runner import Runner

from srcnn.engine.loops.multi_loop import MultiLoop
from srcnn.errors import InputError
from srcnn.registry import LOOPS


@LOOPS.register_module()
class MultiValLoop(MultiLoop):
    """``val_cfg = dict(type='MultiValLoop')``; see MultiLoop. All data sets must be there."""

    phase = 'val'

    def __init__(self, runner: Runner, dataloader: Any, evaluator: Any, fp16: bool = False) -> None:
        super().__init__(runner, dataloader, evaluator, fp16)
        scores = [metric.full_name for evaluator in self.evaluators for metric in evaluator.metrics]
        for hook in runner.hooks:
            wanted = hook.key_indicators if isinstance(hook, CheckpointHook) and hook.save_best else []
            if unknown := set(wanted) - {*scores, 'auto'}:
                raise InputError(
                    f'default_hooks.checkpoint.save_best={sorted(unknown)[0]!r} is no score of the validation; choose '
                    f'from {scores}.'
                )
