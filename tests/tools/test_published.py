"""The published checkpoint, fetched by http, gives the published scores."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from srcnn.image.crop import mod_crop
from srcnn.image.io import read_image, write_image
from srcnn.image.resize import imresize

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / 'configs/srcnn/srcnn_x4k915_1xb16-1000k_div2k.py'
PUBLISHED_SSIM = ROOT / 'configs/srcnn/srcnn_x4k915_published-ssim.py'
NAME = 'srcnn_x4k915_1x16_1000k_div2k_20200608-4186f232.pth'


@pytest.fixture(scope='module')
def url(shared, serve):
    """Address of the checkpoint on a server of our own."""
    with serve(shared / 'checkpoints') as address:
        yield f'{address}/{NAME}'


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder to work in, with a download cache of its own."""
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'cache'))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lay_out(originals: Path, folder: Path) -> None:
    """Originals cropped to multiples of 4, and a quarter of them: MATLAB's imresize(im2double(HR), 1/4)."""
    for path in originals.iterdir():
        hr = mod_crop(read_image(path, color='rgb'), 4)
        for name, img in (('GTmod4', hr), ('LRbicx4_GTmod4', imresize(hr, 1 / 4, convention='double'))):
            (folder / name).mkdir(parents=True, exist_ok=True)
            write_image(folder / name / path.name, img)


def test_set5_with_the_other_sets_missing(place, shared, url):
    lay_out(shared / 'data/Set5/HR', place / 'data/Set5')
    command = [sys.executable, str(ROOT / 'tools/test.py'), str(CONFIG), url, '--out', 'scores.json']
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, '')
    report = json.loads((place / 'scores.json').read_text())
    assert report['Set5/PSNR'] == pytest.approx(28.4316, abs=1e-4)
    assert report['Set5/SSIM'] == pytest.approx(0.8252, abs=5e-5)
    assert report['missing'].keys() == {'Set14', 'DIV2K'}
    table = done.stdout.split('Results\n')[1].splitlines()
    protocol = 'RGB, 4 px border cropped, rounded to 8 bit'
    assert [line.split(maxsplit=4) for line in table[1:3]] == [
        ['Set5', '5', 'PSNR', '28.4316', protocol],
        ['Set5', '5', 'SSIM', '0.8252', protocol],
    ]
    assert 'Set14: missing. ' in table[3]
    assert 'DIV2K: missing. ' in table[4]
    assert 'prepare.py DIV2K --source FOLDER_OR_ARCHIVE' in table[4]


def test_the_published_ssim_is_of_the_blue_channel(place, shared, url, call):
    lay_out(shared / 'data/Set5/HR', place / 'data/Set5')
    done = call('test.py', PUBLISHED_SSIM, url, '--out', 'scores.json')
    assert (done.status, done.errors) == (0, [])
    report = json.loads((place / 'scores.json').read_text())
    assert report['Set5/PSNR'] == pytest.approx(28.4316, abs=1e-4)
    assert report['Set5/SSIM_B'] == pytest.approx(0.8099, abs=5e-5)
    assert report['protocol']['Set5/SSIM_B'].startswith('blue channel')


@pytest.mark.slow
def test_set14(place, shared, url, call):
    lay_out(shared / 'data/Set14/HR', place / 'data/Set14')
    assert call('test.py', PUBLISHED_SSIM, url, '--out', 'scores.json').status == 0
    report = json.loads((place / 'scores.json').read_text())
    assert report['Set14/PSNR'] == pytest.approx(25.6486, abs=1e-4)
    assert report['Set14/SSIM'] == pytest.approx(0.7086, abs=5e-5)
    assert report['Set14/SSIM_B'] == pytest.approx(0.7014, abs=5e-5)


def test_no_set_at_all(place, url, call):
    done = call('test.py', CONFIG, url, '--out', 'scores.json')
    assert done.status == 1
    assert len(done.errors) == 1
    assert 'None of the data sets is there' in done.err
    assert 'WARNING' not in done.out
    for name in ('Set5', 'Set14', 'DIV2K'):
        assert f'prepare.py {name} --source' in done.err
