import pytest

from srcnn.datasets.transforms import Transform


def test_check_finds_nothing_unless_a_transform_says_so():
    assert Transform().check({}) is None


def test_transform_must_be_written():
    with pytest.raises(NotImplementedError):
        Transform()({})
