import json
import os
import re
import shutil

import pytest
import torch
from mmengine.config import Config

from srcnn.engine.checkpoint import read_checkpoint


def scalars(run) -> list[dict]:
    paths = sorted(run.glob('*/vis_data/scalars.json'))
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


def test_progress_and_what_is_left_behind(call, write, tmp_path):
    done = call('train.py', write(max_iters=4))
    assert (done.status, done.errors) == (0, [])
    number = r'\d+\.\d+(?:e-\d+)?'
    line = rf'Iter\(train\) \[4/4\] +lr: {number} +eta: 0:00:00 +time: {number} +data_time: {number} +loss: {number}'
    run = tmp_path / 'run'
    for text in (done.out, next(run.glob('*/*.log')).read_text()):
        assert re.search(line, text)
        assert re.search(rf'Iter\(val\) \[5/5\] +PSNR: {number} +SSIM: {number}', text)
    assert f'Finished. Log, pictures and checkpoints are in {run}' in done.out

    rows = [row for row in scalars(run) if 'PSNR' in row]
    best = max(rows, key=lambda row: row['PSNR'])
    assert [path.name for path in run.glob('best*')] == [f'best_PSNR_iter_{best["step"]}.pth']
    assert Config.fromfile(run / 'tiny.py').train_cfg.max_iters == 4


def test_the_console_is_for_people(call, write, tmp_path):
    done = call('train.py', write(max_iters=2))
    for noise in ('FileClient', 'HardDiskBackend', 'SyncBatchNorm', 'Warning', 'train_dataloader=dict('):
        assert noise not in done.out + done.err
    log = next((tmp_path / 'run').glob('*/*.log'))
    assert 'train_dataloader=dict(' in log.read_text()  # the log holds the config
    assert str(log) in done.out
    assert done.err == ''


def test_work_dir_moves_everything(call, write, tmp_path, monkeypatch):
    (tmp_path / 'here').mkdir()
    monkeypatch.chdir(tmp_path / 'here')
    assert call('train.py', write(max_iters=2), '--work-dir', tmp_path / 'there').status == 0
    assert list((tmp_path / 'here').iterdir()) == []
    assert not (tmp_path / 'run').exists()
    assert (tmp_path / 'there' / 'iter_2.pth').is_file()


def test_work_dir_is_named_after_the_config(call, write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call('train.py', write(max_iters=2, work_dir=''), '--cfg-options', 'work_dir=None').status == 0
    assert (tmp_path / 'work_dirs' / 'tiny' / 'iter_2.pth').is_file()


def test_options_and_resume(call, write, tmp_path):
    assert call('train.py', write(max_iters=2)).status == 0
    done = call('train.py', write(max_iters=2), '--resume', '--cfg-options', 'train_cfg.max_iters=4')
    assert done.status == 0
    assert [row['step'] for row in scalars(tmp_path / 'run') if 'loss' in row] == [1, 2, 3, 4]
    done = call(
        'train.py', write(max_iters=3), '--resume', tmp_path / 'run' / 'iter_2.pth', '--work-dir', tmp_path / 'b'
    )
    assert done.status == 0
    assert [row['step'] for row in scalars(tmp_path / 'b') if 'loss' in row] == [3]


def test_amp_and_scaled_learning_rate(call, write, tmp_path):
    config = write(max_iters=2, auto_scale_lr={'base_batch_size': 8})
    done = call('train.py', config, '--amp', '--auto-scale-lr')
    assert done.status == 0
    first = next(row for row in scalars(tmp_path / 'run') if 'loss' in row)
    assert first['lr'] == pytest.approx(1e-3 * 2 / 8, rel=1e-3)


@pytest.fixture
def spoilt(pairs, tmp_path):
    """The pairs, to be spoilt."""
    return shutil.copytree(pairs, tmp_path / 'spoilt')


def no_folder(root):
    shutil.rmtree(root / 'LR')


def empty_folder(root):
    no_folder(root)
    (root / 'LR').mkdir()


def no_picture(root):
    (root / 'LR' / '3.png').write_bytes(b'no picture')


def cut_short(root):
    path = root / 'HR' / '1.png'
    path.write_bytes(path.read_bytes()[:-200])


def not_four_times(root):
    shutil.copy(root / 'LR' / '0.png', root / 'LR' / '4.png')


DATA = 'train_dataloader.dataset'
GRAY_INPUT, GRAY = (f'val_dataloader.dataset.pipeline.{i}.color_type' for i in (0, 1))


@pytest.mark.parametrize(
    ('spoil', 'message'),
    [
        (no_folder, r"spoilt.LR: no such folder, named by data_prefix\['img'\] and data_root="),
        (empty_folder, r'spoilt.LR: no images in this folder'),
        (no_picture, r'spoilt.LR.3\.png'),
        (cut_short, r'spoilt.HR.1\.png'),
        (not_four_times, r'4\.png.*24x16.*96x96|4\.png.*96x96.*24x16'),
    ],
)
def test_bad_data_ends_the_run_before_it_begins(call, write, spoilt, tmp_path, spoil, message):
    spoil(spoilt)
    done = call('train.py', write(**{f'{DATA}.data_root': str(spoilt)}))
    assert_one_error(done, message, tmp_path)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({f'{DATA}.ann_file': 'none.txt'}, r'none\.txt: no such annotation file, named by `ann_file`'),
        ({f'{DATA}.pipeline.3.gt_patch_size': 100}, r'0\.png is 96x64, smaller than gt_patch_size=100'),
        ({'model.generator.chanels': (3, 3)}, r"model\.generator: unknown key 'chanels'; did you mean 'channels'"),
        ({'model.generator.type': 'SRCNN'}, r"model\.generator\.type='SRCNN' is unknown; did you mean 'SRCNNNet'"),
        ({'model.generator.kernel_sizes': (9, 1)}, r'kernel_sizes'),
        ({'model.generator.upscale_factor': 2}, r'enlarges 2 times'),
        ({'model': None}, r'model is missing'),
        ({'load_from': 'none.pth'}, r'none\.pth: no such checkpoint file'),
        ({'optim_wrapper.optimizer.lr': -1}, r'optim_wrapper.*-1'),
        ({'param_scheduler': None, 'model.pixel_loss': None}, r'model\.pixel_loss is missing'),
        ({'visualizer.img_keys': ['lq', 'pred']}, r"visualizer: no 'lq' in the sample .*correct fn_key and img_keys"),
        ({'visualizer.fn_key': 'lq_path'}, r"visualizer: no 'lq_path' in the sample"),
        ({'visualizer.type': 'ConcatVisualizer'}, r"visualizer\.type='ConcatVisualizer' is unknown; did you mean"),
        ({'visualizer.img_key': ['img']}, r"visualizer: unknown key 'img_key'; did you mean 'img_keys'"),
        ({'visualizer.vis_backends.0.type': 'LocalBackend'}, r'vis_backends\[0\]\.type=.* is unknown'),
        ({'visualizer.vis_backends.0.type': 'AimVisBackend'}, r'visualizer: .*pip install aim'),
        ({'custom_hooks.0.on_validation': True}, r"custom_hooks\[0\]: unknown key 'on_validation'"),
        ({GRAY: 'grayscale'}, r'PSNR: \S+0\.png: the prediction is \(3, .*original \(1, .*color_type'),
        ({'val_evaluator.0.convert_to': 'RGB'}, r"PSNR: convert_to='RGB' is unknown"),
        ({GRAY_INPUT: 'grayscale'}, r'0\.png: the network cannot take this image of shape \(1, .*color_type'),
    ],
)
def test_bad_values_end_the_run_before_it_begins(call, write, tmp_path, changes, message):
    assert_one_error(call('train.py', write(**changes)), message, tmp_path)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--work-dir', 'tiny.py/run'], r'tiny\.py/run: this work directory cannot be written'),
        (['--cfg-options', 'train_cfg.max_itres=3'], r"train_cfg: unknown key 'max_itres'"),
        (['--cfg-options', 'test_evaluator.5.type=PSNR'], r'--cfg-options'),
        (['--cfg-options', 'val_evaluator.first.type=PSNR'], r'--cfg-options'),
        (['--launcher', 'pytorch'], r'--launcher pytorch: .* tools/dist_train\.sh'),
        (['--auto-scale-lr'], r'--auto-scale-lr'),
        (['--resume', 'none.pth'], r'none\.pth: no such checkpoint file'),
    ],
)
def test_bad_arguments(call, write, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    for name in ('RANK', 'WORLD_SIZE', 'LOCAL_RANK', 'MASTER_ADDR'):
        monkeypatch.delenv(name, raising=False)
    assert_one_error(call('train.py', write(), *arguments), message, tmp_path)


@pytest.mark.skipif(os.name == 'nt' or os.getuid() == 0, reason='nothing is forbidden to this user')
def test_a_folder_of_somebody_else(call, write, tmp_path):
    (tmp_path / 'theirs').mkdir(mode=0o500)
    done = call('train.py', write(), '--work-dir', tmp_path / 'theirs')
    assert_one_error(done, 'theirs: this work directory cannot be written', tmp_path)


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        (None, r'bad\.py: no such config file'),
        ('model = dict(', r'bad\.py: the config cannot be read \(SyntaxError'),
        ("_base_ = 'none.py'", r'bad\.py: the config cannot be read.*none\.py'),
        ('train_cfg = dict(max_iters=1 / 0)', r'bad\.py: the config cannot be read \(ZeroDivisionError'),
        ('', r'bad\.py: no train_cfg'),
    ],
)
def test_a_config_that_is_none(call, tmp_path, monkeypatch, text, message):
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / 'bad.py').write_text(text)
    assert_one_error(call('train.py', 'bad.py'), message, tmp_path)


@pytest.mark.parametrize('tool', ['train.py', 'test.py'])
def test_a_config_by_an_address_is_not_run(call, serve, tmp_path, tool):
    (tmp_path / 'config.py').write_text("open('made', 'w')")
    with serve(tmp_path) as address:
        done = call(tool, f'{address}/config.py', *['weights.pth'][: tool == 'test.py'])
    assert_one_error(done, r'http\S+config\.py: a config is a program, so none is run from an address', tmp_path)


@pytest.mark.parametrize('seed', [[], ['--seed', '7']])
def test_the_same_twice(call, write, tmp_path, seed):
    """Another process would do the same; here the state of this one must not matter."""
    given = ['--deterministic', *seed]
    config = write(max_iters=4, **{'train_dataloader.num_workers': 2, 'randomness': {'seed': 5}})
    runs = [tmp_path / 'first', tmp_path / 'second']
    try:
        for run in runs:
            assert call('train.py', config, '--work-dir', run, *given).status == 0
    finally:
        torch.use_deterministic_algorithms(False)
    first, second = (read_checkpoint(str(run / 'iter_4.pth')) for run in runs)
    assert first['meta']['seed'] == second['meta']['seed'] == (7 if seed else 5)
    for part in ('state_dict', 'optimizer'):
        assert repr(first[part]) == repr(second[part])
    assert all(torch.equal(first['state_dict'][name], second['state_dict'][name]) for name in first['state_dict'])
    assert [row['loss'] for row in scalars(runs[0]) if 'loss' in row] == [
        row['loss'] for row in scalars(runs[1]) if 'loss' in row
    ]


def test_deterministic_without_a_seed(call, write, tmp_path):
    try:
        assert call('train.py', write(max_iters=2, randomness=None), '--deterministic').status == 0
    finally:
        torch.use_deterministic_algorithms(False)


def assert_one_error(done, message: str, tmp_path) -> None:
    assert done.status == 1
    assert len(done.errors) == 1
    assert re.search(message, done.err.partition('error: ')[2], re.DOTALL)
    assert 'Iter(train)' not in done.out
    assert not list(tmp_path.rglob('*.pth'))
