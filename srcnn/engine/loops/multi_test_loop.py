"""Test on several data sets, with a final table."""

from typing import Any

from mmengine.dist import is_main_process
from mmengine.runner import Runner

from srcnn.engine.loops.multi_loop import MultiLoop
from srcnn.registry import LOOPS


@LOOPS.register_module()
class MultiTestLoop(MultiLoop):
    """``test_cfg = dict(type='MultiTestLoop')``; see MultiLoop. Data sets that are missing are reported at the end."""

    phase = 'test'

    def __init__(self, runner: Runner, dataloader: Any, evaluator: Any, fp16: bool = False) -> None:
        super().__init__(runner, dataloader, evaluator, fp16, skip_missing=True)
        self.report: dict[str, Any] = {}

    def run(self) -> dict[str, float]:
        """Scores by name; ``report`` then also holds their protocols, the score of each image, and what was missing."""
        scores = super().run()
        if is_main_process():
            metrics = [metric for evaluator in self.evaluators for metric in evaluator.metrics]
            self.report = {
                **scores,
                'protocol': {metric.full_name: metric.describe() for metric in metrics},
                'per_image': {metric.full_name: dict(metric.per_image) for metric in metrics},
                'missing': self.missing,
            }
            self.runner.logger.info('Results\n' + self._table(scores))
        return scores

    def _table(self, scores: dict[str, float]) -> str:
        """One line per score, with the protocol it was measured by."""
        rows = [('data set', 'images', 'metric', 'value', 'protocol')]
        for loader, evaluator in zip(self.loaders, self.evaluators):
            for metric in evaluator.metrics:
                *prefix, name = metric.full_name.split('/')
                data = '/'.join(prefix) or loader.dataset.metainfo['dataset_type']
                count = str(len(loader.dataset))
                rows.append((data, count, name, f'{scores[metric.full_name]:.4f}', metric.describe()))
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ['  '.join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        lines += [f'{name}: missing. {why}' for name, why in self.missing.items()]
        return '\n'.join(lines)
