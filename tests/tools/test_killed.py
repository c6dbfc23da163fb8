"""kill -9 at random moments, then resume: nothing may differ from a run that was left alone."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from srcnn.engine.checkpoint import read_checkpoint
from tests.conftest import ROOT, tiny_config

ITERATIONS, KILLS = 200, 20


def command(config: Path) -> list[str]:
    return [sys.executable, str(ROOT / 'tools/train.py'), str(config), '--resume']


def logged(work_dir: Path, name: str) -> dict[int, float]:
    """Loss or score by iteration; an iteration that was done twice must have logged the same twice."""
    values: dict[int, float] = {}
    for path in work_dir.glob('*/vis_data/scalars.json'):
        for line in path.read_text().splitlines():
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                continue  # the line during which it was killed
            if name in row:
                assert values.setdefault(row['step'], row[name]) == row[name]
    return values


@pytest.mark.slow
@pytest.mark.parametrize('workers', [0, 2])
def test_killed_twenty_times(pairs, tmp_path, workers):
    ends = {}
    for name in ('whole', 'pieces'):
        cfg = tiny_config(pairs, tmp_path / name, max_iters=ITERATIONS)
        cfg.train_dataloader.num_workers = workers
        cfg.train_cfg.val_interval = 10
        cfg.custom_hooks.append({'type': 'EMAHook', 'momentum': 0.1})
        cfg.dump(tmp_path / f'{name}.py')
    subprocess.run(command(tmp_path / 'whole.py'), check=True, capture_output=True)
    chance = random.Random(workers)
    for _ in range(KILLS):
        process = subprocess.Popen(command(tmp_path / 'pieces.py'), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        before = {path.name for path in (tmp_path / 'pieces').glob('iter_*.pth')}
        deadline = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < deadline:  # until it has got further, then at any moment
            if {path.name for path in (tmp_path / 'pieces').glob('iter_*.pth')} - before:
                break
            time.sleep(0.01)
        time.sleep(chance.random() * 0.3)
        process.kill()
        process.communicate()
    subprocess.run(command(tmp_path / 'pieces.py'), check=True, capture_output=True)
    for name in ('whole', 'pieces'):
        ends[name] = read_checkpoint(str(tmp_path / name / f'iter_{ITERATIONS}.pth'))
    whole, pieces = ends['whole'], ends['pieces']
    for part in ('state_dict', 'ema_state_dict'):
        assert all(torch.equal(value, pieces[part][key]) for key, value in whole[part].items())
    for number, state in whole['optimizer']['state'].items():
        assert all(torch.equal(value, pieces['optimizer']['state'][number][key]) for key, value in state.items())
    for name, count in (('loss', ITERATIONS), ('PSNR', ITERATIONS // 10)):
        assert logged(tmp_path / 'whole', name) == logged(tmp_path / 'pieces', name)
        assert len(logged(tmp_path / 'pieces', name)) == count
    best = [{path.name for path in (tmp_path / name).glob('best_*.pth')} for name in ('whole', 'pieces')]
    assert best[0] == best[1]


class RollingLoss(nn.L1Loss):
    """Depends on random numbers, of which each process has its own."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        return super().forward(pred, target) * (1 + torch.rand(()) + random.random() + np.random.random())


@pytest.mark.slow
@pytest.mark.skipif(os.name == 'nt', reason='the launchers are for bash')
def test_two_processes_in_pieces(pairs, tmp_path):
    """As if killed within a step at iteration 3; then by one process."""
    env = {**os.environ, 'PYTHON': sys.executable, 'PYTHONPATH': str(ROOT), 'CUDA_VISIBLE_DEVICES': '-1'}
    cfg = tiny_config(pairs, tmp_path / 'whole', max_iters=6, custom_hooks=[])
    cfg.default_hooks.checkpoint.interval = 1
    cfg.optim_wrapper.accumulative_counts = 2
    cfg.randomness.diff_rank_seed = True
    cfg.model.pixel_loss = {'type': f'{__name__}.RollingLoss'}
    cfg.dump(tmp_path / 'config.py')
    train = [str(ROOT / 'tools/dist_train.sh'), str(tmp_path / 'config.py'), '2']
    resume = ['--resume', str(tmp_path / 'whole/iter_3.pth')]
    subprocess.run(train, env=env, check=True, capture_output=True)
    subprocess.run([*train, '--work-dir', str(tmp_path / 'two'), *resume], env=env, check=True, capture_output=True)
    ends = [read_checkpoint(str(tmp_path / name / 'iter_6.pth')) for name in ('whole', 'two')]
    for key, value in ends[0]['state_dict'].items():
        torch.testing.assert_close(ends[1]['state_dict'][key], value, rtol=1e-6, atol=1e-8)
    states = [end['resume_state']['random'] for end in ends]
    assert str(states[0]) == str(states[1])
    assert not torch.equal(states[0][0]['torch'], states[0][1]['torch'])  # each its own

    one = [
        sys.executable,
        str(ROOT / 'tools/train.py'),
        str(tmp_path / 'config.py'),
        '--work-dir',
        str(tmp_path / 'one'),
    ]
    done = subprocess.run([*one, *resume], env=env, check=True, capture_output=True, text=True)
    assert 'Resumed with 1 process(es) instead of 2' in done.stdout
