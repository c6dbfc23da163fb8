"""Save while training, and never be without a good checkpoint."""

from collections import deque
from pathlib import Path
from typing import Any

from mmengine.dist import is_main_process
from mmengine.hooks import CheckpointHook as MMEngineHook
from mmengine.runner import Runner

from srcnn.engine.distributed import agreed
from srcnn.engine.write import write_text
from srcnn.errors import InputError
from srcnn.registry import HOOKS


@HOOKS.register_module()
class CheckpointHook(MMEngineHook):
    """mmengine's hook with its order put right: the new file is written whole before an old one is deleted.

    mmengine deletes first, so that a run killed in between, or a disk that is full, leaves nothing to go on from.

    Args:
        on_error: What to do when a checkpoint cannot be written: 'continue' (say so, keep the old files, go on) or
            'stop'.
        interval, by_epoch, save_optimizer, save_param_scheduler, out_dir, max_keep_ckpts, save_last, save_best, rule,
            greater_keys, less_keys, filename_tmpl, published_keys, save_begin: As in mmengine's CheckpointHook.
    """

    keep_ckpt_ids: deque[int]

    def __init__(
        self,
        interval: int = -1,
        by_epoch: bool = True,
        save_optimizer: bool = True,
        save_param_scheduler: bool = True,
        out_dir: str | None = None,
        max_keep_ckpts: int = -1,
        save_last: bool = True,
        save_best: str | list[str] | None = None,
        rule: str | list[str] | None = None,
        greater_keys: list[str] | None = None,
        less_keys: list[str] | None = None,
        filename_tmpl: str | None = None,
        published_keys: str | list[str] | None = None,
        save_begin: int = 0,
        on_error: str = 'continue',
    ) -> None:
        if on_error not in ('continue', 'stop'):
            raise InputError(f"CheckpointHook: on_error={on_error!r} is unknown; use 'continue' or 'stop'.")
        self.on_error = on_error
        self.improved = False  # by the last validation
        super().__init__(
            interval=interval,
            by_epoch=by_epoch,
            save_optimizer=save_optimizer,
            save_param_scheduler=save_param_scheduler,
            out_dir=out_dir,
            max_keep_ckpts=max_keep_ckpts,
            save_last=save_last,
            save_best=save_best,
            rule=rule,
            greater_keys=greater_keys,
            less_keys=less_keys,
            filename_tmpl=filename_tmpl,
            published_keys=published_keys,
            save_begin=save_begin,
        )

    def before_train(self, runner: Runner) -> None:
        super().before_train(runner)
        if runner.message_hub.runtime_info.get('last_ckpt') == self._path(runner.iter):
            self.last_ckpt = self._path(runner.iter)  # which this run goes on from
        if is_main_process():  # what was left by runs that were killed while they saved
            for part in Path(self.out_dir).glob('.*.pth.*.part'):
                part.unlink(missing_ok=True)

    def after_val(self, runner: Runner) -> None:
        """Save once more what was saved before this validation, so that a resumed run knows of it."""
        step = runner.epoch if self.by_epoch else runner.iter
        again = not self.by_epoch and self.last_ckpt == self._path(step)
        if again or (self.improved and self.last_ckpt is not None):
            self._save_checkpoint_with_step(runner, step, {'epoch': runner.epoch, 'iter': runner.iter})
        self.improved = False

    def save_at(self, runner: Runner, iteration: int) -> bool:
        """Save the state after ``iteration``, unless that has been done; whether it is there."""
        path = self._path(runner.epoch if self.by_epoch else iteration)
        if self.by_epoch or path != self.last_ckpt:
            step = runner.epoch if self.by_epoch else iteration
            self._save_checkpoint_with_step(runner, step, {'epoch': runner.epoch, 'iter': iteration})
        return path == self.last_ckpt

    def _path(self, step: int) -> str:
        return self.file_backend.join_path(self.out_dir, self.filename_tmpl.format(step))

    def _save_checkpoint_with_step(self, runner: Runner, step: int, meta: dict) -> None:
        path, keep = self._path(step), self.max_keep_ckpts
        info: dict[str, Any] = {'last_ckpt': path}
        outdated: list[int] = []
        if keep > 0:
            steps = [*(number for number in self.keep_ckpt_ids if number != step), step]
            outdated, info['keep_ckpt_ids'] = steps[:-keep], steps[-keep:]
        if not self._write(runner, path, meta, info, whole=True):
            return
        self.last_ckpt = path
        if keep > 0:
            self.keep_ckpt_ids = deque(info['keep_ckpt_ids'])
        if is_main_process():
            for old in outdated:
                self._remove(self._path(old))

    def _save_best_checkpoint(self, runner: Runner, metrics: dict) -> None:
        if not self.save_best:
            return
        step = runner.epoch if self.by_epoch else runner.iter
        if 'auto' in self.key_indicators:
            self._init_rule(self.rules, [next(iter(metrics))])
        for key, rule in zip(self.key_indicators, self.rules):
            suffix = '' if len(self.key_indicators) == 1 else f'_{key}'
            known = runner.message_hub.runtime_info
            score, best = metrics[key], known.get(f'best_score{suffix}', self.init_value_map[rule])
            if score is None or not self.is_better_than[key](score, best):
                continue
            name = f'best_{key}_{self.filename_tmpl.format(step)}'.replace('/', '_')
            previous, path = known.get(f'best_ckpt{suffix}'), self.file_backend.join_path(self.out_dir, name)
            info = {f'best_score{suffix}': score, f'best_ckpt{suffix}': path}
            if self._write(runner, path, {'epoch': runner.epoch, 'iter': runner.iter}, info, whole=False):
                self.improved = True
                runner.logger.info(f'Best {key} so far, {score:.4f} at {step}: saved to {name}')
                if previous and previous != path and is_main_process():
                    self._remove(previous)

    def _write(self, runner: Runner, path: str, meta: dict, info: dict, whole: bool) -> bool:
        """Save with ``info`` noted in the message hub, which is taken back where it fails, in all processes alike.

        Args:
            whole: With all that is needed to go on, rather than the weights alone.
        """
        before = {key: runner.message_hub.runtime_info.get(key) for key in info}
        runner.message_hub.update_info_dict(info)
        try:
            with agreed():
                self._write_here(runner, Path(path), meta, whole)
        except InputError as error:
            for key, value in before.items():
                runner.message_hub.pop_info(key) if value is None else runner.message_hub.update_info(key, value)
            if self.on_error == 'stop':
                raise InputError(f'{error} Make room and go on with --resume.') from error
            runner.logger.error(f'{error} The run goes on.')
            return False
        return True

    def _write_here(self, runner: Runner, path: Path, meta: dict, whole: bool) -> None:
        try:
            runner.save_checkpoint(
                str(path.parent),
                path.name,
                save_optimizer=whole and self.save_optimizer,
                save_param_scheduler=whole and self.save_param_scheduler,
                meta=meta,
                by_epoch=whole and self.by_epoch,
            )
            if whole and is_main_process():
                write_text(Path(runner.work_dir) / 'last_checkpoint', str(path))
        except OSError as error:
            reason = error.strerror or error
            raise InputError(
                f'{path}: this checkpoint cannot be written ({reason}). Earlier ones are intact.'
            ) from error

    def _remove(self, path: str) -> None:
        if self.file_backend.isfile(path):
            self.file_backend.remove(path)
