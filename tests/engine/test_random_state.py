import random

import numpy as np
import torch

from srcnn.engine.random_state import random_state, restore_random_state


def numbers() -> tuple:
    return random.random(), np.random.random(), torch.rand(1).item()


def test_there_and_back_through_a_file(tmp_path):
    from srcnn.engine.checkpoint import read_checkpoint

    torch.save({'w': torch.zeros(1), 'random': random_state()}, tmp_path / 'a.pth')
    expected = numbers()
    restore_random_state(read_checkpoint(str(tmp_path / 'a.pth'))['random'])
    assert numbers() == expected
