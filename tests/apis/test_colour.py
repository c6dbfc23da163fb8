import pytest
import torch
import torch.nn.functional as F

from srcnn import InputError
from srcnn.apis.colour import FILL_STEPS, enlarge_colours, fill_transparent
from srcnn.image.color import rgb_to_y_chw
from srcnn.models.enlarged import enlarge


def twice(pixels):
    """Stands in for a network: every pixel becomes four."""
    return F.interpolate(pixels, scale_factor=2, mode='nearest')


def picture(channels, height=6, width=7):
    return torch.rand(1, channels, height, width, generator=torch.Generator().manual_seed(0)) * 255


@pytest.mark.parametrize('channels', [1, 3, 4])
def test_as_many_channels_as_the_network_has(channels):
    assert torch.equal(enlarge_colours(picture(channels), twice, channels, 2), twice(picture(channels)))


def test_gray_through_colour():
    torch.testing.assert_close(enlarge_colours(picture(1), twice, 3, 2), twice(picture(1)))
    weighted = enlarge_colours(picture(1), lambda x: twice(x) * torch.tensor([1.0, 0, 0]).view(3, 1, 1), 3, 2)
    torch.testing.assert_close(weighted, 0.299 * twice(picture(1)))


def test_colour_through_one_channel():
    pixels = 64 + picture(3) / 2  # no colour that needs clipping
    out = enlarge_colours(pixels, twice, 1, 2)
    torch.testing.assert_close(rgb_to_y_chw(out, 255), twice(rgb_to_y_chw(pixels, 255)), rtol=0, atol=1e-3)
    bicubic = enlarge_colours(pixels, lambda y: enlarge(y, 2), 1, 2)
    torch.testing.assert_close(bicubic, enlarge(pixels, 2), rtol=0, atol=1e-3)


@pytest.mark.parametrize('channels', [1, 3])
def test_alpha_goes_beside_the_colours(channels):
    opaque = torch.cat([picture(channels), torch.full((1, 1, 6, 7), 255.0)], 1)
    out = enlarge_colours(opaque, twice, 3, 2)
    torch.testing.assert_close(out[:, :-1], enlarge_colours(picture(channels), twice, 3, 2))
    assert (out[:, -1] == 255).all()


def test_hidden_colours_do_not_show():
    """A red disk on a transparent ground that is green underneath."""
    y, x = torch.meshgrid(torch.arange(24.0), torch.arange(24.0), indexing='ij')
    alpha = ((9 - (y - 12).hypot(x - 12)).clamp(0, 1) * 255)[None, None]
    visible = (alpha > 0).float()
    colours = torch.cat([200 * visible, 200 * (1 - visible), 0 * visible], 1)
    out = enlarge_colours(torch.cat([colours, alpha], 1), lambda p: enlarge(p, 2), 3, 2)
    seen = out[:, -1:] > 0
    torch.testing.assert_close(out[:, :1][seen], torch.full_like(out[:, :1][seen], 200))
    assert out[:, 1:2][seen].abs().max() < 1e-3


def test_fills_from_the_edge_inwards():
    colours, alpha = torch.zeros(1, 1, 1, 20), torch.zeros(1, 1, 1, 20)
    colours[..., 0], alpha[..., 0] = 90, 1
    filled = fill_transparent(colours, alpha)[0, 0, 0]
    assert filled[: FILL_STEPS + 1].tolist() == pytest.approx([90] * (FILL_STEPS + 1))
    assert (filled[FILL_STEPS + 1 :] == 0).all()
    for plain in (torch.zeros_like(alpha), torch.ones_like(alpha)):
        assert torch.equal(fill_transparent(colours, plain), colours)


def test_channels_that_do_not_go_together():
    with pytest.raises(InputError, match='3 channels cannot go through a network for 4'):
        enlarge_colours(picture(3), twice, 4, 2)
