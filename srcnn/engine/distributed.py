"""Start of a run on several processes, also where there is no GPU.

mmengine starts them with ``torch.cuda.set_device`` in any case, which a machine without CUDA refuses, and with the nccl
that every config names. Here the processes are joined before the Runner is made; it finds them joined.
"""

import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
import torch.distributed as dist
from mmengine.dist import all_gather_object

from srcnn.errors import InputError

LAUNCHERS = ('none', 'pytorch', 'slurm', 'mpi')


def join_processes(launcher: str, backend: str = 'nccl', timeout: float | None = None) -> None:
    """Join the processes that ``launcher`` started, nccl on GPUs and gloo without.

    Args:
        launcher: 'none' (do nothing), 'pytorch' (torchrun), 'slurm' or 'mpi'.
        backend: Wanted back end; nccl becomes gloo where there is no CUDA device.
        timeout: Seconds that one collective operation may take; torch's default if None.

    Raises:
        InputError: Unknown launcher, processes not started by it, or more of them than GPUs on this machine.
    """
    if launcher not in LAUNCHERS:
        raise InputError(f'--launcher {launcher}: unknown; use one of {", ".join(LAUNCHERS)}.')
    if launcher == 'none' or dist.is_initialized():
        return
    if launcher == 'slurm':
        _adopt_slurm()
    elif launcher == 'mpi':
        _adopt({'RANK': 'OMPI_COMM_WORLD_RANK', 'WORLD_SIZE': 'OMPI_COMM_WORLD_SIZE'}, launcher)
        _adopt({'LOCAL_RANK': 'OMPI_COMM_WORLD_LOCAL_RANK'}, launcher)
    missing = [name for name in ('RANK', 'WORLD_SIZE', 'LOCAL_RANK', 'MASTER_ADDR') if name not in os.environ]
    if missing:
        raise InputError(
            f'--launcher {launcher}: {", ".join(missing)} not set in the environment; start through '
            'tools/dist_train.sh, tools/dist_test.sh, their slurm_ sisters or torchrun.'
        )
    os.environ.setdefault('MASTER_PORT', '29500')
    os.environ.setdefault('OMP_NUM_THREADS', '1')  # as mmengine would have it, with a warning from each process
    os.environ.setdefault('MKL_NUM_THREADS', os.environ['OMP_NUM_THREADS'])
    warnings.filterwarnings('ignore', '`broadcast_buffers` is deprecated')  # which mmengine passes on
    if torch.cuda.is_available():
        _take_gpu(int(os.environ['LOCAL_RANK']))
    elif backend == 'nccl':
        backend = 'gloo'
    dist.init_process_group(backend=backend, timeout=None if timeout is None else timedelta(seconds=timeout))


def leave_processes() -> None:
    """Take leave of the others at the end of a run; torch warns of a process that just goes."""
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()


@contextmanager
def agreed() -> Iterator[None]:
    """Where processes share the work, an InputError of one is raised in all, so that none is left waiting for it.

    Raises:
        InputError: With all that they found.
    """
    mine: InputError | None = None
    try:
        yield
    except InputError as error:
        mine = error
    errors = [error for error in all_gather_object(mine) if error]
    if errors:
        kind = type(errors[0]) if len(set(map(type, errors))) == 1 else InputError
        raise kind('\n'.join(sorted(set(map(str, errors))))) from mine


def _take_gpu(local_rank: int) -> None:
    count = torch.cuda.device_count()
    if local_rank >= count:
        raise InputError(
            f'Process {local_rank + 1} on this machine finds only {count} GPU(s); start {count} processes, or set '
            'CUDA_VISIBLE_DEVICES=-1 to run all of them on the CPU.'
        )
    torch.cuda.set_device(local_rank)


def _adopt_slurm() -> None:
    _adopt({'RANK': 'SLURM_PROCID', 'WORLD_SIZE': 'SLURM_NTASKS', 'LOCAL_RANK': 'SLURM_LOCALID'}, 'slurm')
    if 'MASTER_ADDR' not in os.environ:
        nodes = os.environ.get('SLURM_JOB_NODELIST') or os.environ.get('SLURM_NODELIST', '')
        listing = subprocess.run(['scontrol', 'show', 'hostnames', nodes], capture_output=True, text=True, check=False)
        os.environ['MASTER_ADDR'] = (listing.stdout.split() or ['127.0.0.1'])[0]


def _adopt(names: dict[str, str], launcher: str) -> None:
    """Set torch's variables from those of another launcher."""
    for name, source in names.items():
        if source not in os.environ:
            raise InputError(f'--launcher {launcher}: {source} is not set, so {launcher} did not start this process.')
        os.environ[name] = os.environ[source]
