import math

import numpy as np
import pytest
from matplotlib.offsetbox import AnnotationBbox, TextArea
from matplotlib.patches import Rectangle

from srcnn import InputError
from srcnn.visualization.comparison_figure import Column, Scene, Version, comparison_figure
from srcnn.visualization.detail import Detail

COLUMNS = [Column('PSNR'), Column('SSIM', 4)]
DETAIL = Detail(10, 4, 16, 8)


def scene(scores, height=40, width=60, detail=DETAIL) -> Scene:
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(len(scores) + 1)]
    versions = [Version(f'method {i}', img, row) for i, (img, row) in enumerate(zip(images, scores))]
    return Scene('place', [*versions, Version('Original', images[-1])], detail)


def words(figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def score_lines(figure) -> list[list[tuple[str, str]]]:
    """Pieces of each line of scores, with their weight."""
    boxes = [artist for artist in figure.artists if isinstance(artist, AnnotationBbox)]
    return [[(piece._text.get_text(), piece._text.get_weight()) for piece in box.findobj(TextArea)] for box in boxes]


def test_scores_are_below_and_the_best_are_bold():
    figure = comparison_figure([scene([(28.431, 0.8252), (28.429, 0.9)])], COLUMNS, 'how it was measured')
    assert words(figure) == ['place', 'method 0', 'method 1', 'Original', 'how it was measured']
    first, second, original = score_lines(figure)
    # the same as printed, so the best of both
    assert first == [('28.43', 'bold'), ('/', 'normal'), ('0.8252', 'normal')]
    assert second == [('28.43', 'bold'), ('/', 'normal'), ('0.9000', 'bold')]
    assert original == [('PSNR / SSIM', 'normal')]


def test_less_may_be_better_and_identical_is_infinite():
    columns = [Column('PSNR'), Column('MAE', 3, more_is_better=False)]
    figure = comparison_figure([scene([(30.0, 0.01), (math.inf, 0.0)])], columns, '')
    assert score_lines(figure)[:2] == [
        [('30.00', 'normal'), ('/', 'normal'), ('0.010', 'normal')],
        [('∞', 'bold'), ('/', 'normal'), ('0.000', 'bold')],
    ]


@pytest.mark.parametrize(('layout', 'wholes'), [('details', 1), ('whole', 3)])
def test_the_detail_is_marked_and_enlarged(layout, wholes):
    place = scene([(1, 1), (2, 2)])
    figure = comparison_figure([place], COLUMNS, '', layout=layout)
    marks = [patch for axes in figure.axes for patch in axes.patches if isinstance(patch, Rectangle)]
    assert [mark.get_bbox().bounds for mark in marks] == [(9.5, 3.5, 16, 8)] * wholes
    details = [axes.images[0].get_array() for axes in figure.axes[wholes:]]
    for version, shown in zip(place.versions, details):
        times = shown.shape[0] // 8
        assert (shown == version.img[4:12, 10:26].repeat(times, axis=0).repeat(times, axis=1)).all()


@pytest.mark.parametrize('layout', ['details', 'whole'])
@pytest.mark.parametrize('size', [(40, 60), (300, 40), (40, 300)])
@pytest.mark.parametrize('count', [2, 6])
def test_nothing_overlaps_or_leaves_the_page(layout, size, count):
    scenes = [scene([(1, 1)] * count, *size), scene([(1, 1)], 50, 50)]
    figure = comparison_figure(scenes, COLUMNS, 'note', layout=layout)
    boxes = [axes.get_position() for axes in figure.axes]
    for i, box in enumerate(boxes):
        assert 0 <= box.x0 < box.x1 <= 1
        assert 0 <= box.y0 < box.y1 <= 1
        for other in boxes[:i]:
            apart = (
                box.x0 >= other.x1 - 1e-9 or other.x0 >= box.x1 - 1e-9,
                box.y0 >= other.y1 - 1e-9 or other.y0 >= box.y1 - 1e-9,
            )
            assert any(apart)
    inches = figure.get_size_inches()
    assert inches[0] == 7
    heights = sorted(1 - text.get_position()[1] for text in figure.texts)
    assert heights[-1] < 1


def test_faults():
    good = scene([(1, 1)])
    with pytest.raises(InputError, match='at least one picture'):
        comparison_figure([], COLUMNS, '')
    with pytest.raises(InputError, match='place: a comparison needs a result'):
        comparison_figure([good._replace(versions=good.versions[-1:])], COLUMNS, '')
    with pytest.raises(InputError, match='method 0 has 1 scores for 2 columns'):
        comparison_figure([scene([(1,)])], COLUMNS, '')
    small = good.versions[0]._replace(img=good.versions[0].img[1:])
    with pytest.raises(InputError, match='60x39 and 60x40'):
        comparison_figure([good._replace(versions=[small, good.versions[1]])], COLUMNS, '')
    with pytest.raises(InputError, match='50,0,16,8'):
        comparison_figure([scene([(1, 1)], detail=Detail(50, 0, 16, 8))], COLUMNS, '')
