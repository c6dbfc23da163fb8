"""What a log should say of the machine and the software.

mmengine's ``collect_env`` imports torchvision (a build that does not fit torch raises RuntimeError there, and no Runner
can be made) and starts compilers to ask for their version, which takes seconds. This asks nothing of anyone.
"""

import importlib.metadata
import os
import platform
import shutil
import sys
from pathlib import Path

import torch

PACKAGES = ('torch', 'mmengine', 'mmcv-lite', 'numpy', 'opencv-python')


def describe_environment() -> dict[str, str]:
    """Names and versions, ready to print."""
    facts = {'srcnn': _version('srcnn'), 'Python': platform.python_version(), 'System': platform.platform()}
    facts |= {name: _version(name) for name in PACKAGES}
    facts['Threads'] = f'{torch.get_num_threads()}'
    if torch.cuda.is_available():
        facts['CUDA'] = str(torch.version.cuda)
        facts['cuDNN'] = str(torch.backends.cudnn.version())
        for i in range(torch.cuda.device_count()):
            facts[f'GPU {i}'] = torch.cuda.get_device_name(i)
    return facts


def available_cores() -> int:
    """Cores that this process may use, which on a shared machine or in a container may be fewer than there are."""
    if sys.platform != 'linux':
        return os.cpu_count() or 1
    return min(len(os.sched_getaffinity(0)), _container_cores() or sys.maxsize)


def _container_cores(limit: Path = Path('/sys/fs/cgroup/cpu.max')) -> int | None:
    """The share of time that a container may use (control groups v2), in whole cores; None if there is no limit."""
    try:
        quota, period = limit.read_text().split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError):  # no file, or 'max'
        return None


def fit_threads() -> None:
    """No more threads than cores: torch counts those of the machine, also in a container that may use two of them."""
    if 'OMP_NUM_THREADS' not in os.environ and torch.get_num_threads() > (cores := available_cores()):
        torch.set_num_threads(cores)


def can_compile() -> bool:
    """Whether torch.compile finds what it needs: a C++ compiler where the processor is to do the work."""
    return torch.cuda.is_available() or any(map(shutil.which, (os.environ.get('CXX', 'c++'), 'g++', 'clang++', 'cl')))


def _version(name: str) -> str:
    from srcnn.version import __version__

    try:
        return __version__ if name == 'srcnn' else importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return 'not installed'
