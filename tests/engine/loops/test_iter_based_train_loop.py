import math

import pytest
import torch

from srcnn import InputError
from srcnn.engine import Runner


def run(cfg) -> Runner:
    runner = Runner.from_cfg(cfg)
    runner.train()
    return runner


def losses(runner) -> list[float]:
    return list(runner.message_hub.get_scalar('train/loss').data[0])


def assert_same(a: Runner, b: Runner) -> None:
    for left, right in zip(a.model.parameters(), b.model.parameters()):
        assert torch.equal(left, right)
    for left, right in zip(a.optim_wrapper.optimizer.state.values(), b.optim_wrapper.optimizer.state.values()):
        assert all(torch.equal(left[key], right[key]) for key in left)
    assert losses(a) == losses(b)


def with_flip(cfg, workers):
    """A pipeline with more than one random step, loaded by ``workers`` processes."""
    cfg.train_dataloader.num_workers = workers
    cfg.train_dataloader.dataset.pipeline.insert(4, {'type': 'Flip', 'keys': ['img', 'gt']})
    return cfg


@pytest.mark.parametrize('workers', [0, 2])
def test_pieces_equal_the_whole_bit_for_bit(tiny, tmp_path, workers):
    whole = run(with_flip(tiny(max_iters=8, work_dir=tmp_path / 'whole'), workers))
    for stop in (2, 4):  # each piece goes on from a checkpoint of the whole run, as if it had been killed there
        piece = with_flip(tiny(max_iters=8, work_dir=tmp_path / f'from{stop}', resume=True), workers)
        piece.load_from = str(tmp_path / 'whole' / f'iter_{stop}.pth')
        assert_same(run(piece), whole)


def test_workers_do_not_change_the_result(tiny, tmp_path):
    runs = [run(tiny(work_dir=tmp_path / str(n), **{'train_dataloader.num_workers': n})) for n in (0, 1)]
    assert_same(*runs)


def test_another_batch_size_goes_on_in_the_order(tiny, tmp_path):
    run(tiny(max_iters=2))
    resumed = run(tiny(max_iters=4, resume=True, **{'train_dataloader.batch_size': 1}))
    assert resumed.train_loop.dataloader.sampler.drawn == 4  # two iterations of two
    assert 'samples per iteration' in ''.join(path.read_text() for path in (tmp_path / 'run').glob('*/*.log'))


def test_resuming_late_does_not_replay(tiny, tmp_path):
    run(tiny(max_iters=2))
    path = tmp_path / 'run' / 'iter_2.pth'
    checkpoint = torch.load(path, weights_only=False)
    late = 900_000
    checkpoint['meta']['iter'] = checkpoint['resume_state']['iter'] = late
    checkpoint['resume_state']['drawn'] = late * 2
    torch.save(checkpoint, tmp_path / 'late.pth')
    runner = run(tiny(max_iters=late + 2, resume=True, load_from=str(tmp_path / 'late.pth')))
    assert runner.iter == late + 2


def test_max_iters_must_be_whole(tiny):
    with pytest.raises(InputError, match='max_iters'):
        run(tiny(max_iters=2.5))


@pytest.mark.parametrize('policy', ['stop', 'skip'])
def test_a_loss_that_is_no_number(tiny, tmp_path, policy, monkeypatch):
    runner = Runner.from_cfg(tiny(**{'train_cfg.on_nonfinite': policy}))
    forward, calls = runner.model.pixel_loss.forward, iter(range(100))
    monkeypatch.setattr(
        runner.model.pixel_loss, 'forward', lambda *a: forward(*a) * (math.nan if next(calls) == 2 else 1)
    )
    if policy == 'stop':
        with pytest.raises(InputError, match=r'Iteration 3: the loss is nan, on .*\.png.*clip_grad'):
            runner.train()
    else:
        runner.train()
        assert len(losses(runner)) == 3
    assert all(p.isfinite().all() for p in runner.model.parameters())
    kept = torch.load(tmp_path / 'run' / 'nonfinite_iter_3_rank_0.pth', weights_only=True)
    assert len(kept['batch']['data_samples']['gt_path']) == 2


def test_unknown_policy(tiny):
    with pytest.raises(InputError, match='on_nonfinite'):
        run(tiny(**{'train_cfg.on_nonfinite': 'ignore'}))
