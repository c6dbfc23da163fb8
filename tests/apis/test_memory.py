"""Memory beyond the loaded program, its input and its output, in a process of its own."""

import subprocess
import sys

import pytest

pytest.importorskip('resource')

PROGRAM = """
import resource, sys
import numpy as np, torch
from srcnn import Upscaler
from srcnn.models.networks import SRCNNNet

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == 'darwin' else 1e3)

channels, kernels, height, width = eval(sys.argv[1])
torch.set_num_threads(1)
upscaler = Upscaler(SRCNNNet(channels, kernels, 4), device='cpu')
upscaler(np.zeros((8, 8, 3), np.uint8))
image = np.full((height, width, 3), 100, np.uint8)
before = peak()
out = upscaler(image)
print(peak() - before - out.nbytes / 1e6)
"""
SRCNN, SMALL = ((3, 64, 32, 3), (9, 1, 5)), ((3, 16, 3), (3, 1))


def extra_mb(network, height, width) -> float:
    command = [sys.executable, '-c', PROGRAM, str((*network, height, width))]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_what_a_photograph_takes():
    assert extra_mb(SRCNN, 339, 510) < 275  # with the 8 MB of the output: 300


def test_does_not_grow_with_the_picture():
    assert extra_mb(SMALL, 700, 900) < extra_mb(SMALL, 300, 300) + 30


@pytest.mark.slow
def test_a_hundred_megapixels():
    assert extra_mb(SRCNN, 2500, 2500) < 300
