import pytest
import torch

from srcnn import InputError
from srcnn.engine.distributed import join_processes


def test_one_process_needs_nothing():
    join_processes('none')
    assert not torch.distributed.is_initialized()


def test_unknown_launcher():
    with pytest.raises(InputError, match='horovod'):
        join_processes('horovod')


@pytest.mark.parametrize('launcher', ['pytorch', 'slurm', 'mpi'])
def test_started_by_hand(monkeypatch, launcher):
    for name in ('RANK', 'WORLD_SIZE', 'LOCAL_RANK', 'SLURM_PROCID', 'OMPI_COMM_WORLD_RANK'):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InputError, match=launcher):
        join_processes(launcher)


def test_more_processes_than_gpus(monkeypatch):
    for name, value in {'RANK': '2', 'WORLD_SIZE': '4', 'LOCAL_RANK': '2', 'MASTER_ADDR': '127.0.0.1'}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 2)
    with pytest.raises(InputError, match='Process 3 .* only 2 GPU'):
        join_processes('pytorch')
