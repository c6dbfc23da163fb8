import numpy as np
import pytest

from srcnn import InputError
from srcnn.visualization.error_figure import ErrorMap, common_top, error_figure, error_map

BLACK = np.zeros((12, 16, 3), np.uint8)


def test_errors_in_levels():
    other = BLACK.copy()
    other[3, 5] = (30, 60, 0)
    values = error_map(other, BLACK)
    assert values[3, 5] == 30  # mean over the channels
    assert np.count_nonzero(values) == 1
    assert (error_map(BLACK, other) == values).all()
    # BT.601: 65.481 R + 128.553 G + 24.966 B, for 0..1
    assert error_map(other, BLACK, 'Y')[3, 5] == pytest.approx((65.481 * 30 + 128.553 * 60) / 255)
    assert error_map(other.astype(np.uint16) * 257, BLACK)[3, 5] == 30


def test_all_maps_share_one_scale():
    maps = [ErrorMap(f'method {i}', '20.00 dB', np.full((12, 16), 10.0 * i)) for i in range(3)]
    figure = error_figure([('first', maps), ('second', maps[:2])], 'note')
    *shown, bar = figure.axes
    assert [axes.images[0].get_clim() for axes in shown] == [(0, 20)] * 5
    assert bar.get_ylim() == (0, 20)
    assert 'second: method 1' in [text.get_text() for text in figure.texts]
    assert error_figure([('first', maps)], 'note', top=50).axes[0].images[0].get_clim() == (0, 50)


def test_a_few_outliers_do_not_set_the_scale():
    values = np.full((100, 100), 8.0)
    values[0, :10] = 250
    assert common_top([values, values]) == 8
    assert common_top([np.zeros((4, 4))]) == 1


def test_faults():
    with pytest.raises(InputError, match='cannot be compared'):
        error_map(BLACK, BLACK[1:])
    with pytest.raises(InputError, match='at least one map'):
        error_figure([('none', [])], '')
