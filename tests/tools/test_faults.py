"""Disks, files and processes that fail in mid-run: nothing saved is lost, each is named, and --resume goes on."""

import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from mmengine.hooks import Hook

from srcnn.engine.checkpoint import read_checkpoint
from srcnn.image.io import read_image

UNVALIDATED = {
    'val_cfg': None,
    'val_dataloader': None,
    'val_evaluator': None,
    'default_hooks.checkpoint.save_best': None,
}

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='asks Linux for disks and locks')


def system(*command: object) -> None:
    """Run a command that not everyone may, or skip the test."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f'not possible here: {" ".join(map(str, command))}: {done.stderr.strip()}')


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of two megabytes."""
    disk = tmp_path / 'disk'
    disk.mkdir()
    system('mount', '-t', 'tmpfs', '-o', 'size=2m', 'none', disk)
    yield disk
    subprocess.run(['umount', '-l', disk], check=True)


class Saboteur(Hook):
    """Calls ``<deed>(place)`` of this file at one iteration, and ``un<deed>`` at another."""

    priority = 'VERY_HIGH'

    def __init__(self, deed: str, place: str = '', start: int = 3, end: int = 100) -> None:
        self.deed, self.place, self.start, self.end = deed, Path(place), start, end

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if runner.iter + 1 == self.start:
            globals()[self.deed](self.place)
        if runner.iter + 1 == self.end:
            globals()[f'un{self.deed}'](self.place)


def sabotage(deed: str, place: object = '', **when: int) -> dict:
    hook = {'type': f'{Saboteur.__module__}.Saboteur', 'deed': deed, 'place': str(place), **when}
    return {'custom_hooks': [hook, {'type': 'BasicVisualizationHook'}]}


def fill(disk: Path) -> None:
    with (disk / 'filler').open('wb', buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def unfill(disk: Path) -> None:
    (disk / 'filler').unlink()


def lock(folder: Path) -> None:
    if os.getuid():
        folder.chmod(0o500)
    else:
        system('chattr', '+i', folder)


def unlock(folder: Path) -> None:
    if os.getuid():
        folder.chmod(0o700)
    else:
        subprocess.run(['chattr', '-i', folder], check=True)


def delete(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def kill_worker(_: Path) -> None:
    os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)


def weights(run: Path, iteration: int) -> dict:
    return read_checkpoint(str(run / f'iter_{iteration}.pth'))['state_dict']


def steps(run: Path) -> list[int]:
    """Iterations whose loss was logged; every line must be whole."""
    rows = [json.loads(line) for path in sorted(run.glob('*/vis_data/scalars.json')) for line in path.open()]
    return [row['step'] for row in rows if 'loss' in row]


def test_a_disk_that_is_full_for_a_while(call, write, small_disk):
    run = small_disk / 'run'
    done = call('train.py', write(max_iters=8, work_dir=run, **sabotage('fill', small_disk, start=4, end=6)))
    assert (done.status, done.errors) == (0, [])
    message = r'iter_4\.pth: this checkpoint cannot be written \(No space left on device\)'
    assert re.search(rf'/{message}.*run goes on', done.out)
    assert re.search(rf'/best_PSNR_{message}.*run goes on', done.out)
    assert len(re.findall(r'Scores and pictures are lost; the run goes on', done.out)) == 1
    assert len(re.findall(r'warning: .*\.log cannot be written .*; the run goes on', done.err)) == 1
    assert {path.name for path in run.glob('iter_*')} == {'iter_2.pth', 'iter_6.pth', 'iter_8.pth'}
    assert all(read_checkpoint(str(path)) for path in run.glob('*.pth'))
    assert set(range(1, 9)) - {4, 5} <= set(steps(run))
    assert all(read_image(path).size for path in run.rglob('*.png'))
    assert (run / 'last_checkpoint').read_text() == str(run / 'iter_8.pth')
    best = max(torch.tensor([float(x) for x in re.findall(r'PSNR: (\d+\.\d+)', done.out)]))
    assert f'Best PSNR so far, {best:.4f}' in done.out


def test_a_disk_that_is_full_from_the_start(call, write, small_disk):
    fill(small_disk)
    done = call('train.py', write(work_dir=small_disk / 'run'))
    assert done.status == 1
    assert re.search(
        r'run: this work directory cannot be written \(No space left on device\).*--work-dir', done.errors[0]
    )


def test_a_read_only_disk(call, write, small_disk):
    system('mount', '-o', 'remount,ro', small_disk)
    done = call('train.py', write(work_dir=small_disk / 'run'))
    assert done.status == 1
    assert re.search(r'run: this work directory cannot be written \(Read-only file system\)', done.errors[0])


@pytest.mark.parametrize('policy', ['continue', 'stop'])
def test_a_folder_that_is_locked_in_mid_run(call, write, tmp_path, policy):
    (tmp_path / 'probe').mkdir()
    lock(tmp_path / 'probe')
    unlock(tmp_path / 'probe')
    run = tmp_path / 'run'
    changes = {'default_hooks.checkpoint.on_error': policy, **sabotage('lock', run, start=4, end=5)}
    try:
        done = call('train.py', write(max_iters=6, **changes))
    finally:
        unlock(run)
    message = r'iter_4\.pth: this checkpoint cannot be written \((Operation not permitted|Permission denied)\)'
    assert re.search(message, done.out if policy == 'continue' else done.errors[0])
    assert done.status == (0 if policy == 'continue' else 1)
    assert weights(run, 2)
    assert (run / 'iter_6.pth').exists() == (policy == 'continue')


@pytest.mark.parametrize('workers', [0, 2])
def test_images_deleted_in_mid_run(call, write, pairs, tmp_path, workers):
    data = shutil.copytree(pairs, tmp_path / 'data')
    loading = {'num_workers': workers, 'dataset.data_root': str(data)}
    changes = {f'train_dataloader.{key}': value for key, value in loading.items()} | {'max_iters': 12, **UNVALIDATED}
    assert call('train.py', write(**changes, work_dir=tmp_path / 'whole')).status == 0
    done = call('train.py', write(**changes, **sabotage('delete', data / 'HR')))
    assert done.status == 1
    assert re.fullmatch(r'error: \S+HR/\d\.png.*', done.errors[0])
    reached = int(re.search(r'No data after iteration (\d+); --resume goes on from \S+iter_\1\.pth', done.out)[1])
    assert steps(tmp_path / 'run') == list(range(1, reached + 1))
    shutil.copytree(pairs, data, dirs_exist_ok=True)
    assert call('train.py', write(**changes), '--resume').status == 0
    whole, pieces = weights(tmp_path / 'whole', 12), weights(tmp_path / 'run', 12)
    assert all(torch.equal(whole[name], pieces[name]) for name in whole)


def test_images_deleted_that_are_in_the_cache(call, write, pairs, tmp_path):
    data = shutil.copytree(pairs, tmp_path / 'data')
    changes = {'train_dataloader.dataset.data_root': str(data), 'train_dataloader.dataset.cache': True, **UNVALIDATED}
    assert call('train.py', write(**changes, **sabotage('delete_images', data))).status == 0
    assert steps(tmp_path / 'run') == [1, 2, 3, 4]


def delete_images(data: Path) -> None:
    for path in data.glob('*/*.png'):
        path.unlink()


def test_a_loading_process_that_is_killed(call, write, tmp_path):
    changes = {'max_iters': 12, 'train_dataloader.num_workers': 2, **UNVALIDATED}
    done = call('train.py', write(**changes, **sabotage('kill_worker')))
    assert done.status == 1
    assert re.fullmatch(r'error: A process that loads data .* was killed.*--resume\.', done.errors[0])
    reached = int(re.search(r'No data after iteration (\d+); --resume goes on from \S+iter_\1\.pth', done.out)[1])
    assert call('train.py', write(**changes), '--resume').status == 0
    assert steps(tmp_path / 'run') == list(range(1, 13))
    assert reached > 2
