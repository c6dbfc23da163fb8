"""The shell launchers, run with stand-ins for python and srun that write down how they were called."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TOOLS = Path(__file__).resolve().parents[2] / 'tools'
STAND_IN = r"""#!/bin/sh
{ printf '%s\n' "${0##*/}" "$@"; printf -- '---\n'; env; } > "$RECORD"
"""

pytestmark = pytest.mark.skipif(os.name == 'nt', reason='the launchers are for bash')


class Launcher:
    """A copy of the launchers in a folder with a blank in its name, and the stand-ins on PATH."""

    def __init__(self, folder: Path) -> None:
        self.tools = folder / 'a clone' / 'tools'
        self.record = folder / 'record'
        self.tools.mkdir(parents=True)
        for script in TOOLS.glob('*.sh'):
            shutil.copy(script, self.tools)
        for name in ('python', 'srun', 'other python'):
            (folder / 'bin').mkdir(exist_ok=True)
            (folder / 'bin' / name).write_text(STAND_IN)
            (folder / 'bin' / name).chmod(0o755)
        self.bin = folder / 'bin'

    def __call__(self, script: str, *args: str, **settings: str) -> tuple[list[str], dict[str, str]]:
        """Run ``script`` and give the command line that it ended in, and that command's environment."""
        done = self.run(script, *args, **settings)
        assert done.returncode == 0, done.stderr
        argv, env = self.record.read_text().split('---\n')
        return argv.splitlines(), dict(line.split('=', 1) for line in env.splitlines() if '=' in line)

    def run(self, script: str, *args: str, **settings: str) -> subprocess.CompletedProcess:
        env = {'PATH': f'{self.bin}{os.pathsep}{os.environ["PATH"]}', 'RECORD': str(self.record), **settings}
        return subprocess.run([str(self.tools / script), *args], env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def launch(tmp_path):
    return Launcher(tmp_path)


def test_one_machine_takes_a_free_port(launch):
    argv, env = launch('dist_train.sh', 'my config.py', '2', '--work-dir', 'a b', '--cfg-options', 'x="1 2"')
    assert argv == [
        'python', str(launch.tools / 'torchrun.py'), '--standalone', '--local-addr=127.0.0.1', '--nproc_per_node=2',
        str(launch.tools / 'train.py'), 'my config.py', '--work-dir', 'a b', '--cfg-options', 'x="1 2"',
        '--launcher', 'pytorch',
    ]  # fmt: skip
    assert env['PYTHONPATH'] == str(launch.tools.parent)
    assert int(env['OMP_NUM_THREADS']) == max(1, (os.cpu_count() or 1) // 2)


def test_several_machines(launch):
    argv, env = launch(
        'dist_test.sh', 'c.py', 'x.pth', '8', NNODES='2', NODE_RANK='1', MASTER_ADDR='10.0.0.7', PYTHONPATH='/mine',
        OMP_NUM_THREADS='3',
    )  # fmt: skip
    assert argv[2:7] == [
        '--nnodes=2', '--node_rank=1', '--master_addr=10.0.0.7', '--master_port=29500', '--nproc_per_node=8',
    ]  # fmt: skip
    assert argv[7:] == [str(launch.tools / 'test.py'), 'c.py', 'x.pth', '--launcher', 'pytorch']
    assert env['PYTHONPATH'] == f'{launch.tools.parent}:/mine'
    assert env['OMP_NUM_THREADS'] == '3'


def test_elastic_machines(launch):
    argv, env = launch(
        'dist_train.sh', 'c.py', '8', '--amp', NNODES='1:2', NODE_RANK='1', MASTER_ADDR='first', MAX_RESTARTS='3',
    )  # fmt: skip
    assert argv[2:8] == [
        '--nnodes=1:2', '--rdzv-backend=c10d', '--rdzv-id=29500', '--rdzv-endpoint=first:29500',
        '--rdzv-conf=is_host=0,read_timeout=900', '--max-restarts=3',
    ]  # fmt: skip
    assert argv[9:] == [str(launch.tools / 'train.py'), 'c.py', '--amp', '--resume', 'auto', '--launcher', 'pytorch']
    assert env['TORCH_DISABLE_SHARE_RDZV_TCP_STORE'] == '1'


def test_elastic_on_one_machine_with_a_checkpoint_of_ones_own(launch):
    argv, _ = launch('dist_train.sh', 'c.py', '2', '--resume', 'x.pth', MAX_RESTARTS='1')
    assert argv[2:6] == ['--standalone', '--local-addr=127.0.0.1', '--max-restarts=1', '--nproc_per_node=2']
    assert argv[7:] == ['c.py', '--resume', 'x.pth', '--launcher', 'pytorch']


def test_the_kubernetes_example_of_the_guide(launch):
    (text,) = re.findall(r'```yaml\n(.*?)```', (TOOLS.parent / 'docs/en/user_guides/cluster.md').read_text(), re.DOTALL)
    service, job = yaml.safe_load_all(text)
    pod = job['spec']['template']['spec']
    (container,) = pod['containers']
    script, config, *arguments = container['command']
    env = {each['name']: each.get('value', '1') for each in container['env']}  # NODE_RANK: the pod's number
    assert (TOOLS.parent / config).is_file()
    assert env['NNODES'] == str(job['spec']['completions']) == str(job['spec']['parallelism'])
    assert env['MASTER_ADDR'] == f'{job["metadata"]["name"]}-0.{pod["subdomain"]}'
    assert pod['subdomain'] == service['metadata']['name']
    assert service['spec']['selector'] == {'job-name': job['metadata']['name']}
    assert {mount['name'] for mount in container['volumeMounts']} == {volume['name'] for volume in pod['volumes']}
    argv, _ = launch(Path(script).name, config, *arguments, **env)
    assert f'--nproc_per_node={container["resources"]["limits"]["nvidia.com/gpu"]}' in argv
    assert argv[-6:] == ['--work-dir', '/runs/srcnn_x4', '--resume', 'auto', '--launcher', 'pytorch']


def test_the_port_and_the_python_that_were_asked_for(launch):
    argv, _ = launch('dist_train.sh', 'c.py', '2', PORT='12345', PYTHON=str(launch.bin / 'other python'))
    assert argv[0] == 'other python'
    assert '--master_port=12345' in argv
    assert '--standalone' not in argv


def test_slurm_train(launch):
    argv, env = launch(
        'slurm_train.sh',
        'part',
        'my job',
        'c.py',
        'work dir',
        '--resume',
        GPUS='16',
        SRUN_ARGS='--quotatype=spot -x n1',
    )
    assert argv == [
        'srun', '-p', 'part', '--job-name=my job', '--ntasks=16', '--cpus-per-task=5', '--kill-on-bad-exit=1',
        '--gres=gpu:8', '--ntasks-per-node=8', '--quotatype=spot', '-x', 'n1', 'python', '-u',
        str(launch.tools / 'train.py'), 'c.py', '--work-dir=work dir', '--resume', '--launcher', 'slurm',
    ]  # fmt: skip
    assert 12000 <= int(env['MASTER_PORT']) < 32000


def test_slurm_test_on_cpus(launch):
    argv, env = launch(
        'slurm_test.sh', 'part', 'job', 'c.py', 'x.pth', GPUS='4', GPUS_PER_NODE='0', CPUS_PER_TASK='2', PORT='7'
    )
    assert argv[3:7] == ['--job-name=job', '--ntasks=4', '--cpus-per-task=2', '--kill-on-bad-exit=1']
    assert argv[7:] == ['python', '-u', str(launch.tools / 'test.py'), 'c.py', 'x.pth', '--launcher', 'slurm']
    assert env['MASTER_PORT'] == '7'


def test_fewer_gpus_than_a_machine_has(launch):
    assert '--gres=gpu:2' in launch('slurm_test.sh', 'part', 'job', 'c.py', 'x.pth', GPUS='2')[0]


@pytest.mark.parametrize(
    ('command', 'message'),
    [
        (['dist_train.sh', 'c.py'], 'number of processes are needed'),
        (['dist_train.sh', 'c.py', '--resume'], "not '--resume'"),
        (['dist_test.sh', 'c.py', '2'], 'the checkpoint and the number of processes are needed'),
        (['dist_test.sh', 'c.py', 'x.pth', '0'], "not '0'"),
        (['slurm_train.sh', 'part', 'job', 'c.py'], 'work directory are needed'),
        (['slurm_test.sh', 'part', 'job', 'c.py'], 'checkpoint are needed'),
    ],
)
def test_a_wrong_call_ends_with_the_usage(launch, command, message):
    done = launch.run(*command)
    assert done.returncode == 2
    assert message in done.stderr
    assert f'usage: {command[0]}' in done.stderr
    assert not launch.record.exists()


@pytest.mark.parametrize(
    ('line', 'status', 'message'),
    [
        ('print("error: this is why", file=sys.stderr); sys.exit(3)', 3, 'error: this is why'),
        (
            'os.kill(os.getpid(), 9)',
            1,
            'error: The process with local rank 0 was ended by SIGKILL; is there enough memory?',
        ),
        ('sys.exit(75)', 75, ''),
    ],
)
def test_a_failed_process_has_the_last_word(tmp_path, line, status, message):
    script = tmp_path / 'fails.py'
    script.write_text(f'import os, sys; {line}')
    command = [sys.executable, str(TOOLS / 'torchrun.py'), '--standalone', '--local-addr=127.0.0.1', str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (status, message)
