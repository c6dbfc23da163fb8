"""Two machines, each a network namespace of its own, joined by a virtual cable."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from srcnn.engine.checkpoint import read_checkpoint
from tests.conftest import ROOT

SAVE_WEIGHTS = """
import torch
from mmengine.hooks import Hook
from srcnn.registry import HOOKS

@HOOKS.register_module()
class SaveWeights(Hook):
    def after_train(self, runner):
        torch.save(runner.model.module.state_dict(), f'{runner.work_dir}/weights_{runner.rank}.pth')
"""


class Machine:
    """A network namespace, in which dist_train.sh runs as on a machine."""

    def __init__(self, rank: int, folder: Path) -> None:
        self.rank, self.folder = rank, folder
        self.name, self.cable, self.address = (
            f'srcnn{os.getpid()}-{rank}',
            f'sr{os.getpid()}-{rank}',
            f'10.77.0.{rank + 1}',
        )
        self.hosts = Path('/etc/netns') / self.name / 'hosts'  # no waiting for a name server
        self.process: subprocess.Popen | None = None

    def train(self, config: Path, *arguments: str, **settings: str) -> None:
        where = {'NNODES': '2', 'NODE_RANK': str(self.rank), 'MASTER_ADDR': '10.77.0.1', 'PORT': '29500'}
        env = {**os.environ, **where, 'PYTHON': sys.executable, 'PYTHONPATH': str(self.folder), **settings}
        env |= {'OMP_NUM_THREADS': '1', 'CUDA_VISIBLE_DEVICES': '-1'}
        command = ['ip', 'netns', 'exec', self.name, str(ROOT / 'tools/dist_train.sh'), str(config), '1', *arguments]
        with self.log.open('a') as log:
            self.process = subprocess.Popen(command, env=env, stdout=log, stderr=log)

    @property
    def log(self) -> Path:
        return self.folder / f'machine_{self.rank}.log'

    def wait(self, seconds: float) -> int:
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pytest.fail(f'machine {self.rank} still runs after {seconds} s:\n{self.log.read_text()[-3000:]}')

    def kill(self) -> None:
        for pid in ip('netns', 'pids', self.name).split():
            os.kill(int(pid), signal.SIGKILL)
        self.process.wait()


def ip(*arguments: str) -> str:
    return subprocess.run(['ip', *arguments], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def machines(tmp_path) -> Iterator[list[Machine]]:
    if sys.platform != 'linux' or os.geteuid() or not shutil.which('ip'):
        pytest.skip('network namespaces need Linux, root and the command ip (Debian: apt install iproute2)')
    both = [Machine(rank, tmp_path) for rank in (0, 1)]
    try:
        try:
            for machine in both:
                ip('netns', 'add', machine.name)
            ip('link', 'add', both[0].cable, 'type', 'veth', 'peer', 'name', both[1].cable)
        except subprocess.CalledProcessError as error:
            pytest.skip(f'no network namespaces can be made here: {error.stderr.strip()}')
        for machine in both:
            ip('link', 'set', machine.cable, 'netns', machine.name)
            ip('-n', machine.name, 'addr', 'add', f'{machine.address}/24', 'dev', machine.cable)
            ip('-n', machine.name, 'link', 'set', machine.cable, 'up')
            ip('-n', machine.name, 'link', 'set', 'lo', 'up')
            machine.hosts.parent.mkdir(parents=True)
            machine.hosts.write_text('127.0.0.1 localhost\n10.77.0.1 one\n10.77.0.2 two\n')
        yield both
    finally:
        for machine in both:
            if machine.process:
                machine.kill()
            subprocess.run(['ip', 'netns', 'del', machine.name], check=False, capture_output=True)
            shutil.rmtree(machine.hosts.parent, ignore_errors=True)


@pytest.fixture
def long_run(write, tmp_path) -> Path:
    """A config that is far from its end when something happens."""
    checkpoint = {'interval': 10, 'max_keep_ckpts': 2, 'save_best': None}
    changes = {f'default_hooks.checkpoint.{key}': value for key, value in checkpoint.items()}
    return write(max_iters=400, custom_hooks=[], **changes, **{'train_cfg.val_interval': 10000})


def wait_for(path: Path, machines: list[Machine], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not path.exists():
        logs = '\n'.join(machine.log.read_text()[-2000:] for machine in machines)
        assert time.monotonic() < deadline, f'no {path.name}:\n{logs}'
        time.sleep(0.05)


def test_two_machines_agree(machines, write, tmp_path):
    (tmp_path / 'save_weights.py').write_text(SAVE_WEIGHTS)
    imports = {'imports': ['save_weights'], 'allow_failed_imports': False}
    changes = {'train_cfg.val_interval': 50, 'default_hooks.checkpoint.interval': 50}
    config = write(max_iters=50, custom_imports=imports, custom_hooks=[{'type': 'SaveWeights'}], **changes)
    for machine in machines:
        machine.train(config)
    assert [machine.wait(120) for machine in machines] == [0, 0]
    weights = [torch.load(tmp_path / 'run' / f'weights_{rank}.pth', weights_only=True) for rank in (0, 1)]
    saved = read_checkpoint(str(tmp_path / 'run' / 'iter_50.pth'))['state_dict']
    assert saved.keys() == weights[0].keys()
    assert all(torch.equal(value, each[key]) for each in weights for key, value in saved.items())
    assert machines[0].log.read_text().count('Iter(train) [50/50]') == 1
    assert machines[1].log.read_text() == ''  # the first one speaks


@pytest.mark.slow
@pytest.mark.parametrize('lost', [0, 1])
@pytest.mark.parametrize('cable', [False, True], ids=['killed', 'cut off'])
def test_when_one_is_gone_the_other_ends_within_a_minute(machines, long_run, tmp_path, lost, cable):
    for machine in machines:
        machine.train(long_run)
    wait_for(tmp_path / 'run' / 'iter_20.pth', machines)
    other = machines[1 - lost]
    if cable:
        ip('-n', machines[lost].name, 'link', 'set', machines[lost].cable, 'down')
    else:
        machines[lost].kill()
    assert other.wait(60) == 1
    (message,) = [line for line in other.log.read_text().splitlines() if line.startswith('error: ')]
    assert ('Nothing has been heard of' if cable else 'has lost another one') in message
    assert 'Traceback' not in other.log.read_text()


@pytest.mark.slow
def test_elastic_restart_needs_the_first_machine(machines, long_run, tmp_path):
    for machine in machines:
        machine.train(long_run, MAX_RESTARTS='1')
    wait_for(tmp_path / 'run' / 'iter_20.pth', machines)
    ip('-n', machines[0].name, 'link', 'set', machines[0].cable, 'down')
    assert machines[1].wait(60) == 1
    assert 'error: 10.77.0.1 is out of reach' in machines[1].log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize('comes_back', [True, False])
def test_elastic_restart_goes_on_from_the_last_checkpoint(machines, long_run, tmp_path, comes_back):
    settings = {'MAX_RESTARTS': '1', 'NNODES': '2' if comes_back else '1:2'}
    for machine in machines:
        machine.train(long_run, **settings)
    wait_for(tmp_path / 'run' / 'iter_20.pth', machines)
    machines[1].kill()
    if comes_back:
        machines[1].train(long_run, **settings)
        assert machines[1].wait(120) == 0
    assert machines[0].wait(120) == 0
    log = machines[0].log.read_text()
    assert 'Nothing to resume: starting at iteration 0' in log
    assert f'Resuming from {tmp_path}/run/iter_' in log
    assert f'Launcher: pytorch, {1 + comes_back} process(es)' in log[log.index('error: ') :]
    assert log.count('Iter(train) [400/400]') == 1
