import numpy as np
import pytest

from srcnn.datasets.infinite_sampler import InfiniteSampler
from srcnn.datasets.resident import PatchDraws
from srcnn.datasets.resident.patch_draws import uniforms
from srcnn.datasets.resident.patch_recipe import PatchRecipe

RECIPE = PatchRecipe(4, 32, (('horizontal', 0.5), ('vertical', 0.25), ('transpose', 0.5)))
SIZES = np.array([[8, 9], [10, 8], [16, 8], [9, 9], [12, 11]])


def draws(batch_size: int, rank: int = 0, world_size: int = 1, sizes: np.ndarray = SIZES) -> PatchDraws:
    sampler = InfiniteSampler(range(len(sizes)), seed=3)
    sampler.rank, sampler.world_size = rank, world_size
    return PatchDraws(sampler, RECIPE, sizes, batch_size)


def test_images_come_in_the_order_of_the_sampler():
    order = iter(InfiniteSampler(range(5), seed=3))
    assert draws(4).iterations(0, 5).image.flatten().tolist() == [int(next(order)) for _ in range(20)]


def test_a_draw_depends_on_its_number_alone():
    whole = draws(4).iterations(7, 30)
    for start in (0, 1, 17):
        for part, array in zip(draws(4).iterations(7 + 4 * start, 5), whole):
            assert np.array_equal(part, array[start : start + 5])


def test_two_small_batches_are_one_large():
    large = draws(16).iterations(32, 3)
    for rank in (0, 1):
        for small, array in zip(draws(8, rank, 2).iterations(32, 3), large):
            assert np.array_equal(small, array[:, rank::2])


@pytest.mark.parametrize('image', range(5))
def test_every_place_and_turn_is_equally_likely(image):
    found = draws(1, sizes=np.repeat(SIZES[[image]], 1000, axis=0)).iterations(0, 20_000)
    free = SIZES[image] - 7
    counts = np.zeros((*free, 2, 2, 2))
    np.add.at(counts, (found.top[:, 0], found.left[:, 0], *found.turned[:, 0].T.astype(int)), 1)
    chances = np.multiply.outer([0.75, 0.25], [0.5, 0.5]).T[..., None] * [0.5, 0.5] / free.prod()
    expected = 20_000 * np.broadcast_to(chances, counts.shape)
    squares = ((counts - expected) ** 2 / expected).sum()
    assert abs(squares - (counts.size - 1)) < 5 * np.sqrt(2 * counts.size)  # chi-squared


def test_numbers_differ_between_draws_and_seeds():
    numbers = np.concatenate([uniforms(seed, 0, 1000, 5).flatten() for seed in (0, 1)])
    assert len(np.unique(numbers)) == 10_000
    assert 0 <= numbers.min() < numbers.max() < 1
