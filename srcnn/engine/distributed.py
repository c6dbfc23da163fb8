"""Start and end of a run on several processes, also where there is no GPU.

mmengine starts them with ``torch.cuda.set_device`` in any case, which a machine without CUDA refuses, and with the nccl
that every config names. Here the processes are joined before the Runner is made; it finds them joined.
"""

import os
import re
import socket
import struct
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import torch
import torch.distributed as dist
from mmengine.dist import all_gather_object

from srcnn.engine.heartbeat import Heartbeat
from srcnn.errors import InputError

LAUNCHERS = ('none', 'pytorch', 'slurm', 'mpi')


def join_processes(launcher: str, backend: str = 'nccl', timeout: float | None = None) -> None:
    """Join the processes that ``launcher`` started, nccl on GPUs and gloo without.

    Args:
        launcher: 'none' (do nothing), 'pytorch' (torchrun), 'slurm' or 'mpi'.
        backend: Wanted back end; nccl becomes gloo where there is no CUDA device.
        timeout: Seconds that one collective operation may take; torch's default if None.

    Raises:
        InputError: Unknown launcher, processes not started by it, more of them than GPUs on this machine, or another
            machine that cannot be reached.
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
    if interface := _interface():
        os.environ.setdefault('GLOO_SOCKET_IFNAME', interface)
    try:
        dist.init_process_group(backend=backend, timeout=None if timeout is None else timedelta(seconds=timeout))
    except (RuntimeError, ValueError) as error:
        raise InputError(
            f'The processes cannot reach each other through {os.environ["MASTER_ADDR"]}, port '
            f'{os.environ["MASTER_PORT"]} ({_essence(error)}). Let MASTER_ADDR be an address of the first machine that '
            'all of them reach; where machines have several networks, GLOO_SOCKET_IFNAME or NCCL_SOCKET_IFNAME names '
            'the interface.'
        ) from error
    if _machines() > 1:
        Heartbeat().start()


def leave_processes() -> None:
    """Wait for the others at the end of a run, and part: a launcher ends those that remain when one has gone."""
    if dist.is_available() and dist.is_initialized():
        dist.barrier(device_ids=[torch.cuda.current_device()] if dist.get_backend() == 'nccl' else None)
        for thread in threading.enumerate():
            if isinstance(thread, Heartbeat):
                thread.stop()
        dist.destroy_process_group()


def lost_connection(error: Exception) -> str | None:
    """What to say of ``error`` if it means that another process has gone; None if it means something else."""
    if not isinstance(error, dist.DistError) and not (isinstance(error, RuntimeError) and 'gloo' in str(error)):
        return None
    return (
        f'Process {os.environ.get("RANK", 0)} has lost another one ({_essence(error)}). That one has failed, and says '
        'why where it ran, or its machine is gone. Go on from the last checkpoint with --resume.'
    )


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


def _machines() -> int:
    """How many there are, by what torchrun or Slurm says."""
    return int(os.environ.get('GROUP_WORLD_SIZE') or os.environ.get('SLURM_NNODES') or 1)


def _interface() -> str | None:
    """The network interface that leads to the others (Linux, IPv4), or None.

    gloo takes the one that the host name stands for, which on many machines is the loopback.
    """
    if sys.platform != 'linux':
        return None
    address = _address_towards(os.environ['MASTER_ADDR'])
    if address.startswith('127.') and _machines() > 1:  # what this machine calls itself, on Debian 127.0.1.1
        address = _address_towards('192.0.2.1')  # any address outside
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as query:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # an interface without address
                answer = fcntl.ioctl(query, 0x8915, struct.pack('256s', name.encode()))  # SIOCGIFADDR
                if socket.inet_ntoa(answer[20:24]) == address:
                    return name
    return None


def _address_towards(host: str) -> str:
    """This machine's own address on the way to ``host``; '' if there is none. Sends nothing."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, 9))
        return probe.getsockname()[0]
    return ''


def _essence(error: Exception) -> str:
    """First sentence of an error of torch's, without the place in its source."""
    line = str(error).strip().split('\n')[0]
    return re.sub(r'\[/\S+\] ', '', line).split('. ')[0] or type(error).__name__


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
