import pickle
from itertools import islice

import numpy as np
from mmengine.dataset import BaseDataset, ConcatDataset, RepeatDataset

from srcnn.datasets.infinite_sampler import Draw, InfiniteSampler, seed_draw


def draws(sampler, count):
    return [(int(draw), draw.seed) for draw in islice(sampler, count)]


def test_every_sample_once_per_round_in_a_new_order():
    order = [index for index, _ in draws(InfiniteSampler(range(10), seed=3), 30)]
    rounds = [order[i : i + 10] for i in (0, 10, 20)]
    assert all(sorted(part) == list(range(10)) for part in rounds)
    assert rounds[0] != rounds[1] != rounds[2]


def test_can_be_entered_anywhere_at_once():
    whole = draws(InfiniteSampler(range(7), seed=3), 100)
    later = InfiniteSampler(range(7), seed=3)
    later.drawn = 60
    assert draws(later, 40) == whole[60:]
    later.drawn = 10**15 * 7
    assert sorted(index for index, _ in draws(later, 7)) == list(range(7))


def test_processes_share_the_order(monkeypatch):
    whole = draws(InfiniteSampler(range(5), seed=1), 12)
    parts = []
    for rank in range(3):
        monkeypatch.setattr('srcnn.datasets.infinite_sampler.get_dist_info', lambda rank=rank: (rank, 3))
        parts.append(draws(InfiniteSampler(range(5), seed=1), 4))
    assert [parts[n % 3][n // 3] for n in range(12)] == whole


def test_without_shuffling():
    assert [index for index, _ in draws(InfiniteSampler(range(3), shuffle=False, seed=0), 7)] == [0, 1, 2, 0, 1, 2, 0]


def test_a_draw_keeps_its_seed_on_the_way_to_a_worker():
    draw = pickle.loads(pickle.dumps(Draw(4, 99)))
    assert (draw, draw.seed) == (4, 99)
    seed_draw(draw)
    first = np.random.random()
    seed_draw(3)
    assert np.random.random() != first
    seed_draw(draw)
    assert np.random.random() == first


def test_sets_in_a_row_hand_the_seed_on():
    class Echo(BaseDataset):
        def load_data_list(self):
            return [{}, {}, {}]

        def __getitem__(self, index):
            return index

    both = ConcatDataset([Echo(), Echo()])
    draw = both[Draw(4, 99)]
    assert (draw, draw.seed) == (1, 99)
    draw = RepeatDataset(Echo(), 2)[Draw(5, 99)]
    assert (draw, draw.seed) == (2, 99)
