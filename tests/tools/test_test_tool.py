import json
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from srcnn.image.io import read_image
from srcnn.registry import MODELS

ROOT = Path(__file__).resolve().parents[2]


class Attack:
    """Unpickled, it would make a folder."""

    def __reduce__(self):
        return os.mkdir, ('made',)


@pytest.fixture
def weights(tiny, tmp_path, monkeypatch):
    """A checkpoint for the tiny config in the folder where the tests work; downloads are kept below it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('TORCH_HOME', 'cache')
    path = tmp_path / 'weights.pth'
    torch.save({'state_dict': MODELS.build(tiny().model).state_dict()}, path)
    return path


@pytest.fixture
def url(weights, serve):
    """Address of the folder with the checkpoint."""
    with serve(weights.parent) as address:
        yield address


def test_scores_protocol_and_pictures(call, write, weights, tmp_path):
    done = call('test.py', write(), weights, '--out', 'new/scores.json')
    assert (done.status, done.err) == (0, '')
    report = json.loads((tmp_path / 'new/scores.json').read_text())
    assert report.keys() == {'Tiny/PSNR', 'protocol', 'per_image', 'missing'}
    assert f'Tiny      5       PSNR    {report["Tiny/PSNR"]:.4f}  RGB, 4 px border cropped, rounded' in done.out
    pictures = sorted((tmp_path / 'run').glob('*/vis_data/vis_image/*'))
    assert [path.name for path in pictures] == ['1_0.png', '3_0.png']  # every second image
    assert read_image(pictures[0]).shape == (72, 24 + 96 + 96, 3)


def test_the_test_loop_of_mmengine(call, write, weights, tmp_path):
    one = write().read_text() + "\ntest_cfg = dict(type='TestLoop')\ntest_dataloader = test_dataloader[0]\n"
    (tmp_path / 'one.py').write_text(one + 'test_evaluator = test_evaluator[0]\n')
    assert call('test.py', 'one.py', weights, '--out', 'scores.json').status == 0
    assert json.loads((tmp_path / 'scores.json').read_text()).keys() == {'Tiny/PSNR'}


def test_weights_from_an_address_are_those_of_the_file(call, write, weights, url, tmp_path):
    for i, source in enumerate((weights, f'{url}/weights.pth')):
        assert call('test.py', write(), source, '--out', f'{i}.json').status == 0
    assert (tmp_path / '0.json').read_text() == (tmp_path / '1.json').read_text()


def wrong_hash(path):
    path.rename(path.with_name('weights-0123abcd.pth'))


def gone(path):
    path.unlink()


def cut_short(path):
    path.write_bytes(path.read_bytes()[:1000])


def page_of_an_error(path):
    path.write_text('<html>Not here</html>')


def picture(path):
    path.write_bytes(b'\x89PNG\r\n\x1a\n' + bytes(100))


def code(path):
    torch.save({'state_dict': torch.load(path, weights_only=True)['state_dict'], 'meta': Attack()}, path)


def bare_code(path):
    path.write_bytes(pickle.dumps(Attack()))


def other_shapes(path):
    state = torch.load(path, weights_only=True)['state_dict']
    torch.save({name: value[:1] for name, value in state.items()}, path)


def other_names(path):
    state = torch.load(path, weights_only=True)['state_dict']
    torch.save({f'backbone.{name}': value for name, value in state.items()}, path)


@pytest.mark.parametrize(
    ('spoil', 'name', 'message'),
    [
        (wrong_hash, 'weights-0123abcd.pth', 'not what the hash in its name promises'),
        (gone, 'weights.pth', 'the server answers 404'),
        (cut_short, 'weights.pth', 'damaged, or no checkpoint'),
        (page_of_an_error, 'weights.pth', 'no checkpoint'),
        (picture, 'weights.pth', 'no checkpoint'),
        (code, 'weights.pth', 'mkdir, and loading it could run code'),
        (bare_code, 'weights.pth', 'refused'),
        (other_shapes, 'weights.pth', r'conv1.weight has shape \(1, 3, 5, 5\), the model \(8, 3, 5, 5\)'),
        (other_names, 'weights.pth', 'not for this model'),
    ],
)
def test_checkpoints_that_are_not_to_be_used(call, write, weights, url, tmp_path, spoil, name, message):
    spoil(weights)
    done = call('test.py', write(), f'{url}/{name}')
    assert done.status == 1
    assert len(done.errors) == len(done.err.splitlines()) == 1
    assert name in done.err
    assert re.search(message, done.err)
    assert 'Results' not in done.out
    assert not (tmp_path / 'made').exists()


def test_code_in_a_download_by_the_real_command(write, weights, url, tmp_path):
    code(weights)
    command = [sys.executable, str(ROOT / 'tools/test.py'), str(write()), f'{url}/weights.pth']
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(r'error: http://\S+/weights\.pth: refused, because .*mkdir.* could run code.*\n', done.stderr)
    assert not (tmp_path / 'made').exists()


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--out', '.'], 'this is a folder'),
        (['--out', 'weights.pth/scores.json'], r'--out weights\.pth/scores\.json: cannot be written'),
        (['--cfg-options', 'test_cfg=None'], 'no test_cfg'),
        (['--cfg-options', 'test_evaluator.0.metrics.0.crop_boarder=4'], "did you mean 'crop_border'"),
        (['--cfg-options', 'test_dataloader.0.dataset.data_root=nowhere'], 'None of the data sets is there'),
        (['--cfg-options', 'test_evaluator.0.metrics.0.crop_border=40'], r'0\.png'),
    ],
)
def test_bad_arguments(call, write, weights, arguments, message):
    done = call('test.py', write(), weights, *arguments)
    assert done.status == 1
    assert len(done.errors) == 1
    assert re.search(message, done.err)


def test_a_failed_test_leaves_no_empty_scores(call, write, weights, tmp_path):
    assert call('test.py', write(), 'none.pth', '--out', 'scores.json').status == 1
    assert not (tmp_path / 'scores.json').exists()
