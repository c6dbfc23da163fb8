"""Save while training, and never be without a good checkpoint."""

from pathlib import Path

from mmengine.dist import is_main_process
from mmengine.hooks import CheckpointHook as MMEngineHook
from mmengine.runner import Runner

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

    def save_at(self, runner: Runner, iteration: int) -> None:
        """Save the state after ``iteration``, unless that has been done."""
        step = runner.epoch if self.by_epoch else iteration
        path = self.file_backend.join_path(self.out_dir, self.filename_tmpl.format(step))
        if self.by_epoch or path != self.last_ckpt:
            self._save_checkpoint_with_step(runner, step, {'epoch': runner.epoch, 'iter': iteration})

    def _save_checkpoint_with_step(self, runner: Runner, step: int, meta: dict) -> None:
        name = self.filename_tmpl.format(step)
        path = self.file_backend.join_path(self.out_dir, name)
        outdated = self._rotate(step)
        runner.message_hub.update_info('last_ckpt', path)
        if self.max_keep_ckpts > 0:
            runner.message_hub.update_info('keep_ckpt_ids', list(self.keep_ckpt_ids))
        if not self._write(runner, name, meta, self.save_optimizer, self.save_param_scheduler, self.by_epoch):
            return
        self.last_ckpt = path
        if is_main_process():
            write_text(Path(runner.work_dir) / 'last_checkpoint', path)
            for old in outdated:
                self._remove(self.file_backend.join_path(self.out_dir, self.filename_tmpl.format(old)))

    def _rotate(self, step: int) -> list[int]:
        """Take ``step`` among those to keep; the steps that must go for it."""
        if self.max_keep_ckpts <= 0 or step in self.keep_ckpt_ids:
            return []
        outdated = [self.keep_ckpt_ids.popleft()] if len(self.keep_ckpt_ids) == self.max_keep_ckpts else []
        self.keep_ckpt_ids.append(step)
        return outdated

    def _save_best_checkpoint(self, runner: Runner, metrics: dict) -> None:
        if not self.save_best:
            return
        step = runner.epoch if self.by_epoch else runner.iter
        if 'auto' in self.key_indicators:
            self._init_rule(self.rules, [next(iter(metrics))])
        improved = False
        for key, rule in zip(self.key_indicators, self.rules):
            suffix = '' if len(self.key_indicators) == 1 else f'_{key}'
            info = runner.message_hub.runtime_info
            score, best = metrics[key], info.get(f'best_score{suffix}', self.init_value_map[rule])
            if score is None or not self.is_better_than[key](score, best):
                continue
            improved = True
            name = f'best_{key}_{self.filename_tmpl.format(step)}'.replace('/', '_')
            previous, path = info.get(f'best_ckpt{suffix}'), self.file_backend.join_path(self.out_dir, name)
            runner.message_hub.update_info(f'best_score{suffix}', score)
            runner.message_hub.update_info(f'best_ckpt{suffix}', path)
            meta = {'epoch': runner.epoch, 'iter': runner.iter}
            if self._write(runner, name, meta, optimizer=False, scheduler=False, by_epoch=False):
                runner.logger.info(f'Best {key} so far, {score:.4f} at {step}: saved to {name}')
                if previous and previous != path and is_main_process():
                    self._remove(previous)
        if improved and self.last_ckpt is not None:  # so that it names the best one
            self._save_checkpoint_with_step(runner, step, {'epoch': runner.epoch, 'iter': runner.iter})

    def _write(self, runner: Runner, name: str, meta: dict, optimizer: bool, scheduler: bool, by_epoch: bool) -> bool:
        try:
            runner.save_checkpoint(
                self.out_dir,
                name,
                save_optimizer=optimizer,
                save_param_scheduler=scheduler,
                meta=meta,
                by_epoch=by_epoch,
            )
        except OSError as error:
            message = f'{Path(self.out_dir) / name}: this checkpoint cannot be written ({error.strerror or error}).'
            if self.on_error == 'stop':
                raise InputError(f'{message} Earlier ones are intact; make room and go on with --resume.') from error
            runner.logger.error(f'{message} Earlier ones are intact; the run goes on.')
            return False
        return True

    def _remove(self, path: str) -> None:
        if self.file_backend.isfile(path):
            self.file_backend.remove(path)
