import pytest
import torch

from srcnn import InputError
from srcnn.models.networks import SRCNNNet
from srcnn.models.receptive_field import ReceptiveField
from srcnn.models.self_ensemble import SelfEnsemble
from srcnn.models.tiled import Tiled, cut_into_tiles, tile_side
from tests.models.test_receptive_field import Squeeze, Windows, shrinking

SIZES = [(1, 1), (1, 40), (23, 2), (37, 53)]


def srcnn(scale, **options):
    torch.manual_seed(0)
    return SRCNNNet((3, 8, 4, 3), (9, 1, 5), scale, **options).eval()


@torch.inference_mode()
def differences(network, tile, scale, height, width):
    """How many values differ after rounding to 8 bit, and the largest difference before."""
    x = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(height * width))
    whole, tiled = network(x), Tiled(network, tile, scale)(x)
    assert tiled.shape == whole.shape
    rounded = [(255 * y + 0.5).floor() for y in (whole, tiled)]
    return (rounded[0] != rounded[1]).sum().item(), (whole - tiled).abs().max().item()


@pytest.mark.parametrize('scale', [1, 2, 3, 4])
@pytest.mark.parametrize('tile', [7, 16, 33])
def test_equals_the_whole(scale, tile):
    for height, width in SIZES:
        changed, largest = differences(srcnn(scale), tile, scale, height, width)
        assert changed <= 1  # which a difference in the last bit can do
        assert largest < 1e-6


@pytest.mark.parametrize('padding_mode', ['replicate', 'reflect'])
def test_borders_are_those_of_the_picture(padding_mode):
    _, largest = differences(srcnn(2, padding_mode=padding_mode), 16, 2, 37, 53)
    assert largest < 1e-6


@pytest.mark.parametrize('network', [shrinking(2), Windows(), SelfEnsemble(Windows())])
@pytest.mark.parametrize(('height', 'width'), [(64, 96), (77, 83)])
def test_networks_with_steps(network, height, width):
    if isinstance(network, torch.nn.Sequential):
        height, width = height // 4 * 4, width // 4 * 4  # its own condition
    _, largest = differences(network.eval(), 13, 1, height, width)
    assert largest < 2e-6


def test_the_channels_last_layout_and_batches():
    network = srcnn(4).to(memory_format=torch.channels_last)
    x = torch.rand(2, 3, 30, 41)
    torch.testing.assert_close(Tiled(network, 12, 4)(x), network(x), rtol=0, atol=1e-6)


def test_published_weights_on_set14(shared):
    """No value differs by a bit, for the layout that Upscaler and SuperResolver have on a processor."""
    from srcnn.apis.recognise import model_of
    from srcnn.engine.checkpoint import read_checkpoint
    from srcnn.image.io import read_image

    path = shared / 'checkpoints' / 'srcnn_x4k915_1x16_1000k_div2k_20200608-4186f232.pth'
    network = model_of(read_checkpoint(str(path)), str(path), scale=4).generator.eval()
    img = read_image(shared / 'data' / 'Set14' / 'lr_uint8_symmetric' / 'x4' / 'comic.png')
    x = torch.from_numpy(img).permute(2, 0, 1)[None].float() / 255
    with torch.inference_mode():
        rounded = [(255 * y + 0.5).floor() for y in (network(x), Tiled(network, 31, 4)(x))]
    assert (rounded[0] != rounded[1]).float().mean() <= 1e-6


def test_tiles_cover_the_picture_once():
    for side in (1, 16, 33, 100):
        seen = torch.zeros(74, 106)
        for tile in cut_into_tiles(37, 53, side, ReceptiveField(reach=3, period=1, activation=1), 2):
            rows, columns = tile.target
            seen[rows, columns] += 1
            assert rows.stop - rows.start <= 2 * side
        assert (seen == 1).all()


def test_sizes_fit_the_cache():
    cpu, other = torch.device('cpu'), torch.device('meta')
    field = ReceptiveField(reach=3, period=1, activation=4096)
    side = tile_side(field, cpu)
    assert 19e6 < (side + 6) ** 2 * 4096 <= 20e6
    assert tile_side(field, other) > 4 * side
    assert tile_side(ReceptiveField(reach=100, period=1, activation=4096), cpu) == 400


@pytest.mark.parametrize('tile', [0, -1, 1.5, True, 'large'])
def test_sizes_that_are_none(tile):
    with pytest.raises(InputError, match='tile='):
        Tiled(srcnn(2), tile, 2)


def test_networks_that_look_at_everything_are_refused():
    with pytest.raises(InputError, match='Squeeze cannot work in tiles'):
        Tiled(Squeeze(), 16, 1)(torch.rand(1, 3, 40, 40))
