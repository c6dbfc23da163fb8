import pytest
import torch

from srcnn import InputError, Upscaler
from srcnn.apis.recognise import model_of
from srcnn.engine.checkpoint import read_checkpoint
from srcnn.models.networks import SRCNNNet
from tests.conftest import make_image


def weights(prefix='', **options):
    torch.manual_seed(0)
    state = SRCNNNet(**options).state_dict()
    return {f'{prefix}{name}': value for name, value in state.items()}


@pytest.mark.parametrize('prefix', ['generator.', 'module.generator.', ''])
def test_srcnn_of_any_size_that_enlarges(prefix):
    sizes = {'channels': (3, 16, 8, 4, 3), 'kernel_sizes': (7, 3, 1, 5)}
    model = model_of({'state_dict': weights(prefix, **sizes)}, 'a.pth', scale=3)
    assert model.scale == 3
    expected = SRCNNNet(**sizes, upscale_factor=3)
    expected.load_state_dict(weights(**sizes))
    x = torch.rand(1, 3, 8, 9)
    torch.testing.assert_close(model.generator(x), expected(x))


def test_srcnn_on_one_channel_gets_an_enlarged_picture():
    model = model_of(weights(channels=(1, 8, 4, 1)), 'a.pth', scale=3)
    assert (model.scale, model.generator.network.scale) == (3, 1)
    assert model.generator(torch.rand(1, 1, 4, 5)).shape == (1, 1, 12, 15)


def test_what_is_missing_or_unknown():
    with pytest.raises(InputError, match=r'a\.pth: SRCNN, but how much it enlarges is not in the file; say it: scale'):
        model_of(weights(), 'a.pth')
    for unknown in ({'body.0.weight': torch.ones(1)}, weights() | {'conv5.bias': torch.ones(1)}):
        with pytest.raises(InputError, match=r'a\.pth: .* not recognised; give the config'):
            model_of(unknown, 'a.pth', scale=4)


def test_a_training_checkpoint_says_all(tiny, tmp_path):
    from srcnn.engine import Runner

    runner = Runner.from_cfg(tiny(**{'model.generator.upscale_factor': 4, 'model.data_preprocessor.std': 200.0}))
    runner.train()
    path = next(tmp_path.rglob('iter_4.pth'))
    picture = make_image(20, 24)
    expected = Upscaler(runner.model, device='cpu')(picture)
    assert (Upscaler(path, device='cpu')(picture) == expected).all()
    with pytest.raises(InputError, match='enlarges 4 times, not scale=2'):
        Upscaler(path, scale=2, device='cpu')


@pytest.mark.parametrize(
    'text',
    [
        'model = dict(type="subprocess.Popen", generator=["touch", "{}"])',
        'model = dict(type="SuperResolver", generator=dict(type="antigravity"))',
        'model = dict(type="SuperResolver", generator=dict(type="SRCNNNet", channels=open("{}", "w")))',
        'open("{}", "w"); model = dict(type="SuperResolver", generator=dict(type="no.such"))',
        'model = [',
        'model = 5',
        'other = dict()',
    ],
)
def test_the_text_in_a_checkpoint_is_not_executed(text, tmp_path):
    checkpoint = {'meta': {'cfg': text.replace('{}', str(tmp_path / 'touched'))}, 'state_dict': weights('generator.')}
    assert model_of(checkpoint, 'a.pth', scale=4).scale == 4  # recognised by the weights
    assert list(tmp_path.iterdir()) == []


def test_published_files(shared):
    folder = shared / 'checkpoints'
    mmagic = folder / 'srcnn_x4k915_1x16_1000k_div2k_20200608-4186f232.pth'
    assert model_of(read_checkpoint(str(mmagic)), 'a', scale=4).generator.convs[0].weight.shape == (64, 3, 9, 9)
    yjn870 = folder / 'yjn870_srcnn_x3.pth'
    assert model_of(read_checkpoint(str(yjn870)), 'a', scale=3).generator.network.convs[1].kernel_size == (5, 5)
