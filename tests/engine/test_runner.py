import json
import logging

import pytest
import torch

from srcnn import InputError
from srcnn.engine import Runner


def scalars(work_dir) -> list[dict]:
    lines = [
        line for path in sorted(work_dir.glob('*/vis_data/scalars.json')) for line in path.read_text().splitlines()
    ]
    return [json.loads(line) for line in lines]


def test_a_run_from_first_to_last_file(tiny, tmp_path):
    Runner.from_cfg(tiny()).train()
    run = tmp_path / 'run'
    assert {'iter_2.pth', 'iter_4.pth', 'last_checkpoint'} <= {path.name for path in run.iterdir()}
    assert len(list(run.glob('best_PSNR_iter_*.pth'))) == 1
    assert {path.name for path in run.glob('*/vis_data/vis_image/*')} == {
        f'{n}_{i}.png' for n in (1, 3) for i in (2, 4)
    }
    rows = scalars(run)
    train = [row for row in rows if 'loss' in row]
    assert [row['step'] for row in train] == [1, 2, 3, 4]
    assert train[0].keys() >= {'lr', 'data_time', 'time', 'loss', 'iter'}
    assert [row['step'] for row in rows if 'PSNR' in row] == [2, 4]  # not the epoch, which is always 0
    log = next(run.glob('*/*.log')).read_text()
    assert 'eta:' in log
    assert 'PSNR:' in log


def test_resume_goes_on_where_it_stopped(tiny, tmp_path):
    whole = Runner.from_cfg(tiny(max_iters=6, work_dir=tmp_path / 'whole'))
    whole.train()
    stopped = str(tmp_path / 'whole' / 'iter_4.pth')
    resumed = Runner.from_cfg(tiny(max_iters=6, resume=True, load_from=stopped))
    resumed.train()
    rows = [row for row in scalars(tmp_path / 'run') if 'loss' in row]
    assert [row['step'] for row in rows] == [5, 6]
    expected = [row for row in scalars(tmp_path / 'whole') if 'loss' in row]
    assert [row['lr'] for row in rows] == [row['lr'] for row in expected[4:]]
    assert resumed.optim_wrapper.state_dict()['state'][0]['step'] == 6
    losses = [runner.message_hub.get_scalar('train/loss').data[0] for runner in (whole, resumed)]
    assert len(losses[1]) == 6
    assert list(losses[1][:4]) == list(losses[0][:4])


def test_resume_finds_the_last_checkpoint_itself(tiny):
    Runner.from_cfg(tiny(max_iters=2)).train()
    runner = Runner.from_cfg(tiny(max_iters=4, resume=True))
    runner.train()
    assert len(runner.message_hub.get_scalar('train/loss').data[0]) == 4


def test_resume_from_weights_alone_says_so(tiny, tmp_path):
    runner = Runner.from_cfg(tiny())
    torch.save(runner.model.state_dict(), tmp_path / 'weights.pth')
    with pytest.raises(InputError, match=r'weights\.pth.*load_from'):
        Runner.from_cfg(tiny(resume=True, load_from=str(tmp_path / 'weights.pth'))).train()


def test_weights_of_another_network_end_the_run_before_it_begins(tiny, tmp_path):
    torch.save({'conv1.weight': torch.zeros(64, 3, 9, 9)}, tmp_path / 'other.pth')
    with pytest.raises(InputError, match=r'other\.pth.*not for this model'):
        Runner.from_cfg(tiny(load_from=str(tmp_path / 'other.pth'))).train()


@pytest.mark.parametrize('scale', [2, 3])
def test_scale_of_network_and_data_must_agree(tiny, scale):
    cfg = tiny(**{'model.generator.upscale_factor': scale})
    with pytest.raises(InputError, match=f'enlarges {scale} times.*4 times as large'):
        Runner.from_cfg(cfg).train()


def test_a_work_dir_that_cannot_be_written(tiny, tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(InputError, match=r'file/run.*--work-dir'):
        Runner.from_cfg(tiny(work_dir=tmp_path / 'file' / 'run'))


def test_spawned_workers(tiny):
    cfg = tiny(max_iters=2, **{'env_cfg': {'mp_cfg': {'mp_start_method': 'spawn'}}, 'train_dataloader.num_workers': 1})
    Runner.from_cfg(cfg).train()


def test_mixed_precision_on_a_cpu(tiny, monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    cfg = tiny(max_iters=2, **{'optim_wrapper.type': 'AmpOptimWrapper', 'optim_wrapper.loss_scale': 'dynamic'})
    runner = Runner.from_cfg(cfg)
    runner.train()
    assert type(runner.optim_wrapper).__name__ == 'Bf16OptimWrapper'
    assert all(p.dtype == torch.float32 for p in runner.model.parameters())


def test_a_broken_torchvision_does_not_matter(tiny, monkeypatch, tmp_path):
    (tmp_path / 'torchvision.py').write_text('raise RuntimeError("operator torchvision::nms does not exist")')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__('sys').modules, 'torchvision', raising=False)
    Runner.from_cfg(tiny(max_iters=2)).train()


def test_tensorboard_by_one_config_line(tiny, tmp_path):
    pytest.importorskip('tensorboard')
    cfg = tiny(max_iters=2)
    cfg.visualizer.vis_backends.append({'type': 'TensorboardVisBackend'})
    Runner.from_cfg(cfg).train()
    assert list((tmp_path / 'run').rglob('events.out.tfevents*'))


def test_the_log_names_versions_and_no_registry_trouble(tiny, tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        Runner.from_cfg(tiny(max_iters=2)).train()
    log = next((tmp_path / 'run').glob('*/*.log')).read_text()
    assert 'torch: ' in log
    assert 'Failed to search registry' not in log


def test_a_value_that_mmengine_refuses_is_placed(tiny):
    with pytest.raises(InputError, match='param_scheduler.*eta_min'):
        Runner.from_cfg(tiny(**{'param_scheduler.eta_min': None})).train()


def test_a_finished_run_can_be_made_longer(tiny, tmp_path):
    Runner.from_cfg(tiny(max_iters=8, work_dir=tmp_path / 'whole')).train()
    Runner.from_cfg(tiny(max_iters=4)).train()
    Runner.from_cfg(tiny(max_iters=8, resume=True)).train()
    rates = [[row['lr'] for row in scalars(tmp_path / name) if 'loss' in row] for name in ('whole', 'run')]
    assert rates[1][:4] == rates[0][:4]
    assert rates[1][5:] != rates[1][4:-1]  # the schedule goes on


def test_sets_in_a_row(tiny, tmp_path):
    cfg = tiny(max_iters=2)
    one = cfg.train_dataloader.dataset
    cfg.train_dataloader.dataset = {'type': 'ConcatDataset', 'datasets': [one, one]}
    Runner.from_cfg(cfg).train()
    cfg.model.generator.upscale_factor = 2
    cfg.experiment_name += 'x'
    with pytest.raises(InputError, match='enlarges 2 times'):
        Runner.from_cfg(cfg).train()


def test_a_compiled_run(tiny, tmp_path):
    Runner.from_cfg(tiny(compile={'backend': 'eager'})).train()
    assert 'The network is compiled' in next((tmp_path / 'run').glob('*/*.log')).read_text()


def test_compiling_without_a_compiler_says_what_is_missing(tiny, monkeypatch):
    monkeypatch.setenv('PATH', '')
    monkeypatch.delenv('CXX', raising=False)
    with pytest.raises(InputError, match=r'compile: .*C\+\+ compiler'):
        Runner.from_cfg(tiny(compile=True)).train()


def test_runs_of_one_name_and_second_have_their_own_logs(tiny, tmp_path):
    cfg = tiny(work_dir=tmp_path / 'first')
    Runner.from_cfg(cfg).train()
    cfg.work_dir = str(tmp_path / 'second')
    runner = Runner.from_cfg(cfg)
    runner.train()
    assert [len(scalars(tmp_path / name)) for name in ('first', 'second')] == [6, 6]
    assert len(runner.message_hub.get_scalar('train/loss').data[0]) == 4
