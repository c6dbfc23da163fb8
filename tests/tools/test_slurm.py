"""slurm_train.sh and slurm_test.sh on a real Slurm of one node, started by tests/slurm/start.sh."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from srcnn.registry import MODELS
from tests.conftest import ROOT

GUIDE = ROOT / 'docs/en/user_guides/cluster.md'
DAEMONS = ('munged', 'slurmctld', 'slurmd')


@pytest.fixture(scope='module')
def slurm(tmp_path_factory) -> Iterator[dict[str, str]]:
    """The environment in which srun and the rest find it."""
    missing = [name for name in DAEMONS if not shutil.which(name, path=f'{os.environ["PATH"]}:/usr/sbin')]
    if missing or sys.platform != 'linux' or os.geteuid():
        pytest.skip(f'a Slurm needs root and {", ".join(missing or DAEMONS)} (Debian: apt install slurm-wlm munge)')
    folder = tmp_path_factory.mktemp('slurm')
    path = f'{Path(sys.executable).parent}:{os.environ["PATH"]}:/usr/sbin'
    env = {**os.environ, 'PATH': path, 'GPUS': '2', 'CPUS_PER_TASK': '1', 'OMP_NUM_THREADS': '1'}
    start = subprocess.run(
        [ROOT / 'tests/slurm/start.sh', folder], env=env, capture_output=True, text=True, check=False
    )
    if start.returncode:
        pytest.skip(f'Slurm does not start here: {start.stderr[-500:]}')
    yield {**env, 'SLURM_CONF': str(folder / 'slurm.conf')}
    subprocess.run([ROOT / 'tests/slurm/stop.sh', folder], env=env, check=False)


@pytest.fixture
def call_slurm(slurm, tmp_path) -> Callable[..., subprocess.CompletedProcess]:
    def run(command: str, *arguments: object, **settings: str) -> subprocess.CompletedProcess:
        program = ROOT / 'tools' / command if command.endswith('.sh') else command
        call = [str(program), *map(str, arguments)]
        return subprocess.run(
            call, cwd=tmp_path, env={**slurm, **settings}, capture_output=True, text=True, check=False, timeout=300
        )

    return run


def wait_until(true: Callable[[], object], what: str, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_test(call_slurm, call, write, tiny, tmp_path):
    config, weights = write(custom_hooks=[]), tmp_path / 'weights.pth'
    torch.save(MODELS.build(tiny().model).state_dict(), weights)
    done = call_slurm('slurm_test.sh', 'low', 'my job', config, weights, '--out', 'many.json')
    assert (done.returncode, done.stderr) == (0, '')
    assert 'Launcher: slurm, 2 process(es)' in done.stdout
    assert call('test.py', config, weights, '--out', tmp_path / 'one.json').status == 0
    assert (tmp_path / 'many.json').read_text() == (tmp_path / 'one.json').read_text()


@pytest.fixture
def job(write, tmp_path) -> tuple[Path, Path]:
    """The guide's batch job with a run that is long enough to be interrupted, and the log it writes."""
    (script,) = re.findall(r'```bash\n(#!/bin/bash\n#SBATCH.*?)```', GUIDE.read_text(), re.DOTALL)
    changes = {'train_cfg.val_interval': 10000, 'train_dataloader.num_workers': 1}
    changes |= {'default_hooks.checkpoint.interval': 20, 'default_hooks.checkpoint.save_best': None}
    config = write(max_iters=400, custom_hooks=[], **changes)
    for old, new in {
        'PARTITION': 'low',
        'JOB_NAME': 'job',
        'CONFIG': str(config),
        'WORK_DIR': str(tmp_path / 'run'),
        './tools': str(ROOT / 'tools'),
        '=16': '=2',
        'per-node=8': 'per-node=2',
        'gpu:8': 'gpu:2',
        'cpus-per-task=5': 'cpus-per-task=1',
    }.items():
        script = script.replace(old, new)
    (tmp_path / 'job.sh').write_text(script)
    return tmp_path / 'job.sh', tmp_path / 'job.log'


@pytest.mark.slow
@pytest.mark.parametrize('how', ['signal', 'preemption'])
def test_a_run_that_is_interrupted_saves_and_comes_back(call_slurm, job, tmp_path, how):
    script, log = job
    number = call_slurm('sbatch', '--parsable', f'--output={log}', script).stdout.strip()
    assert number.isdigit()
    wait_until((tmp_path / 'run' / 'iter_20.pth').exists, f'no checkpoint: {log}')
    if how == 'signal':
        call_slurm('scancel', '--signal=USR1', number)
    else:
        assert call_slurm('srun', '-p', 'high', '--ntasks=16', 'true').returncode == 0
    wait_until(lambda: not call_slurm('squeue', '-h').stdout, 'the job has not finished')
    text = log.read_text()
    name = 'SIGUSR1' if how == 'signal' else 'SIGTERM'
    (saved,) = re.findall(rf'{name}: saved at iteration (\d+); go on with --resume \(exit status 75\)', text)
    assert f'Resuming from {tmp_path}/run/iter_{saved}.pth' in text
    rows = [json.loads(line) for path in (tmp_path / 'run').glob('*/vis_data/scalars.json') for line in path.open()]
    assert sorted(row['step'] for row in rows if 'loss' in row) == list(range(1, 401))


@pytest.mark.slow
def test_a_task_that_fails_ends_the_job_with_its_message(call_slurm, write, tmp_path):
    config = write(**{'model.generator.chanels': 3})
    done = call_slurm('slurm_train.sh', 'low', 'job', config, tmp_path / 'run')
    assert done.returncode == 1
    assert re.search(r"^error: model\.generator: unknown key 'chanels'", done.stderr, re.MULTILINE)
    assert 'Traceback' not in done.stderr
