from mmengine.dataset import BaseDataset, ConcatDataset, RepeatDataset

from srcnn.datasets.parts import parts_of


def test_parts_in_order():
    a, b, c = (BaseDataset(lazy_init=True) for _ in range(3))
    pair = ConcatDataset([a, b], lazy_init=True)
    assert list(map(id, parts_of(pair))) == [id(a), id(b)]
    assert parts_of(RepeatDataset(c, 2, lazy_init=True)) == parts_of(c) == [c]
