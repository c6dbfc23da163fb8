from pathlib import Path

import pytest

from srcnn import InputError
from srcnn.datasets.inspection import inspect_folders
from srcnn.errors import MissingDataError


def test_finds_the_copies_that_are_in_the_real_sets(shared):
    def found(name):
        report = inspect_folders(shared / 'data' / name, against=[shared / 'data' / 'Set5' / 'HR'])
        return [(Path(one.file).name, Path(one.other).name) for one in report.findings]

    assert found('T91') == [('t65.png', 't36.png')]
    assert found('Set14/HR') == [('face.png', 'head.png')]


@pytest.mark.parametrize('way', ['lr_uint8_symmetric', 'lr_uint8_replicate'])
def test_published_pairs_are_in_place(shared, way):
    for scale in (2, 3, 4):
        report = inspect_folders(shared / 'data/Set5/HR', shared / f'data/Set5/{way}/x{scale}', scale=scale)
        assert {one.kind for one in report.findings} <= {'size'}  # the originals are not cropped
        assert report.pairs == 5


def test_folders_that_are_none(pairs, tmp_path):
    with pytest.raises(MissingDataError, match='nowhere: no such folder'):
        inspect_folders(pairs / 'HR', tmp_path / 'nowhere')
    with pytest.raises(InputError, match='no images in this folder'):
        inspect_folders(pairs / 'HR', against=[tmp_path])
    with pytest.raises(InputError, match="template='x4'"):
        inspect_folders(pairs / 'HR', pairs / 'LR', template='x4')
