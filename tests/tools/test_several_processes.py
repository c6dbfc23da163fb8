"""dist_train.sh and dist_test.sh, as they are, on the CPU."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from srcnn.registry import MODELS

TOOLS = Path(__file__).resolve().parents[2] / 'tools'

pytestmark = pytest.mark.skipif(os.name == 'nt', reason='the launchers are for bash')


@pytest.fixture
def launch(tmp_path):
    def run(script: str, *arguments: object) -> subprocess.CompletedProcess:
        env = {**os.environ, 'PYTHON': sys.executable, 'CUDA_VISIBLE_DEVICES': '-1'}
        command = [str(TOOLS / script), *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    return run


# One process has more threads than each of several. Sums of SRCNN are in the same order then; where a layer has few
# channels the library takes other ways for one thread, and the last bit of a float may differ.
SRCNN = {'model.generator': {'type': 'SRCNNNet', 'upscale_factor': 4}}


@pytest.fixture
def weights(tiny, tmp_path) -> Path:
    torch.save(MODELS.build(tiny(**SRCNN).model).state_dict(), tmp_path / 'weights.pth')
    return tmp_path / 'weights.pth'


def test_two_processes_train(launch, write, tmp_path):
    done = launch('dist_train.sh', write(max_iters=2, custom_hooks=[]), 2)
    assert (done.returncode, done.stderr) == (0, '')
    assert len(re.findall(r'Iter\(train\) \[2/2\]', done.stdout)) == 1  # one process speaks
    assert re.search(r'Launcher: pytorch, 2 process\(es\)', done.stdout)
    rows = [json.loads(line) for path in (tmp_path / 'run').glob('*/vis_data/scalars.json') for line in path.open()]
    assert [row['step'] for row in rows if 'loss' in row] == [1, 2]
    assert [row['step'] for row in rows if 'PSNR' in row] == [2]
    assert (tmp_path / 'run' / 'iter_2.pth').is_file()


@pytest.mark.slow
@pytest.mark.parametrize('loop', [
    {'type': 'IterBasedTrainLoop'},
    {'type': 'ResidentTrainLoop'},
    {'type': 'ResidentTrainLoop', 'steps_per_graph': 4},
])  # fmt: skip
def test_two_small_batches_have_the_gradients_of_a_large_one(launch, call, write, tmp_path, loop):
    """In each of 50 steps; by a smooth loss, since L1's jumps would magnify rounding."""
    optim = {'optimizer': {'type': 'SGD', 'lr': 0.01}, 'clip_grad': {'max_norm': 1e9}}  # clipping logs the norm
    changes = {'max_iters': 50, 'custom_hooks': [], 'model.pixel_loss.type': 'MSELoss'}
    changes |= {f'train_cfg.{key}': value for key, value in loop.items()}
    norms = {}
    for name, batch, processes in (('one', 16, 1), ('two', 8, 2)):
        config = write(
            **changes, work_dir=tmp_path / name, optim_wrapper={**optim}, **{'train_dataloader.batch_size': batch}
        )
        if processes == 1:
            assert call('train.py', config).status == 0
        else:
            assert launch('dist_train.sh', config, processes).returncode == 0
        rows = [json.loads(line) for path in (tmp_path / name).glob('*/vis_data/scalars.json') for line in path.open()]
        norms[name] = [row['grad_norm'] for row in rows if 'loss' in row]
    assert len(norms['one']) == 50
    assert norms['two'] == pytest.approx(norms['one'], rel=1e-5)


@pytest.mark.parametrize('count', [2, *(pytest.param(count, marks=pytest.mark.slow) for count in (3, 7))])
def test_scores_do_not_depend_on_the_number_of_processes(launch, call, write, weights, tmp_path, count):
    config = write(**SRCNN, custom_hooks=[{'type': 'BasicVisualizationHook'}])
    done = launch('dist_test.sh', config, weights, count, '--out', 'many.json', '--work-dir', 'many')
    assert (done.returncode, done.stderr) == (0, '')
    assert done.stdout.count('Results\n') == 1
    assert call('test.py', config, weights, '--out', tmp_path / 'one.json').status == 0
    assert (tmp_path / 'many.json').read_text() == (tmp_path / 'one.json').read_text()
    pictures = {path.name for path in (tmp_path / 'many').glob('*/vis_data/vis_image/*')}
    assert pictures == {f'{i}_0.png' for i in range(5)}  # those of all processes


@pytest.mark.slow
def test_one_message_when_all_fail(launch, write):
    done = launch('dist_train.sh', write(**{'model.generator.chanels': 3}), 2)
    assert_one_error(done, r"error: model\.generator: unknown key 'chanels'")


def test_one_message_when_one_fails(launch, write, pairs, tmp_path):
    """The second of two images is too small, and to look at it falls to the second process."""
    (tmp_path / 'list.txt').write_text('4.png\n0.png\n')
    data = 'train_dataloader.dataset'
    config = write(**{f'{data}.ann_file': str(tmp_path / 'list.txt'), f'{data}.pipeline.3.gt_patch_size': 96})
    assert_one_error(launch('dist_train.sh', config, 2), r'error: \S+HR/0\.png is 96x64, smaller than gt_patch_size=96')


FAILS_IN_SECOND = """
from mmengine.hooks import Hook
from srcnn import InputError
from srcnn.registry import HOOKS

@HOOKS.register_module()
class FailsInSecond(Hook):
    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if runner.rank == 1 and runner.iter == 2:
            raise InputError('this is why')
"""


@pytest.mark.slow
def test_one_that_fails_on_the_way_has_the_only_word(launch, write, tmp_path, monkeypatch):
    (tmp_path / 'fails_in_second.py').write_text(FAILS_IN_SECOND)
    monkeypatch.setenv('PYTHONPATH', str(tmp_path))
    imports = {'imports': ['fails_in_second'], 'allow_failed_imports': False}
    done = launch('dist_train.sh', write(custom_imports=imports, custom_hooks=[{'type': 'FailsInSecond'}]), 2)
    assert (done.returncode, done.stderr) == (1, 'error: this is why\n')


@pytest.mark.slow
@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGUSR1, signal.SIGINT])
def test_a_signal_to_the_launcher_saves_once_and_all_end(write, tmp_path, number):
    interval = {'default_hooks.checkpoint.interval': 20, 'train_cfg.val_interval': 10000}
    config = write(max_iters=100_000, custom_hooks=[], **interval, **{'train_dataloader.num_workers': 1})
    env = {**os.environ, 'PYTHON': sys.executable, 'CUDA_VISIBLE_DEVICES': '-1'}
    command = [str(TOOLS / 'dist_train.sh'), str(config), '2']
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        while not (tmp_path / 'run' / 'iter_20.pth').exists():
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(number)
        log = process.communicate()[0]
    assert process.returncode == 75
    assert re.search(r'saved at iteration \d+; go on with --resume', log)


def assert_one_error(done: subprocess.CompletedProcess, message: str) -> None:
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert re.match(message, done.stderr)
    assert 'Iter(train)' not in done.stdout
