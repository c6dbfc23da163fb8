"""What a log should say of the machine and the software.

mmengine's ``collect_env`` imports torchvision (a build that does not fit torch raises RuntimeError there, and no Runner
can be made) and starts compilers to ask for their version, which takes seconds. This asks nothing of anyone.
"""

import importlib.metadata
import os
import platform
import sys

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
    """Cores that this process may use, which on a shared machine may be fewer than there are."""
    return len(os.sched_getaffinity(0)) if sys.platform == 'linux' else os.cpu_count() or 1


def _version(name: str) -> str:
    from srcnn.version import __version__

    try:
        return __version__ if name == 'srcnn' else importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return 'not installed'
