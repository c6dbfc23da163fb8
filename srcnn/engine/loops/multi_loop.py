"""Several named data sets, one after the other, each with its own evaluator."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import torch
from mmengine.evaluator import Evaluator
from mmengine.runner import BaseLoop, Runner
from mmengine.runner.amp import autocast
from torch.utils.data import DataLoader, Dataset

from srcnn.engine.loops.rehearsal import rehearse
from srcnn.engine.random_state import random_state_kept
from srcnn.errors import InputError, MissingDataError


class LoaderChain:
    """Data loaders end to end, as mmengine's hooks want to see one."""

    def __init__(self, loaders: Sequence[DataLoader]) -> None:
        self.loaders = list(loaders)

    def __len__(self) -> int:
        return sum(map(len, self.loaders))

    def __iter__(self) -> Iterator:
        return chain.from_iterable(self.loaders)

    @property
    def dataset(self) -> Dataset:
        """The first data set."""
        return self.loaders[0].dataset


class MultiLoop(BaseLoop):
    """What MultiValLoop and MultiTestLoop share.

    Args:
        runner: The runner.
        dataloader: Config of a data loader, or a list of them.
        evaluator: Config of an evaluator (or of its metrics), or a list with one for each data loader.
        fp16: Run the network under autocast.
        skip_missing: Go on without a data set that is not there, as long as there is one.

    Raises:
        InputError: Numbers that differ, two metrics of one name, or no data at all.
    """

    phase: str  # 'val' or 'test'; names the hooks

    def __init__(
        self, runner: Runner, dataloader: Any, evaluator: Any, fp16: bool = False, skip_missing: bool = False
    ) -> None:
        loader_cfgs = list(dataloader) if isinstance(dataloader, (list, tuple)) else [dataloader]
        evaluator_cfgs = _evaluator_list(evaluator)
        if len(loader_cfgs) != len(evaluator_cfgs):
            raise InputError(
                f'{self.phase}_dataloader lists {len(loader_cfgs)} data sets and {self.phase}_evaluator '
                f'{len(evaluator_cfgs)} evaluators; give one for each.'
            )
        self.missing: dict[str, str] = {}  # data set -> what is not there and how to get it
        self.names: list[str] = []  # of the data sets, each different
        self.current = 0  # which of them is at work
        loaders, self.evaluators = [], []
        for loader_cfg, evaluator_cfg in zip(loader_cfgs, evaluator_cfgs):
            built = runner.build_evaluator(evaluator_cfg)
            try:
                loaders.append(runner.build_dataloader(loader_cfg, seed=runner.seed))
            except MissingDataError as error:
                if not skip_missing:
                    raise
                self.missing[_name_of(loader_cfg, built)] = str(error)
            else:
                self.evaluators.append(built)
                name = _name_of(loader_cfg, built)
                self.names.append(name if name not in self.names else f'{name}-{len(self.names) + 1}')
        if not loaders:
            raise InputError('None of the data sets is there:\n' + '\n'.join(self.missing.values()))
        for why in self.missing.values():
            runner.logger.warning(f'Data set missing, going on without it: {why}')
        names = [metric.full_name for evaluator in self.evaluators for metric in evaluator.metrics]
        if twice := {name for name in names if names.count(name) > 1}:
            raise InputError(
                f'{self.phase}_evaluator: {sorted(twice)} would be reported more than once; give the metrics of each '
                "data set a prefix of their own, such as prefix='Set5', or a name."
            )
        super().__init__(runner, LoaderChain(loaders))
        for loader, built in zip(loaders, self.evaluators):
            rehearse(runner, loader, built, self.phase)
        self.loaders = loaders
        self.fp16 = fp16

    def run(self) -> dict[str, float]:
        """Apply the model to every data set; ``{'Set5/PSNR': …}``."""
        self._call('before_{}')
        self._call('before_{}_epoch')
        self.runner.model.eval()
        scores: dict[str, float] = {}
        index = 0
        with random_state_kept():  # training goes on with the numbers it would have had
            for place, (loader, evaluator) in enumerate(zip(self.loaders, self.evaluators)):
                self.current = place
                for batch in loader:
                    self.run_iter(index, batch, evaluator)
                    index += 1
                scores |= evaluator.evaluate(len(loader.dataset))
        self._call('after_{}_epoch', metrics=scores)
        self._call('after_{}')
        return scores

    @torch.no_grad()
    def run_iter(self, index: int, batch: dict, evaluator: Evaluator) -> None:
        """One batch: predict, score, show."""
        self._call('before_{}_iter', batch_idx=index, data_batch=batch)
        with autocast(enabled=self.fp16):
            outputs = self.runner.model.val_step(batch)
        evaluator.process(data_samples=outputs, data_batch=batch)
        self._call('after_{}_iter', batch_idx=index, data_batch=batch, outputs=outputs)

    def _call(self, hook: str, **arguments: Any) -> None:
        self.runner.call_hook(hook.format(self.phase), **arguments)


def _evaluator_list(evaluator: Any) -> list:
    """One evaluator config per data set, from any way of writing them.

    ``dict(metrics=…)``, ``dict(type='PSNR')`` and ``[dict(type='PSNR'), …]`` are one evaluator; a list of lists or of
    dicts with ``metrics`` is one for each entry.
    """
    if not isinstance(evaluator, (list, tuple)):
        return [evaluator]
    plain = all(isinstance(item, Mapping) and 'metrics' not in item for item in evaluator)
    return [evaluator] if plain else list(evaluator)


def _name_of(loader_cfg: Mapping, evaluator: Evaluator) -> str:
    prefix = next((metric.prefix for metric in evaluator.metrics if metric.prefix), None)
    return prefix or loader_cfg['dataset'].get('metainfo', {}).get('dataset_type', 'data set')
