import pytest
import torch

from srcnn import InputError
from srcnn.engine import distributed
from srcnn.engine.distributed import agreed, join_processes
from srcnn.errors import MissingDataError


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


@pytest.mark.parametrize(
    ('mine', 'theirs', 'kind', 'message'),
    [
        (None, MissingDataError('b'), MissingDataError, 'b'),
        (MissingDataError('a'), None, MissingDataError, 'a'),
        (MissingDataError('b'), MissingDataError('a'), MissingDataError, 'a\nb'),
        (MissingDataError('a'), InputError('a'), InputError, 'a'),
    ],
)
def test_an_error_of_one_process_is_one_of_all(monkeypatch, mine, theirs, kind, message):
    monkeypatch.setattr(distributed, 'all_gather_object', lambda error: [error, theirs, None])

    @agreed()
    def work():
        if mine:
            raise mine

    with pytest.raises(InputError) as error:
        work()
    assert type(error.value) is kind
    assert str(error.value) == message


def test_no_error():
    with agreed():
        pass
