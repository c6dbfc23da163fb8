import re
import zlib

import numpy as np
import pytest

from srcnn import InputError
from srcnn.image.io import read_image
from srcnn.visualization.page import Box, Page, note_height, save_figure, to_rgb8

PICTURE = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)


def make_page() -> Page:
    page = Page(2, 1.5)
    page.picture(Box(0, 0, 2, 1.5), PICTURE)
    page.text(1, 0.1, 'a $ and a _ are no mathematics')
    return page


def test_a_picture_fills_its_box_pixel_by_pixel(tmp_path):
    save_figure(make_page().figure, tmp_path / 'new/page.png', dpi=300)
    drawn = read_image(tmp_path / 'new/page.png', color='rgb')
    assert drawn.shape == (450, 600, 3)
    assert (drawn[150:] == PICTURE.repeat(15, axis=0).repeat(15, axis=1)[150:]).all()  # below the text


def test_a_pdf_is_one_page_with_all_the_pixels(tmp_path):
    for name in ('a.pdf', 'b.pdf'):
        save_figure(make_page().figure, tmp_path / name)
    data = (tmp_path / 'a.pdf').read_bytes()
    assert data == (tmp_path / 'b.pdf').read_bytes()
    assert len(re.findall(rb'/Type /Page\b', data)) == 1
    assert b'/MediaBox [ 0 0 144 108 ]' in data
    assert b'/Type3' not in data
    # 15 times: at least 600 pixels along the longer side, so that a viewer's smoothing does not show
    assert re.findall(rb'/Height (\d+)', data) == [b'450']
    streams = [part for part in re.findall(rb'stream\r?\n(.*?)\r?\nendstream', data, re.DOTALL) if part[:1] == b'x']
    sizes = [len(zlib.decompress(part)) for part in streams]
    assert max(sizes) >= 450 * 600


def test_svg_text_stays_text(tmp_path):
    save_figure(make_page().figure, tmp_path / 'page.svg')
    assert 'a $ and a _ are no mathematics' in (tmp_path / 'page.svg').read_text()


def test_nothing_is_left_in_pyplot():
    from matplotlib._pylab_helpers import Gcf

    make_page()
    assert not Gcf.figs


def test_gray_and_16_bit_pictures_for_the_eye():
    gray16 = np.array([[[0], [128], [129], [65535]]], np.uint16)
    assert to_rgb8(gray16).tolist() == [[[0] * 3, [0] * 3, [1] * 3, [255] * 3]]
    with pytest.raises(InputError, match='must be'):
        to_rgb8(np.zeros((4, 4, 3)))


def test_long_notes_take_more_lines():
    assert note_height('word ' * 40, 7) < note_height('word ' * 40, 3.5)


@pytest.mark.parametrize(
    ('name', 'message'), [('page.jpg', r'\.png, \.pdf, \.svg'), ('file/page.png', 'cannot be written')]
)
def test_where_a_figure_cannot_go(tmp_path, name, message):
    (tmp_path / 'file').touch()
    with pytest.raises(InputError, match=message):
        save_figure(make_page().figure, tmp_path / name)
