import subprocess
import sys

import pytest

from srcnn.engine.freed_memory import keep_freed_memory

FAULTS = """
import resource

import torch

from srcnn.engine.freed_memory import keep_freed_memory


def faults():
    start = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        torch.ones(2**24)  # 64 MB
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - start


faults()
before = faults()
assert keep_freed_memory()
faults()
print(before, faults())
"""


@pytest.mark.skipif(sys.platform != 'linux' or not keep_freed_memory(), reason='needs glibc')
def test_pages_of_freed_tensors_are_used_again() -> None:
    done = subprocess.run([sys.executable, '-c', FAULTS], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after < before / 10


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, 'platform', 'darwin')
    assert not keep_freed_memory()
