"""What goes on from a checkpoint ends as if it had never stopped, whatever takes part in training."""

import os
import random
import signal
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.hooks import Hook
from mmengine.logging import HistoryBuffer
from torch.nn import functional

from srcnn.engine import Runner
from srcnn.engine.checkpoint import read_checkpoint

EMA = {'type': 'EMAHook', 'momentum': 0.1}
ITERATIONS = 7


def equal(a: Any, b: Any) -> bool:
    """Bit for bit, however nested."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, torch.Tensor):
        return a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, HistoryBuffer):
        return equal(a.data, b.data)
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b)
    return a == b


def end_of(runner: Runner) -> dict:
    """The last checkpoint, without what is about time and place."""
    end = read_checkpoint(f'{runner.work_dir}/iter_{runner.iter}.pth')
    end['message_hub']['log_scalars'] = {
        name: history
        for name, history in end['message_hub']['log_scalars'].items()
        if not name.endswith(('time', 'memory'))
    }
    info = end['message_hub']['runtime_info']
    return end | {'meta': None} | {'message_hub': end['message_hub']['log_scalars'], 'best': info.get('best_score')}


def run(cfg) -> Runner:
    runner = Runner.from_cfg(cfg)
    runner.train()
    return runner


def options(cfg, *names: str, workers: int = 0):
    """The tiny config with a checkpoint for every iteration, and with what is asked for."""
    cfg.default_hooks.checkpoint.interval = 1
    cfg.train_dataloader.num_workers = workers
    if 'ema' in names:
        cfg.custom_hooks.append(EMA)
    if 'clip' in names:
        cfg.optim_wrapper.clip_grad = {'max_norm': 0.01}
    if 'accumulate' in names:
        cfg.optim_wrapper.accumulative_counts = 3
    if 'bf16' in names:
        cfg.optim_wrapper.type = 'Bf16OptimWrapper'
    return cfg


@pytest.mark.parametrize(
    ('names', 'workers'), [(['ema'], 0), (['accumulate'], 0), (['ema', 'clip', 'accumulate', 'bf16'], 2)]
)
def test_pieces_equal_the_whole(tiny, tmp_path, names, workers):
    whole = run(options(tiny(max_iters=ITERATIONS, work_dir=tmp_path / 'whole'), *names, workers=workers))
    piece = options(tiny(max_iters=ITERATIONS, work_dir=tmp_path / 'piece'), *names, workers=workers)
    piece.update(resume=True, load_from=str(tmp_path / 'whole' / 'iter_4.pth'))  # within a step of 'accumulate'
    assert equal(end_of(run(piece)), end_of(whole))


def rolling_loss(self, pred, target):
    """L1, times what every kind of dice there is shows."""
    rolled = random.random() + np.random.random() + torch.rand(1)
    return functional.l1_loss(pred, target) * (1 + rolled.sum())


@pytest.mark.parametrize('workers', [0, 2])
def test_numbers_that_a_loss_draws(tiny, tmp_path, monkeypatch, workers):
    monkeypatch.setattr('srcnn.models.losses.l1_loss.L1Loss.forward', rolling_loss)
    whole = run(options(tiny(max_iters=6, work_dir=tmp_path / 'whole'), workers=workers))
    piece = options(tiny(max_iters=6, work_dir=tmp_path / 'piece', resume=True), workers=workers)
    piece.load_from = str(tmp_path / 'whole' / 'iter_3.pth')
    assert equal(end_of(run(piece)), end_of(whole))


def test_a_seed_that_nobody_chose(tiny, tmp_path):
    cfg = tiny(max_iters=6, work_dir=tmp_path / 'whole')
    cfg.randomness = {}
    whole = run(options(cfg))
    piece = options(tiny(max_iters=6, work_dir=tmp_path / 'piece', resume=True))
    piece.randomness = {}
    piece.load_from = str(tmp_path / 'whole' / 'iter_3.pth')
    assert equal(end_of(run(piece)), end_of(whole))


class DeathError(Exception):
    """Of a process, at a moment of one's choice."""


class Killer(Hook):
    """Ends the run in the given phase after iteration 4."""

    priority = 'LOWEST'

    def __init__(self, phase: str) -> None:
        self.phase = phase

    def after_val_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        if self.phase == 'within' and runner.iter == 4 and batch_idx == 2:
            raise DeathError

    def after_val(self, runner):
        if self.phase == 'after' and runner.iter == 4:
            raise DeathError


def scores(runner: Runner) -> list[float]:
    return list(runner.message_hub.get_scalar('val/PSNR').data[0])


@pytest.mark.parametrize('phase', ['within', 'after'])
def test_a_validation_cut_off_is_made_up_for_once(tiny, tmp_path, phase):
    whole = run(tiny(max_iters=6, work_dir=tmp_path / 'whole'))
    cut = Runner.from_cfg(tiny(max_iters=6))
    cut.register_hook(Killer(phase))
    with pytest.raises(DeathError):
        cut.train()
    resumed = Runner.from_cfg(tiny(max_iters=6, resume=True))
    resumed.train()
    assert scores(resumed) == scores(whole)
    assert equal(end_of(resumed), end_of(whole))
    assert {path.name for path in (tmp_path / 'run').glob('*.pth')} == {
        path.name for path in (tmp_path / 'whole').glob('*.pth')
    }
    logged = [path.read_text().count('"PSNR"') for path in sorted((tmp_path / 'run').glob('*/vis_data/scalars.json'))]
    assert sum(logged) == 3  # after 2, 4 and 6, none of them twice


class Stopper(Hook):
    """Sends SIGTERM in the validation after iteration 4."""

    def before_val_iter(self, runner, batch_idx, data_batch=None):
        if runner.iter == 4 and batch_idx == 2:
            os.kill(os.getpid(), signal.SIGTERM)


def test_stopped_in_validation_where_the_weights_are_those_of_ema(tiny, tmp_path):
    def config(name: str, **changes):
        cfg = tiny(max_iters=6, work_dir=tmp_path / name, **changes)
        cfg.default_hooks.checkpoint.update(interval=100, save_best=None)  # the signal alone saves
        cfg.custom_hooks.append(EMA)
        return cfg

    whole = run(config('whole'))
    stopped = Runner.from_cfg(config('piece'))
    stopped.register_hook(Stopper())
    with pytest.raises(SystemExit):
        stopped.train()
    resumed = run(config('piece', resume=True))
    assert equal(end_of(resumed), end_of(whole))
    assert scores(resumed) == scores(whole)


def test_patience_is_remembered(tiny, tmp_path):
    stopping = {'type': 'EarlyStoppingHook', 'monitor': 'PSNR', 'rule': 'greater', 'min_delta': 99, 'patience': 3}
    changes = {'max_iters': 20, 'custom_hooks': [stopping]}
    whole = run(tiny(**changes, work_dir=tmp_path / 'whole'))
    assert whole.iter == 8  # the first validation is the best; then three more
    for stop, end in ((4, 8), (8, 8)):
        load_from = str(tmp_path / 'whole' / f'iter_{stop}.pth')
        assert run(tiny(**changes, work_dir=tmp_path / str(stop), resume=True, load_from=load_from)).iter == end


def test_loss_scaling_goes_on(tiny, tmp_path, monkeypatch):
    """mmengine's AmpOptimWrapper asks for CUDA; its scaler and the state of it do not."""
    from mmengine.optim.optimizer import amp_optimizer_wrapper as upstream

    monkeypatch.setattr(upstream, 'is_cuda_available', lambda: True)
    monkeypatch.setattr(upstream, 'GradScaler', lambda **arguments: torch.amp.GradScaler('cpu', **arguments))
    monkeypatch.setattr('srcnn.engine.runner.prepare_config', lambda cfg: cfg)  # which would take another wrapper
    ends = []
    for name, load_from in (('whole', None), ('piece', str(tmp_path / 'whole' / 'iter_3.pth'))):
        cfg = options(tiny(max_iters=6, work_dir=tmp_path / name, resume=bool(load_from), load_from=load_from))
        cfg.optim_wrapper.update(type='AmpOptimWrapper', loss_scale={'init_scale': 4.0, 'growth_interval': 2})
        cfg.default_hooks.checkpoint.out_dir = None
        cfg.launcher, cfg.default_scope = 'none', 'srcnn'
        ends.append(end_of(run(cfg)))
    assert equal(*ends)
    assert ends[0]['optimizer']['loss_scaler']['scale'] == 32  # doubled after 2, 4 and 6


def test_resumed_by_another_number_of_processes(tiny, tmp_path):
    run(tiny(max_iters=2))
    path = tmp_path / 'run' / 'iter_2.pth'
    checkpoint = read_checkpoint(str(path))
    checkpoint['resume_state']['random'] *= 2
    torch.save(checkpoint, path)
    run(tiny(max_iters=4, resume=True))
    log = ''.join(path.read_text() for path in (tmp_path / 'run').glob('*/*.log'))
    assert 'Resumed with 1 process(es) instead of 2' in log


def test_weights_of_a_bare_network_with_ema(tiny, tmp_path):
    """EMAHook tests what it has averaged; what it has is what the file gave, whatever the names in it."""
    results = []
    for hooks in ([], [EMA]):
        cfg = tiny(custom_hooks=hooks, load_from=str(tmp_path / 'bare.pth'))
        runner = Runner.from_cfg(cfg)
        if not results:
            torch.save(runner.model.generator.state_dict(), tmp_path / 'bare.pth')
        torch.nn.init.zeros_(runner.model.generator.conv3.weight)
        results.append(runner.test())
    assert results[0] == results[1]
