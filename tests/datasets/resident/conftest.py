"""A data set of pairs of five different sizes, with the whole pipeline of the recipe."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from srcnn.datasets import BasicImageDataset
from srcnn.registry import TRANSFORMS
from tests.conftest import LOAD

CROP = [
    {'type': 'SetValues', 'dictionary': {'scale': 4}},
    {'type': 'PairedRandomCrop', 'gt_patch_size': 32},
]
TURNS = [
    {'type': 'Flip', 'keys': ['img', 'gt'], 'direction': 'horizontal'},
    {'type': 'Flip', 'keys': ['img', 'gt'], 'direction': 'vertical', 'flip_ratio': 0.25},
    {'type': 'RandomTransposeHW', 'keys': ['img', 'gt']},
]


def training_set(root: Path, *steps: dict, load: Sequence[dict] = LOAD, **changes) -> BasicImageDataset:
    """The pairs below ``root``; ``steps`` take the place of crop and turns."""
    cfgs = [*load, *(steps or (*CROP, *TURNS)), {'type': 'PackInputs'}]
    pipeline = [TRANSFORMS.build(cfg) for cfg in cfgs]
    return BasicImageDataset(data_root=str(root), data_prefix={'img': 'LR', 'gt': 'HR'}, pipeline=pipeline, **changes)


@pytest.fixture
def make_set(pairs):
    def make(*steps: dict, root: Path = pairs, **changes) -> BasicImageDataset:
        return training_set(root, *steps, **changes)

    return make
