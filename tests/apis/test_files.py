import errno
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode does not add it
from odd_files import bad_files, good_files, hurt_files, image

from srcnn.apis import files
from srcnn.apis.files import upscale_files, upscale_picture
from srcnn.apis.jobs import find_jobs
from srcnn.apis.upscaler import Upscaler
from srcnn.errors import InputError
from srcnn.image.io import read_image

HURT = 200


class Twice(nn.Module):
    """The nearest pixel, so that every result can be told."""

    def __init__(self, channels=3):
        super().__init__()
        self.same = nn.Conv2d(channels, channels, 1, bias=False)
        nn.init.dirac_(self.same.weight)

    def forward(self, x):
        return self.same(x).repeat_interleave(2, 2).repeat_interleave(2, 3)


@pytest.fixture(scope='module')
def twice():
    return Upscaler(Twice(), device='cpu')


def test_hundreds_of_odd_and_damaged_files(twice, tmp_path):
    good, bad, hurt = good_files(), bad_files(), dict(hurt_files(HURT))
    assert len(good) + len(bad) + len(hurt) >= 300
    for name, data in {**good, **bad, **hurt}.items():
        (tmp_path / name).write_bytes(data)
    outcomes = {o.job.source.name: o for o in upscale_files(twice, find_jobs([tmp_path], tmp_path / 'out').todo)}
    assert outcomes.keys() == {*good, *bad, *hurt}
    assert {name: outcomes[name].message for name in good} == dict.fromkeys(good, '')
    for outcome in outcomes.values():
        assert outcome.job.target.exists() == outcome.written
        if outcome.message:
            assert outcome.message.startswith(str(outcome.job.source))
            assert 'Error' not in outcome.message, 'an exception of a library came through'
        else:
            small, large = (read_image(path) for path in (outcome.job.source, outcome.job.target))
            assert outcome.written
            assert large.shape[:2] == (2 * small.shape[0], 2 * small.shape[1])
    assert [name for name in bad if outcomes[name].written or not outcomes[name].message] == []
    assert not list((tmp_path / 'out').glob('.*'))


@pytest.mark.parametrize('name', ['gray.png', 'gray_alpha.png', 'deep3.png', 'deep4.tif', 'palette.png', 'turned.jpg'])
def test_the_kind_is_kept(twice, tmp_path, name):
    (tmp_path / name).write_bytes(good_files()[name])
    target = tmp_path / f'large{Path(name).suffix}'
    assert upscale_picture(twice, tmp_path / name, target) == ''
    small, large = read_image(tmp_path / name), read_image(target)
    expected = small.repeat(2, 0).repeat(2, 1)
    assert (large.dtype, large.shape) == (small.dtype, expected.shape)
    if large.shape[2] == 4:  # where nothing can be seen, colours are free
        seen = expected[..., 3] > 0
        expected, large = expected[seen, :3], large[seen, :3]
    tolerance = 40 if name.endswith('.jpg') else 1 if name == 'gray_alpha.png' else 0
    assert np.abs(large.astype(int) - expected).max() <= tolerance


def test_cut_out_has_no_halo(twice, tmp_path):
    """White on transparent black: bicubic of the colours as they are would draw a gray rim."""
    cut_out = np.zeros((24, 24, 4), np.uint8)
    cut_out[8:16, 8:16] = 255
    Image.fromarray(cut_out).save(tmp_path / 'a.png')
    upscale_picture(twice, tmp_path / 'a.png', tmp_path / 'b.png')
    large = read_image(tmp_path / 'b.png')
    assert (large[large[..., 3] > 0][:, :3] == 255).all()


def test_full_disk_ends_the_run(twice, tmp_path, monkeypatch):
    for name in 'ab':
        image().save(tmp_path / f'{name}.png')

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr(files, 'write_picture', full)
    with pytest.raises(InputError, match=r'a\.png cannot be written: No space left on device'):
        list(upscale_files(twice, find_jobs([tmp_path], tmp_path / 'out').todo))


@pytest.mark.parametrize('error', [MemoryError(), torch.OutOfMemoryError('CUDA out of memory')])
def test_no_memory_for_one_leaves_it_out(twice, tmp_path, error, monkeypatch):
    for name, size in (('a', (9, 9)), ('b', (11, 9))):
        image(size=size).save(tmp_path / f'{name}.png')

    def some(pixels):
        if pixels.shape[1] == 9:
            raise error
        return twice(pixels)

    some.scale = 2
    first, second = upscale_files(some, find_jobs([tmp_path], tmp_path / 'out').todo)
    assert not first.written
    assert 'a.png: not enough memory' in first.message
    assert second.written


def test_more_than_the_machine_has(twice, tmp_path, monkeypatch):
    image().save(tmp_path / 'a.png')
    monkeypatch.setattr(files, '_memory', lambda: 1000)
    with pytest.raises(InputError, match='too much for a machine'):
        upscale_picture(twice, tmp_path / 'a.png', tmp_path / 'b.png')
