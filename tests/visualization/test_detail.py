import numpy as np
import pytest

from srcnn import InputError
from srcnn.visualization.detail import Detail, detail_size, most_different

RNG = np.random.default_rng(0)


def pictures(*places: tuple[int, int, int]) -> list[np.ndarray]:
    """Two that agree, but in squares of 8 pixels at (x, y), by so much."""
    first = RNG.integers(100, 120, (60, 80, 3), dtype=np.uint8)
    second = first.copy()
    for x, y, amount in places:
        second[y : y + 8, x : x + 8] += np.uint8(amount)
    return [first, second]


def test_the_detail_lies_where_they_differ_most():
    assert most_different(pictures((20, 30, 9), (50, 10, 10)), (8, 8)) == Detail(50, 10, 8, 8)


def test_what_all_methods_have_in_common_does_not_count():
    first, second = pictures((50, 10, 10))
    original = first.copy()
    original[30:38, 20:28] += 90  # both are far from the original here, and the same
    assert most_different([first, second], (8, 8)) == Detail(50, 10, 8, 8)
    assert most_different([first, original], (8, 8)) == Detail(20, 30, 8, 8)


def test_it_keeps_away_from_the_border_if_it_can():
    assert most_different(pictures((0, 0, 50), (40, 40, 5)), (8, 8)) == Detail(0, 0, 8, 8)
    assert most_different(pictures((0, 0, 50), (40, 40, 5)), (8, 8), border=9) == Detail(40, 40, 8, 8)
    found = most_different(pictures((0, 0, 50)), (80, 60), border=4)
    assert found == Detail(0, 0, 80, 60)


def test_16_bit_differences_do_not_wrap():
    first = np.zeros((20, 20, 1), np.uint16)
    second = first.copy()
    second[4:8, 6:10] = 65535
    assert most_different([first, second], (4, 4)) == Detail(6, 4, 4, 4)


def test_cut():
    img = np.arange(60 * 80).reshape(60, 80, 1)
    assert Detail(3, 5, 2, 1).cut(img).ravel().tolist() == [5 * 80 + 3, 5 * 80 + 4]
    for outside in (Detail(79, 0, 2, 2), Detail(0, 59, 2, 2), Detail(0, 0, 0, 4), Detail(-1, 0, 4, 4)):
        with pytest.raises(InputError, match='does not lie in a picture of 80x60'):
            outside.cut(img)


def test_sizes():
    assert detail_size(np.zeros((480, 600, 3))) == (80, 80)
    assert detail_size(np.zeros((20, 600, 3))) == (20, 20)


def test_needs_two_of_one_size():
    for images in ([], [np.zeros((20, 20, 3))], [np.zeros((20, 20, 3)), np.zeros((20, 24, 3))]):
        with pytest.raises(InputError, match='two pictures of one size'):
            most_different(images, (4, 4))
