"""mmengine's Runner, on today's stack."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.dist import broadcast_object_list, is_main_process
from mmengine.logging import MMLogger
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner as MMEngineRunner
from torch import nn
from torch.utils.data import DataLoader

from srcnn.datasets import BasicImageDataset
from srcnn.datasets.parts import parts_of
from srcnn.engine.check_config import check_config
from srcnn.engine.checkpoint import fitting_weights, load_weights, read_checkpoint
from srcnn.engine.distributed import agreed, join_processes
from srcnn.engine.environment import available_cores, can_compile, describe_environment, fit_threads
from srcnn.engine.freed_memory import keep_freed_memory
from srcnn.engine.hooks.stop_signal_hook import StopSignalHook
from srcnn.engine.latest import latest_checkpoint, missing_for_resume
from srcnn.engine.prepare_config import check_work_dir, prepare_config
from srcnn.engine.quiet_log import quieten
from srcnn.engine.worker_faults import worker_faults_named
from srcnn.engine.worker_signals import shield_workers
from srcnn.engine.write import whole_file
from srcnn.errors import InputError
from srcnn.models import SuperResolver


class Runner(MMEngineRunner):
    """Trains and tests what a config describes. Make one with :meth:`from_cfg`, then call ``train`` or ``test``.

    All that is mmengine's stays mmengine's; what differs is that faults are found before work begins, that checkpoints
    are read safely and whole, and that nothing needs CUDA or torchvision.
    """

    _load_from: str | None
    _resume: bool

    @classmethod
    def from_cfg(cls, cfg: Config) -> 'Runner':
        """Check ``cfg``, join the processes of its launcher, and build everything but the data.

        Raises:
            InputError: Naming the key or file at fault.
        """
        cfg = prepare_config(cfg)
        check_config(cfg)
        dist_cfg = dict((cfg.get('env_cfg') or {}).get('dist_cfg') or {})
        join_processes(cfg.launcher, dist_cfg.get('backend', 'nccl'), dist_cfg.get('timeout'))
        check_work_dir(cfg.work_dir)
        keep_freed_memory()
        fit_threads()
        cfg.experiment_name = _name_of_its_own(cfg)
        return super().from_cfg(cfg)

    @property
    def _bare_model(self) -> nn.Module:
        """Without the wrapper of several processes."""
        return self.model.module if is_model_wrapper(self.model) else self.model

    def build_dataloader(
        self, dataloader: DataLoader | dict, seed: int | None = None, diff_rank_seed: bool = False
    ) -> DataLoader:
        """As mmengine's, with no more workers than cores; then check that data and network agree on the scale."""
        if isinstance(dataloader, dict) and dataloader.get('num_workers', 0) > (cores := available_cores()):
            self.logger.info(f'num_workers={dataloader["num_workers"]} becomes {cores}: there are no more cores.')
            dataloader = {**dataloader, 'num_workers': cores}
        with agreed():
            loader = MMEngineRunner.build_dataloader(dataloader, seed, diff_rank_seed)
        shield_workers(loader)
        model = self._bare_model
        for dataset in parts_of(loader.dataset):
            known = isinstance(dataset, BasicImageDataset) and isinstance(model, SuperResolver)
            if known and dataset.scale not in (None, model.scale):
                raise InputError(
                    f'model.generator enlarges {model.scale} times, but in {dataset.describe()} originals are '
                    f'{dataset.scale} times as large as their low-resolution images; correct upscale_factor or '
                    'data_prefix.'
                )
        return loader

    def build_model(self, model: nn.Module | dict) -> nn.Module:
        """As mmengine's; a value that a class refuses is an InputError that names the section."""
        with _section('model'):
            return super().build_model(model)

    def build_optim_wrapper(self, optim_wrapper: Any) -> Any:
        """Likewise."""
        with _section('optim_wrapper'):
            return super().build_optim_wrapper(optim_wrapper)

    def build_visualizer(self, visualizer: Any = None) -> Any:
        """Likewise; back ends are opened now, so that a missing package ends the run before it begins."""
        with _section('visualizer'):
            built = super().build_visualizer(visualizer)
            for backend in built._vis_backends.values() if is_main_process() else ():
                _ = backend.experiment
            return built

    def build_param_scheduler(self, scheduler: Any) -> Any:
        """Likewise."""
        with _section('param_scheduler'):
            return super().build_param_scheduler(scheduler)

    def register_hooks(self, default_hooks: dict | None = None, custom_hooks: list | None = None) -> None:
        """Likewise."""
        with _section('default_hooks or custom_hooks'):
            super().register_hooks(default_hooks, custom_hooks)
            present = {type(hook).__name__ for hook in self.hooks}
            for name in ('DataWaitHook', 'ResumeStateHook', 'StopSignalHook'):
                if name not in present:  # else it is in the config, with arguments of its own
                    self.register_hook({'type': name})

    def train(self) -> nn.Module:
        """As mmengine's; from here on signals end the run in order (StopSignalHook)."""
        hook = next(hook for hook in self.hooks if isinstance(hook, StopSignalHook))
        with hook.listening(), worker_faults_named():
            return super().train()

    def test(self) -> dict:
        """As mmengine's."""
        with worker_faults_named():
            return super().test()

    def load_checkpoint(
        self,
        filename: str,
        map_location: str | torch.device | Callable = 'cpu',
        strict: bool = True,
        revise_keys: list | None = None,
    ) -> dict:
        """Read ``filename`` (a path or address) safely and load all of its weights, or none.

        ``strict`` and ``revise_keys`` are there for mmengine's sake: names and shapes must always fit.

        Raises:
            InputError: See :mod:`srcnn.engine.checkpoint`; or, when resuming, a file of weights alone.
        """
        checkpoint = read_checkpoint(filename, map_location)
        if self._resume and (missing := missing_for_resume(checkpoint)):
            raise InputError(
                f'{filename}: cannot resume from it, since it holds no {", ".join(missing)}; to start a new run from '
                'its weights use --cfg-options load_from=FILE without --resume.'
            )
        checkpoint['state_dict'] = fitting_weights(self._bare_model, checkpoint, filename)
        self.call_hook('after_load_checkpoint', checkpoint=checkpoint)  # EMAHook takes the weights under these names
        load_weights(self._bare_model, checkpoint, filename)
        self._has_loaded = True
        self.logger.info(f'Weights loaded from {filename}')
        return checkpoint

    def load_or_resume(self) -> None:
        """As mmengine's; resuming without a file finds the newest good checkpoint in the work directory."""
        if self._resume and self._load_from is None and not self._has_loaded:
            found = [latest_checkpoint(self.work_dir) if is_main_process() else None]
            broadcast_object_list(found)
            self._load_from, self._resume = found[0], found[0] is not None
            self.logger.info(f'Resuming from {found[0]}' if found[0] else 'Nothing to resume: starting at iteration 0')
        super().load_or_resume()

    def save_checkpoint(
        self,
        out_dir: str,
        filename: str,
        file_client_args: dict | None = None,
        save_optimizer: bool = True,
        save_param_scheduler: bool = True,
        meta: dict | None = None,
        by_epoch: bool = True,
        backend_args: dict | None = None,
    ) -> None:
        """As mmengine's, written beside and renamed, so that a file of this name is always whole.

        All processes call it, since each has a random state of its own; the first one writes.

        Raises:
            OSError: Disk full, no permission; nothing half-written stays.
        """
        if save_optimizer:
            self.call_hook('gather_state')
        if not is_main_process():
            return
        with whole_file(Path(out_dir) / filename) as part:
            super().save_checkpoint(
                str(part.parent),
                part.name,
                file_client_args,
                save_optimizer,
                save_param_scheduler,
                meta,
                by_epoch,
                backend_args,
            )

    def resume(
        self,
        filename: str,
        resume_optimizer: bool = True,
        resume_param_scheduler: bool = True,
        map_location: str | Callable = 'default',
    ) -> None:
        """As mmengine's, and the schedule goes on where ``max_iters`` has been raised."""
        schedulers = self.param_schedulers if isinstance(self.param_schedulers, list) else []
        ends = [scheduler.end for scheduler in schedulers]
        super().resume(filename, resume_optimizer, resume_param_scheduler, map_location)
        for scheduler, end in zip(schedulers, ends):  # the old end is the old max_iters: after it, nothing would move
            scheduler.end = end

    def _maybe_compile(self, target: str) -> None:
        """``compile=True`` or a dict of options compiles the network for training; mmengine's whole step gains less."""
        options = self.cfg.get('compile')
        model = self._bare_model
        if not options or not isinstance(model, SuperResolver):
            super()._maybe_compile(target)
            return
        if not can_compile():
            raise InputError(
                'compile: torch.compile needs a C++ compiler (g++ or clang++, or the environment variable CXX) to make '
                'code for the processor, and none is found; install one, or remove `compile` from the config.'
            )
        with _section('compile'):
            model.compile_training({} if options is True else dict(options))
        self.logger.info('The network is compiled: the first iteration takes up to a minute.')

    def _log_env(self, env_cfg: dict) -> None:
        quieten(self.logger)
        facts = describe_environment()
        facts |= {'Log': str(Path(self._log_dir) / f'{self.timestamp}.log')}
        facts |= {'Seed': str(self.seed), 'Launcher': f'{self._launcher}, {self.world_size} process(es)'}
        lines = '\n'.join(f'    {name}: {value}' for name, value in facts.items())
        self.logger.info(f'Environment:\n{lines}')
        self.logger.info(f'Config:\n{self.cfg.pretty_text}')

    def get_hooks_info(self) -> str:
        """The hooks in the order in which they are called, on one line."""
        return ', '.join(type(hook).__name__ for hook in self.hooks)


def _name_of_its_own(cfg: Config) -> str:
    """mmengine gives runs of one name, begun in one second by one process, the same log: later ones get a number."""
    name = cfg.get('experiment_name') or Path(cfg.filename or 'run').stem
    earlier = sum(other.startswith(f'{name}_') for other in MMLogger._instance_dict)
    return f'{name}_{earlier + 1}' if earlier else name


@contextmanager
def _section(name: str) -> Iterator[None]:
    """Say where in the config a value stands that mmengine or torch refuses."""
    try:
        yield
    except InputError:
        raise
    except (AssertionError, ImportError, KeyError, TypeError, ValueError) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        reason = str(error) or f'failed check `{last.line}`'
        raise InputError(f'{name}: a value in this section of the config is refused: {reason}') from error
