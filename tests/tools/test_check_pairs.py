import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from srcnn.image.crop import mod_crop
from srcnn.image.io import read_image, write_image
from srcnn.image.resize import imresize

TOOL = 'dataset_converters/check_pairs.py'
NAMES = ('astronaut.png', 'chelsea.png', 'coffee.png', 'camera.png', 'rocket.jpg', 'brick.png', 'coins.png')


@pytest.fixture(scope='module')
def clean(tmp_path_factory) -> Path:
    """Photographs that ship inside scikit-image in HR, and LR (x4) under names such as camera_x4.png."""
    root = tmp_path_factory.mktemp('photographs')
    (root / 'HR').mkdir()
    (root / 'LR').mkdir()
    for name in NAMES:
        photo = mod_crop(read_image(Path(pytest.importorskip('skimage').__file__).parent / 'data' / name), 4)[
            :240, :320
        ]
        write_image(root / 'HR' / name.replace('jpg', 'png'), photo)
        write_image(root / 'LR' / f'{name[:-4]}_x4.png', imresize(photo, 1 / 4, convention='double'))
    return root


@pytest.fixture
def own(clean, tmp_path) -> Path:
    """The same, to be spoilt."""
    return shutil.copytree(clean, tmp_path / 'own')


def check(call, root: Path, *more: object):
    done = call(TOOL, '--gt', root / 'HR', '--json', root / 'found.json', *more)
    report = json.loads((root / 'found.json').read_text())
    return done, report, {(one['kind'], Path(one['file']).name, Path(one['other']).name) for one in report['findings']}


def paired(root: Path) -> list:
    return ['--img', root / 'LR', '--scale', 4, '--template', '{}_x4']


def test_nothing_wrong(call, own):
    done, report, found = check(call, own, *paired(own))
    assert (done.status, found, report['images'], report['pairs']) == (0, set(), 7, 7)
    assert '7 originals, 7 pairs, 0 test pictures' in done.out
    assert 'no faults' in done.out


def test_red_and_blue_swapped(call, own):
    for name in ('astronaut_x4.png', 'rocket_x4.png', 'camera_x4.png'):  # the last one is gray
        write_image(own / 'LR' / name, np.ascontiguousarray(read_image(own / 'LR' / name)[..., ::-1]))
    done, _, found = check(call, own, *paired(own))
    assert done.status == 1
    assert found == {('swapped', f'{name}_x4.png', f'{name}.png') for name in ('astronaut', 'rocket')}


def test_sub_folders(call, own):
    for folder in ('HR', 'LR'):
        (own / folder / 'more' / '.hidden').mkdir(parents=True)
        for path in list((own / folder).glob('c*.png')):
            path.rename(own / folder / 'more' / path.name)
    write_image(own / 'LR' / 'more' / 'extra_x4.png', read_image(own / 'LR' / 'brick_x4.png'))
    shutil.copy(own / 'LR' / 'brick_x4.png', own / 'LR' / 'more' / '.hidden')
    _, report, found = check(call, own, *paired(own), '--recursive')
    assert (report['pairs'], found) == (7, {('unpaired', 'extra_x4.png', '')})
    assert check(call, own, *paired(own))[1]['pairs'] == 3


def test_spoilt_pairs(call, own):
    hr, lr = own / 'HR', own / 'LR'
    photo = read_image(hr / 'camera.png')
    write_image(lr / 'camera_x4.png', imresize(photo, 1 / 4)[:, [0, *range(photo.shape[1] // 4 - 1)]])  # 1 px right
    photo = read_image(hr / 'brick.png')
    write_image(lr / 'brick_x4.png', imresize(photo[:-4, :-4], size=(photo.shape[0] // 4, photo.shape[1] // 4)))
    (lr / 'coffee_x4.png').rename(own / 'kept')
    (lr / 'chelsea_x4.png').rename(lr / 'coffee_x4.png')
    (own / 'kept').rename(lr / 'chelsea_x4.png')
    (hr / 'rocket.png').write_bytes((hr / 'rocket.png').read_bytes()[:-100])
    (lr / 'coins_x4.png').rename(lr / 'coins.png')
    photo = read_image(hr / 'astronaut.png')
    write_image(hr / 'astronaut.png', photo[:-1])
    done, report, found = check(call, own, *paired(own))
    assert done.status == 1
    assert found == {
        ('shifted', 'camera_x4.png', 'camera.png'),
        ('shifted', 'brick_x4.png', 'brick.png'),
        ('different', 'coffee_x4.png', 'coffee.png'),
        ('different', 'chelsea_x4.png', 'chelsea.png'),
        ('unreadable', 'rocket.png', ''),
        ('unpaired', 'coins.png', ''),
        ('size', 'astronaut_x4.png', 'astronaut.png'),
    }
    assert len(report['findings']) == 8  # coins is alone in both folders
    assert 'camera_x4.png is shifted by +1.00 px to the right' in done.out
    assert f'it shows {hr / "chelsea.png"}' in done.out
    assert 'is 80x60, but its original is 320x239, which is not 4 times that' in done.out


def test_copies_and_leaks(call, own, clean, tmp_path):
    photo = read_image(own / 'HR' / 'coffee.png')
    write_image(own / 'HR' / 'later.jpg', imresize(photo, 0.5), quality=30)
    shutil.copy(own / 'HR' / 'coins.png', own / 'HR' / 'camera.bmp')
    (tmp_path / 'test').mkdir()
    write_image(tmp_path / 'test' / 'cat.png', read_image(clean / 'HR' / 'chelsea.png')[:, ::-1])
    write_image(tmp_path / 'test' / 'part.png', read_image(clean / 'HR' / 'astronaut.png')[60:, 80:])
    done, report, found = check(call, own, '--against', tmp_path / 'test')
    leaks = {('leak', 'chelsea.png', 'cat.png')}
    copies = {('duplicate', 'later.jpg', 'coffee.png'), ('clash', 'camera.bmp', 'camera.png')}
    assert (done.status, found, report['test_images']) == (1, leaks | copies, 2)
    assert f'chelsea.png shows the same as {tmp_path / "test" / "cat.png"}, mirrored left to right' in done.out
    *_, found = check(call, own, '--against', tmp_path / 'test', '--crops')
    assert found == leaks | copies | {('part', 'astronaut.png', 'part.png')}


@pytest.mark.parametrize('arguments', [['--img', 'LR'], ['--crops'], ['--img', 'LR', '--scale', '0']])
def test_arguments_that_do_not_go_together(call, own, arguments):
    assert call(TOOL, '--gt', own / 'HR', *arguments).status == 2


def test_a_missing_folder_is_one_message(call, tmp_path):
    done = call(TOOL, '--gt', tmp_path / 'none')
    assert (done.status, len(done.errors)) == (1, 1)
    assert 'none: no such folder' in done.errors[0]
