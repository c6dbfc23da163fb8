"""A paper's comparison: the picture with a marked detail, the detail by every method, scores below."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from srcnn.errors import InputError
from srcnn.visualization.detail import Detail
from srcnn.visualization.page import GAP, LINE, MARGIN, Box, Page, note_height

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Layout = Literal['details', 'whole']
MARK = '#e8231c'
CAPTION = 2 * LINE + 0.06  # inches below a picture: title and scores
_LEFT = 0.6  # the picture takes no more of the page's width
_ROW = 3  # more details than this are put in two rows


class Column(NamedTuple):
    """A score that is shown: its name, digits after the point, and whether more is better."""

    name: str
    digits: int = 2
    more_is_better: bool = True


class Version(NamedTuple):
    """What a method made of the original: its name, (H, W, 1 or 3) uint8 or uint16, a score for each column."""

    title: str
    img: np.ndarray
    scores: Sequence[float] = ()


class Scene(NamedTuple):
    """One original by all methods; the last version is the original itself, without scores."""

    name: str
    versions: Sequence[Version]
    detail: Detail


def comparison_figure(
    scenes: Sequence[Scene],
    columns: Sequence[Column],
    note: str,
    *,
    layout: Layout = 'details',
    width: float = 7.0,
) -> 'Figure':
    """Draw the scenes one below the other.

    The best score of a scene is bold; scores that are equal as printed share that.

    Args:
        scenes: At least one. All versions of a scene have one size.
        columns: What the scores are.
        note: Printed at the foot: the protocol of the scores.
        layout: 'details': the original once, to its right the detail by every method, in two rows if there are more
            than three. 'whole': the whole picture by every method in one row, the detail of each below it.
        width: Inches; 7 is a page of two columns, 3.5 one of them.

    Returns:
        A matplotlib figure; see ``page.save_figure``.

    Raises:
        InputError: No scene, or versions that do not fit together.
    """
    for scene in scenes:
        _check(scene, columns)
    if not scenes:
        raise InputError('a comparison needs at least one picture.')
    plan = {'details': _plan_details, 'whole': _plan_whole}[layout]
    plans = [plan(scene, width - 2 * MARGIN) for scene in scenes]
    page = Page(width, sum(height + GAP for _, height in plans) + note_height(note, width) + MARGIN)
    top = MARGIN
    for scene, (boxes, height) in zip(scenes, plans):
        placed = [box._replace(left=box.left + MARGIN, top=box.top + top) for box in boxes]
        _draw(page, scene, columns, placed, layout)
        top += height + GAP
    page.note(top, note)
    return page.figure


def _check(scene: Scene, columns: Sequence[Column]) -> None:
    if len(scene.versions) < 2:
        raise InputError(f'{scene.name}: a comparison needs a result and the original.')
    *results, original = scene.versions
    scene.detail.cut(original.img)
    for result in results:
        if result.img.shape[:2] != original.img.shape[:2]:
            sizes = ' and '.join(f'{img.shape[1]}x{img.shape[0]}' for img in (result.img, original.img))
            raise InputError(
                f'{scene.name}: {result.title} and the original are of {sizes} pixels; they must be equal.'
            )
        if len(result.scores) != len(columns):
            raise InputError(
                f'{scene.name}: {result.title} has {len(result.scores)} scores for {len(columns)} columns.'
            )


def _plan_details(scene: Scene, width: float) -> tuple[list[Box], float]:
    """Boxes of the picture and of each detail, and the height of all with captions."""
    count = len(scene.versions)
    rows = 1 if count <= _ROW else 2
    across = math.ceil(count / rows)
    aspect = scene.versions[-1].img.shape[1] / scene.versions[-1].img.shape[0]
    shape = scene.detail.width / scene.detail.height
    between = (rows - 1) * (CAPTION + GAP)
    # the picture is as high as the rows of details and the captions between them, if that is not too wide
    side = (width - across * GAP - aspect * between) / (aspect * rows + across * shape)
    left = aspect * (rows * side + between)
    if left > _LEFT * width:
        left = _LEFT * width
        side = (width - left - across * GAP) / (across * shape)
    boxes = [Box(0, 0, left, left / aspect)]
    for i in range(count):
        row, column = divmod(i, across)
        x = left + GAP + column * (side * shape + GAP)
        boxes.append(Box(x, row * (side + CAPTION + GAP), side * shape, side))
    return boxes, max(rows * side + between, left / aspect) + CAPTION


def _plan_whole(scene: Scene, width: float) -> tuple[list[Box], float]:
    """Boxes of the pictures, then those of the details, and the height of all with captions."""
    count = len(scene.versions)
    side = (width - (count - 1) * GAP) / count
    height, width_px = scene.versions[-1].img.shape[:2]
    tall = side * height / width_px
    detail = side * scene.detail.height / scene.detail.width
    lefts = [i * (side + GAP) for i in range(count)]
    boxes = [Box(x, 0, side, tall) for x in lefts]
    return [*boxes, *(Box(x, tall + GAP, side, detail) for x in lefts)], tall + GAP + detail + CAPTION


def _draw(page: Page, scene: Scene, columns: Sequence[Column], boxes: Sequence[Box], layout: Layout) -> None:
    count = len(scene.versions)
    wholes = scene.versions if layout == 'whole' else scene.versions[-1:]
    for box, version in zip(boxes, wholes):
        _mark(page.picture(box, version.img), scene.detail)
    if layout == 'details':
        page.text(boxes[0].left + boxes[0].width / 2, boxes[0].top + boxes[0].height + 0.04, scene.name)
    best = _best(scene, columns)
    for box, version in zip(boxes[-count:], scene.versions):
        page.picture(box, scene.detail.cut(version.img), MARK)
        middle, below = box.left + box.width / 2, box.top + box.height + 0.04
        page.text(middle, below, version.title)
        page.pieces(middle, below + LINE, _score_line(version, columns, best))


def _mark(axes: 'Axes', detail: Detail) -> None:
    from matplotlib.patches import Rectangle

    corner = (detail.x - 0.5, detail.y - 0.5)
    axes.add_patch(Rectangle(corner, detail.width, detail.height, fill=False, edgecolor=MARK, linewidth=1.2))


def _best(scene: Scene, columns: Sequence[Column]) -> list[str]:
    """The best score of each column, as printed."""
    results = scene.versions[:-1]
    return [
        _print((max if column.more_is_better else min)(result.scores[i] for result in results), column)
        for i, column in enumerate(columns)
    ]


def _score_line(version: Version, columns: Sequence[Column], best: Sequence[str]) -> list[tuple[str, bool]]:
    """Pieces of text, bold or not; below the original, what the scores of the others are."""
    if not version.scores:
        return [(' / '.join(column.name for column in columns), False)]
    pieces: list[tuple[str, bool]] = []
    for column, score, top in zip(columns, version.scores, best):
        text = _print(score, column)
        pieces += [('/', False)] * bool(pieces) + [(text, text == top)]
    return pieces


def _print(score: float, column: Column) -> str:
    return '∞' if math.isinf(score) else f'{score:.{column.digits}f}'
