import numpy as np
import pytest

from srcnn import InputError
from srcnn.visualization.curve_figure import curve_figure, running_mean
from srcnn.visualization.run_log import Entry


def run(offset: float = 0.0) -> list[Entry]:
    entries = []
    for i in range(1, 5):
        entries.append(Entry(10 * i, 2.0 * i, {'loss': 0.5**i + offset, 'lr': 1e-3}, True))
        entries.append(Entry(10 * i, 2.0 * i, {'PSNR': 25 - (i - 3) ** 2 - offset, 'MAE': 0.1 * i}, False))
    return entries


def test_a_panel_for_each_value_and_a_line_for_each_run():
    figure = curve_figure({'one': run(), 'two': run(0.5)})
    loss, psnr, mae = figure.axes
    assert [axes.get_title() for axes in figure.axes] == ['loss', 'PSNR (best 25.00)', 'MAE (best 0.1000)']
    assert loss.get_yscale() == 'log'
    assert loss.lines[1].get_xydata().tolist() == [[10, 1], [20, 0.75], [30, 0.625], [40, 0.5625]]
    best, other_best = psnr.lines[1], psnr.lines[3]
    assert best.get_xydata().tolist() == [[30, 25]]
    assert other_best.get_xydata().tolist() == [[30, 24.5]]
    assert mae.lines[1].get_xydata()[0].tolist() == [10, 0.1]  # less is better
    assert [text.get_text() for text in figure.legends[0].texts] == ['one', 'two']


def test_over_seconds_and_smoothed():
    figure = curve_figure({'one': run()}, ['loss', 'PSNR'], by_seconds=True, smooth=2, log=())
    loss, psnr = figure.axes
    smooth, raw = loss.lines
    assert smooth.get_xydata().tolist() == [[2, 0.5], [4, 0.375], [6, 0.1875], [8, 0.09375]]
    assert raw.get_ydata().tolist() == [0.5, 0.25, 0.125, 0.0625]
    assert loss.get_yscale() == 'linear'
    assert psnr.lines[0].get_ydata().tolist() == [21, 24, 25, 24]  # scores are never smoothed
    assert not figure.legends


def test_running_mean():
    values = np.random.default_rng(0).random(20)
    expected = [values[max(0, i - 4) : i + 1].mean() for i in range(20)]
    np.testing.assert_allclose(running_mean(values, 5), expected)
    np.testing.assert_allclose(running_mean(values, 1), values)


def test_a_score_that_is_infinite_or_missing():
    broken = [Entry(10, 1.0, {'PSNR': float('nan')}, False), Entry(20, 2.0, {'PSNR': 20.0}, False)]
    figure = curve_figure({'one': run(), 'broken': broken}, ['PSNR', 'loss'])
    assert figure.axes[0].lines[3].get_xydata().tolist() == [[20, 20]]
    assert len(figure.axes[1].lines) == 1


def test_unknown_values():
    with pytest.raises(InputError, match=r"nothing called 'psnr' was logged; there are loss, lr, PSNR, MAE"):
        curve_figure({'one': run()}, ['psnr'])
