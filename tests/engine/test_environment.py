import pytest
import torch

from srcnn.engine import environment
from srcnn.engine.environment import _container_cores, describe_environment, fit_threads


def test_names_what_matters():
    facts = describe_environment()
    assert facts['torch'].split('+')[0] == torch.__version__.split('+')[0]
    assert facts['Python'].count('.') == 2


@pytest.mark.parametrize(
    ('text', 'cores'), [('200000 100000\n', 2), ('50000 100000\n', 1), ('max 100000\n', None), ('', None)]
)
def test_a_container_may_have_fewer_cores(tmp_path, text, cores):
    (tmp_path / 'cpu.max').write_text(text)
    assert _container_cores(tmp_path / 'cpu.max') == cores
    assert _container_cores(tmp_path / 'none') is None


def test_threads_fit_the_cores(monkeypatch):
    before = torch.get_num_threads()
    monkeypatch.delenv('OMP_NUM_THREADS', raising=False)
    monkeypatch.setattr(environment, 'available_cores', lambda: 1)
    try:
        fit_threads()
        assert torch.get_num_threads() == 1
        torch.set_num_threads(before)
        monkeypatch.setenv('OMP_NUM_THREADS', str(before))
        fit_threads()
        assert torch.get_num_threads() == before  # as the user said
    finally:
        torch.set_num_threads(before)
