import copy
import json
import math
import signal
from pathlib import Path

import pytest
import torch
from mmengine.hooks import LoggerHook

from srcnn import InputError
from srcnn.engine import Runner
from srcnn.engine.checkpoint import read_checkpoint
from srcnn.engine.hooks import StopSignalHook

TURNS = [{'type': 'Flip', 'keys': ['img', 'gt']}, {'type': 'RandomTransposeHW', 'keys': ['img', 'gt']}]
RARELY = {  # only at the end
    'train_cfg.val_interval': 100,
    'default_hooks.checkpoint.interval': 100,
    'custom_hooks': [],
}


@pytest.fixture
def resident(tiny):
    def make(steps=3, **changes):
        cfg = tiny(**changes)
        cfg.train_cfg.update(type='ResidentTrainLoop', steps_per_graph=steps)
        cfg.train_dataloader.dataset.pipeline[4:4] = copy.deepcopy(TURNS)
        return cfg

    return make


@pytest.fixture
def seen(monkeypatch) -> list:
    """What the hooks of an iteration are handed, as long as the test runs."""
    calls: list[tuple] = []

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        calls.append((runner.iter, batch_idx, data_batch, outputs))

    monkeypatch.setattr(LoggerHook, 'after_train_iter', after_train_iter)
    return calls


def run(cfg) -> Runner:
    runner = Runner.from_cfg(cfg)
    runner.train()
    return runner


def losses(runner: Runner) -> list[float]:
    return list(runner.message_hub.get_scalar('train/loss').data[0])


def rows(work_dir: Path) -> list[dict]:
    """What was logged, but for times."""
    lines = [line for path in sorted(work_dir.glob('*/vis_data/scalars.json')) for line in path.open()]
    return [{key: value for key, value in json.loads(line).items() if 'time' not in key} for line in lines]


def warnings_in(work_dir: Path) -> str:
    lines = [line for path in work_dir.glob('*/*.log') for line in path.open()]
    return ''.join(line for line in lines if 'WARNING' in line)


def assert_same(a: Path, b: Path) -> None:
    """Two checkpoints, bit for bit: weights, optimizer, schedule, and what a resumed run needs."""
    one, other = read_checkpoint(str(a)), read_checkpoint(str(b))
    for name, value in one['state_dict'].items():
        assert torch.equal(value, other['state_dict'][name])
    for number, state in one['optimizer']['state'].items():
        assert all(torch.equal(value, other['optimizer']['state'][number][key]) for key, value in state.items())
    assert one['optimizer']['param_groups'] == other['optimizer']['param_groups']
    assert one['param_schedulers'] == other['param_schedulers']
    assert one['resume_state']['drawn'] == other['resume_state']['drawn']


def test_many_at_a_time_is_one_at_a_time(resident, tmp_path):
    """The same log, scores and checkpoints, at the same iterations, wherever the images are."""
    for steps, where in ((1, False), (3, True)):
        run(resident(steps, max_iters=9, work_dir=tmp_path / str(steps), **{'train_cfg.resident': where}))
    one, many = rows(tmp_path / '1'), rows(tmp_path / '3')
    assert [row['step'] for row in one if 'loss' in row] == list(range(1, 10))
    assert [row['step'] for row in one if 'PSNR' in row] == [2, 4, 6, 8, 9]
    for a, b in zip(one, many, strict=True):
        assert b == pytest.approx(a, rel=1e-4)
    names = [{path.name for path in (tmp_path / steps).glob('*.pth')} for steps in '13']
    assert names[0] == names[1] >= {f'iter_{i}.pth' for i in (2, 4, 6, 8, 9)}
    one, many = (read_checkpoint(str(tmp_path / steps / 'iter_8.pth')) for steps in '13')
    assert one['param_schedulers'] == many['param_schedulers']
    assert one['optimizer']['param_groups'] == many['optimizer']['param_groups']
    for name, value in one['state_dict'].items():
        torch.testing.assert_close(value, many['state_dict'][name], rtol=1e-4, atol=1e-6)


def test_images_and_hooks_are_those_of_the_data_loader(resident, tiny, tmp_path, seen):
    for name, cfg in (('loader', tiny), ('one', lambda **changes: resident(1, **changes)), ('many', resident)):
        run(cfg(max_iters=8, work_dir=tmp_path / name, **RARELY))
    stock, one, many = seen[:8], seen[8:16], seen[16:]
    assert [call[:2] for call in stock] == [call[:2] for call in one] == [call[:2] for call in many]
    for a, b in zip(stock, one):
        assert a[2]['data_samples']['gt_path'] == b[2]['data_samples']['gt_path']
        assert a[2]['inputs'][0].shape == b[2]['inputs'][0].shape
    assert [call[3].keys() for call in one] == [call[3].keys() for call in many]


@pytest.mark.parametrize('steps', [1, 3])
def test_pieces_equal_the_whole_bit_for_bit(resident, tmp_path, steps):
    whole = run(resident(steps, max_iters=7, work_dir=tmp_path / 'whole'))
    piece = resident(steps, max_iters=7, resume=True, load_from=str(tmp_path / 'whole' / 'iter_2.pth'))
    assert losses(run(piece)) == losses(whole)
    assert_same(tmp_path / 'run' / 'iter_7.pth', tmp_path / 'whole' / 'iter_7.pth')


def test_a_signal_stops_after_the_iterations_that_are_under_way(resident, tmp_path, monkeypatch):
    run(resident(2, max_iters=12, work_dir=tmp_path / 'whole', **RARELY))
    report = LoggerHook.after_train_iter

    def signalled(self, runner, batch_idx, data_batch=None, outputs=None):
        report(self, runner, batch_idx, data_batch, outputs)
        if batch_idx == 2:  # by then iterations 5 and 6 have begun, of which nothing is known yet
            next(hook for hook in runner.hooks if isinstance(hook, StopSignalHook)).received = signal.SIGTERM

    monkeypatch.setattr(LoggerHook, 'after_train_iter', signalled)
    with pytest.raises(SystemExit, match='75'):
        run(resident(2, max_iters=12, **RARELY))
    monkeypatch.setattr(LoggerHook, 'after_train_iter', report)
    assert [row['step'] for row in rows(tmp_path / 'run') if 'loss' in row] == [1, 2, 3, 4, 5, 6]
    assert (tmp_path / 'run' / 'iter_6.pth').is_file()
    run(resident(2, max_iters=12, resume=True, **RARELY))
    assert_same(tmp_path / 'run' / 'iter_12.pth', tmp_path / 'whole' / 'iter_12.pth')


def test_a_loss_that_is_no_number(resident, tmp_path, monkeypatch):
    """Found late, but named, and the weights are still those from before."""
    run(resident(3, max_iters=4, work_dir=tmp_path / 'good', **RARELY))
    runner = Runner.from_cfg(resident(3, max_iters=9, **RARELY))
    forward, calls = runner.model.pixel_loss.forward, iter(range(100))
    monkeypatch.setattr(
        runner.model.pixel_loss, 'forward', lambda *a: forward(*a) * (math.nan if next(calls) == 4 else 1)
    )
    with pytest.raises(InputError, match=r'Iteration 5: the loss is nan, on .*\.png.*clip_grad'):
        runner.train()
    kept = torch.load(tmp_path / 'run' / 'nonfinite_iter_5_rank_0.pth', weights_only=True)
    good = read_checkpoint(str(tmp_path / 'good' / 'iter_4.pth'))['state_dict']
    assert all(torch.equal(value, good[name]) for name, value in kept['state_dict'].items())
    assert kept['batch']['inputs'].shape == (2, 3, 8, 8)


@pytest.mark.parametrize(('changes', 'why'), [
    ({'custom_hooks': [{'type': 'EMAHook'}]}, 'EMAHook acts on each'),
    ({'train_cfg.on_nonfinite': 'skip'}, 'on_nonfinite'),
    ({'optim_wrapper.accumulative_counts': 2}, 'accumulative_counts'),
    ({'optim_wrapper.optimizer.type': 'RMSprop'}, 'RMSprop has no fused form'),
])  # fmt: skip
def test_what_cannot_be_done_many_at_a_time_is_not(resident, tmp_path, changes, why):
    for steps in (1, 3):
        run(resident(steps, work_dir=tmp_path / str(steps), **{**RARELY, **changes}))
    assert_same(tmp_path / '3' / 'iter_4.pth', tmp_path / '1' / 'iter_4.pth')
    assert why in warnings_in(tmp_path / '3')
    assert 'one at a time' not in warnings_in(tmp_path / '1')


def test_mixed_precision(resident, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    amp = {'optim_wrapper.type': 'AmpOptimWrapper', 'optim_wrapper.loss_scale': 'dynamic'}
    one, many = (run(resident(steps, work_dir=tmp_path / str(steps), **amp)) for steps in (1, 3))
    assert losses(many) == pytest.approx(losses(one), rel=1e-3)


@pytest.mark.parametrize(('changes', 'message'), [
    ({'train_cfg.steps_per_graph': 0}, 'steps_per_graph=0 must be at least 1'),
    ({'train_dataloader.sampler.type': 'DefaultSampler'}, 'order of an InfiniteSampler, not of DefaultSampler'),
    ({'train_dataloader.dataset.pipeline.4': {'type': 'Flip', 'keys': ['gt']}}, 'does not do Flip of keys'),
])  # fmt: skip
def test_errors_of_input(resident, changes, message):
    cfg = resident()
    cfg.merge_from_dict(changes)
    with pytest.raises(InputError, match=message):
        run(cfg)


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
@pytest.mark.parametrize('where', [True, False])
def test_captured_losses_are_those_of_the_plain_loop(resident, tmp_path, where):
    """1,000 steps, in graphs of 50 and what is left over at checkpoints, from the same seed."""
    rare = {'train_cfg.val_interval': 480, 'default_hooks.checkpoint.interval': 480, 'train_cfg.resident': where}
    one, many = (
        losses(run(resident(steps, max_iters=1000, work_dir=tmp_path / str(steps), **rare))) for steps in (1, 50)
    )
    assert many[:100] == pytest.approx(one[:100], rel=1e-3)
    assert sum(many) == pytest.approx(sum(one), rel=1e-2)
