"""A page measured in inches from its top left corner, on which pictures and captions are laid out."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from srcnn.engine.write import whole_file
from srcnn.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIGURE_SUFFIXES = ('.png', '.pdf', '.svg')
FONT_SIZE, NOTE_SIZE = 8.0, 6.5  # points
_LETTERS, _NOTE_LINE = 19, 0.125  # of a note: letters per inch, inches from line to line
_SPACE = 2.5  # points between pieces of a line
LINE = 0.145  # inches from one line of text to the next
GAP, MARGIN = 0.06, 0.02  # inches between pictures, and around all
_SHARP = 600  # pixels along the longer side, to which large pixels are repeated so that no viewer blurs them


class Box(NamedTuple):
    """Left, top, width and height, in inches."""

    left: float
    top: float
    width: float
    height: float


class Page:
    """A matplotlib figure (``figure``), made without pyplot and its global state.

    Args:
        width: Inches.
        height: Inches.
    """

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.figure import Figure

        self.width, self.height = width, height
        self.figure: Figure = Figure(figsize=(width, height), facecolor='white')

    def axes(self, box: Box) -> 'Axes':
        """Empty axes that fill ``box``."""
        left, top, width, height = box
        page = self.width, self.height
        return self.figure.add_axes((left / page[0], 1 - (top + height) / page[1], width / page[0], height / page[1]))

    def picture(self, box: Box, img: np.ndarray, frame: str | None = None) -> 'Axes':
        """Show an (H, W, 1 or 3) uint8 or uint16 picture, as large as fits into ``box``, at its top.

        Returns:
            Its axes, in pixels of the picture: pixel (0, 0) reaches from -0.5 to 0.5.
        """
        axes = self.axes(box)
        height, width = img.shape[:2]
        axes.imshow(enlarge_pixels(to_rgb8(img)), extent=(-0.5, width - 0.5, height - 0.5, -0.5))
        axes.set_anchor('N')
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set(visible=frame is not None, color=frame, linewidth=1)
        return axes

    def text(self, x: float, y: float, words: str, size: float = FONT_SIZE, align: str = 'center') -> None:
        """Write from (x, y) down."""
        left, bottom = x / self.width, 1 - y / self.height
        self.figure.text(left, bottom, words, fontsize=size, ha=align, va='top', parse_math=False)

    def note(self, y: float, words: str) -> None:
        """Small print over the width of the page, from ``y`` down; see ``note_height``."""
        for i, line in enumerate(_wrapped(words, self.width)):
            self.text(MARGIN, y + i * _NOTE_LINE, line, NOTE_SIZE, 'left')

    def pieces(self, x: float, y: float, words: Sequence[tuple[str, bool]]) -> None:
        """One line of text about ``x``, from ``y`` down, of pieces that are bold or not, a space apart."""
        from matplotlib.offsetbox import AnnotationBbox, HPacker, TextArea

        areas: list[Any] = [
            TextArea(text, textprops={'fontsize': FONT_SIZE, 'weight': 'bold' if bold else 'normal'})
            for text, bold in words
        ]
        line = HPacker(children=areas, pad=0, sep=_SPACE, align='baseline')
        place = (x / self.width, 1 - y / self.height)
        self.figure.add_artist(
            AnnotationBbox(line, place, xycoords='figure fraction', box_alignment=(0.5, 1), frameon=False, pad=0)
        )


def note_height(words: str, width: float) -> float:
    """Inches that ``Page.note`` needs on a page of this width."""
    return len(_wrapped(words, width)) * _NOTE_LINE


def _wrapped(words: str, width: float) -> list[str]:
    return textwrap.wrap(words, max(20, round(width * _LETTERS)))


def to_rgb8(img: np.ndarray) -> np.ndarray:
    """(H, W, 1 or 3) uint8 or uint16 to (H, W, 3) uint8, for the eye.

    Raises:
        InputError: Another shape or type.
    """
    if img.ndim != 3 or img.shape[2] not in (1, 3) or img.dtype not in (np.uint8, np.uint16):
        raise InputError(f'a picture must be (H, W, 1 or 3) of uint8 or uint16, not {img.shape} of {img.dtype}.')
    if img.dtype == np.uint16:
        img = ((img.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return np.repeat(img, 3, axis=2) if img.shape[2] == 1 else img


def enlarge_pixels(img: np.ndarray) -> np.ndarray:
    """Repeat the pixels of a small (H, W, C) picture, which stay square then where viewers smooth what they enlarge."""
    times = -(-_SHARP // max(img.shape[:2]))
    return img.repeat(times, axis=0).repeat(times, axis=1) if times > 2 else img


def check_figure_path(path: Path) -> Path:
    """InputError unless a figure can have this name."""
    if path.suffix.lower() not in FIGURE_SUFFIXES:
        raise InputError(f'{path}: figures are written as {", ".join(FIGURE_SUFFIXES)}; end the name in one of these.')
    return path


def save_figure(figure: 'Figure', path: Path, dpi: int = 300) -> None:
    """Write a figure whole, the same bytes every time.

    Args:
        figure: What to write.
        path: Its suffix says the format. In PDF and SVG, pictures keep their pixels, and letters stay text.
        dpi: Dots per inch of a PNG.

    Raises:
        InputError: Another format, or the file cannot be written.
    """
    from matplotlib import rc_context

    kind = check_figure_path(path).suffix.lower()[1:]
    images = [image for axes in figure.axes for image in axes.images]
    for image in images:
        image.set_interpolation('auto' if kind == 'png' else 'none')
    dates = {'png': {}, 'pdf': {'CreationDate': None}, 'svg': {'Date': None}}[kind]
    settings: Any = {'pdf.fonttype': 42, 'svg.fonttype': 'none', 'svg.hashsalt': 'srcnn'}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with rc_context(settings), whole_file(path) as part:
            figure.savefig(part, format=kind, dpi=dpi, metadata=dates)
    except OSError as error:
        raise InputError(f'{path} cannot be written: {error.strerror}.') from None


def pictures_in_a_row(pictures: Sequence[tuple[str, np.ndarray]], width: float) -> 'Figure':
    """Titles and (H, W, 1 or 3) pictures, each ``width`` inches wide, from left to right."""
    heights = [width * img.shape[0] / img.shape[1] for _, img in pictures]
    below = LINE + GAP if any(title for title, _ in pictures) else 0
    page = Page(MARGIN + len(pictures) * (width + GAP) - GAP + MARGIN, max(heights) + below + 2 * MARGIN)
    for i, ((title, img), height) in enumerate(zip(pictures, heights)):
        x = MARGIN + i * (width + GAP)
        page.picture(Box(x, MARGIN, width, height), img)
        page.text(x + width / 2, MARGIN + height + 0.04, title)
    return page.figure
