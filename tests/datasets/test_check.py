import pytest

from srcnn import InputError
from srcnn.datasets.check import check_samples
from srcnn.datasets.faults import SHOWN
from srcnn.datasets.transforms import SetValues, Transform


class Refuse(Transform):
    def check(self, sample):
        if sample['n'] % 2:
            raise InputError(f'sample {sample["n"]} is odd')


def test_counts_what_it_does_not_show():
    with pytest.raises(InputError, match=f'and {15 - SHOWN} more'):
        check_samples([{'n': i} for i in range(30)], [Refuse()])


def test_leaves_the_samples_alone_and_finds_their_scale():
    samples = [{'n': 0}, {'n': 2}]
    assert check_samples(samples, [SetValues({'scale': 3}), Refuse(), print]) == 3
    assert samples == [{'n': 0}, {'n': 2}]
