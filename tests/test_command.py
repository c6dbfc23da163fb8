import re
import runpy
import signal
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from srcnn.apis import shipped
from srcnn.command import main
from srcnn.image.io import read_image
from srcnn.image.picture import read_picture, write_picture
from srcnn.image.resize import imresize
from srcnn.models.networks import SRCNNNet
from srcnn.version import __version__

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder to stand in, with model.pth (three channels), photos/a.png, photos/b.jpg, and no lasting effects."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signal, 'signal', lambda *args: None)
    monkeypatch.setattr('warnings.formatwarning', None)  # put back afterwards
    torch.manual_seed(0)
    network = SRCNNNet(channels=(3, 4, 4, 3), kernel_sizes=(3, 1, 3), upscale_factor=2)
    torch.save({'state_dict': {f'generator.{k}': v for k, v in network.state_dict().items()}}, 'model.pth')
    (tmp_path / 'photos').mkdir()
    for name, size in (('a.png', (20, 13)), ('b.jpg', (9, 30))):
        Image.linear_gradient('L').resize(size).convert('RGB').save(tmp_path / 'photos' / name)
    return tmp_path


def upscale(*arguments, model='model.pth'):
    return main(['upscale', *arguments, '--out', 'large', '--model', model, '--scale', '2', '--device', 'cpu'])


def test_folder(place, capsys):
    assert upscale('photos') == 0
    assert capsys.readouterr().out == '2 of 2 files written to large.\n'
    assert read_image('large/a.png').shape == (26, 40, 3)
    assert read_image('large/b.jpg').shape == (60, 18, 3)


def test_bad_file_does_not_stop_the_others(place, capsys):
    (place / 'photos' / 'a1.png').write_bytes(b'no picture')
    (place / 'photos' / 'notes.txt').touch()
    assert upscale('photos') == 1
    out, err = capsys.readouterr()
    assert '1 files that are neither picture nor video' in out
    assert '2 of 3 files written' in out
    assert err.count('a1.png is no PNG') == 2, 'when it happens, and at the end'
    assert err.rstrip().splitlines()[-2] == '1 of them had a fault:'


def test_what_exists(place, capsys):
    assert upscale('photos/a.png') == 0
    assert upscale('photos') == 1
    assert 'error: 1 of 2 results exist already' in capsys.readouterr().err
    (place / 'large' / 'a.png').write_bytes(b'mine')
    assert upscale('photos', '--skip-existing') == 0
    assert (place / 'large' / 'a.png').read_bytes() == b'mine'
    assert '1 of 1 files written to large; 1 existed already.' in capsys.readouterr().out
    assert upscale('photos', '--skip-existing') == 0
    assert 'Nothing to do: all 2 results exist' in capsys.readouterr().out
    assert upscale('photos', '--overwrite') == 0
    assert read_image('large/a.png').shape == (26, 40, 3)


def test_options_reach_what_they_are_for(place, monkeypatch):
    made = {}

    class Spy:
        scale = 2

        def __init__(self, source, **options):
            made.update(options, source=source)

        def __call__(self, pixels):
            return pixels.repeat(2, 0).repeat(2, 1)

    monkeypatch.setattr('srcnn.apis.upscaler.Upscaler', Spy)
    config = ROOT / 'configs' / 'demo' / 'srcnn_x4_demo.py'
    given = ('--tile', '32', '--amp', '--self-ensemble', '--config', str(config), '--format', 'jpg', '--quality', '30')
    assert upscale('photos/a.png', *given) == 0
    options = {'scale': 2, 'device': 'cpu', 'tile': 32, 'amp': True, 'self_ensemble': True}
    assert made == {'source': (str(config), 'model.pth'), **options}
    size = (place / 'large' / 'a.jpg').stat().st_size
    assert upscale('photos/a.png', '--overwrite', '--format', 'jpg', '--quality', '100') == 0
    assert (place / 'large' / 'a.jpg').stat().st_size > size


def test_model_by_name(place, monkeypatch, capsys):
    assert upscale('photos', model='best') == 1
    assert 'best: no such checkpoint, nor the name of a model' in capsys.readouterr().err
    (place / 'weights').mkdir()
    (place / 'model.pth').rename(place / 'weights' / 'small.pth')
    monkeypatch.setattr(shipped, 'FOLDER', place / 'weights')
    assert upscale('photos', model='best') == 1
    assert 'comes with srcnn (small)' in capsys.readouterr().err
    assert upscale('photos', model='small') == 0


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--quality', '0'], '0 is not from 1 to 100'),
        (['--crf', '99'], '99 is not from 0 to 51'),
        (['--tile', 'big'], "'big' is neither 'auto' nor a number"),
        (['--tile', '-3'], "'-3' is neither 'auto' nor a number"),
        (['--overwrite', '--skip-existing'], 'not allowed with'),
        (['--format', 'gif'], 'invalid choice'),
    ],
)
def test_arguments_that_make_no_sense(place, capsys, arguments, message):
    with pytest.raises(SystemExit) as ended:
        upscale('photos', *arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_device_that_is_not_there(place, capsys):
    for name in ('cuda:99', 'nonsense'):
        assert main(['upscale', 'photos', '--out', 'large', '--model', 'model.pth', '--device', name]) == 1
        assert f'error: --device {name}: there is no such device here' in capsys.readouterr().err


def test_tool_is_the_same(place, monkeypatch, capsys):
    arguments = ['photos/a.png', '--model', 'model.pth', '--scale', '2', '--device', 'cpu', '--out', 'two']
    monkeypatch.setattr(sys, 'argv', ['infer.py', *arguments])
    monkeypatch.syspath_prepend(ROOT / 'tools')
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / 'tools' / 'infer.py'), run_name='__main__')
    assert ended.value.code == 0
    assert capsys.readouterr().out == '1 of 1 files written to two.\n'
    assert upscale('photos/a.png') == 0
    np.testing.assert_array_equal(read_image('large/a.png'), read_image('two/a.png'))


def test_module_and_entry_point():
    done = subprocess.run([sys.executable, '-m', 'srcnn', '--version'], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == f'srcnn {__version__}\n'
    setup = (ROOT / 'setup.py').read_text(encoding='utf-8')
    entry = re.search(r"'console_scripts': \['srcnn = ([\w.:]+)'\]", setup)
    assert EntryPoint('srcnn', entry[1], 'console_scripts').load() is main


def test_help_is_light(capsys):
    with pytest.raises(SystemExit):
        main(['upscale', '--help'])
    assert '--self-ensemble' in capsys.readouterr().out
    code = 'import sys, srcnn.command; print([name for name in ("torch", "cv2", "mmengine") if name in sys.modules])'
    assert subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True).stdout == '[]\n'


def test_published_checkpoint_on_a_real_picture(shared, place):
    """16 bits with alpha: both stay, and so does the profile."""
    given = read_picture(shared / 'data' / 'inputs' / 'tree_alpha_16bit.png')
    small = np.ascontiguousarray(given.pixels[64:128, 64:160])
    write_picture(place / 'tree.png', given._replace(pixels=small.copy()))
    checkpoint = next((shared / 'checkpoints').glob('srcnn_x4k915*.pth'))
    assert main(['upscale', 'tree.png', '--out', 'large', '--model', str(checkpoint), '--scale', '4']) == 0
    large = read_picture(place / 'large' / 'tree.png')
    assert (large.pixels.dtype, large.pixels.shape) == (np.uint16, (256, 384, 4))
    assert large.metadata.icc == given.metadata.icc is not None
    visible = small[..., 3] > 0
    shrunk = imresize(large.pixels[..., :3], 1 / 4)
    assert np.abs(shrunk.astype(int) - small[..., :3])[visible].mean() < 0.02 * 65535
