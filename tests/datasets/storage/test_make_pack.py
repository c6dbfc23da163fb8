import errno
import multiprocessing
import os
import shutil
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from srcnn import InputError
from srcnn.datasets.storage import ImageFiles, PackFolderError, PixelForm, file_lock, open_pack
from srcnn.image.io import write_image
from srcnn.image.pack_file import pack_path

forks = pytest.mark.skipif(sys.platform == 'win32', reason='processes are forked here')


class Logged:
    """Files, with a note in ``log`` of each that is read; reading ``poison`` kills the process."""

    def __init__(self, log: Path, poison: str | None = None) -> None:
        self.files = ImageFiles(PixelForm('unchanged'), verify='header')
        self.log = log
        self.poison = poison

    def read(self, path):
        with open(self.log, 'a') as stream:
            stream.write(f'{path}\n')
        if path == self.poison:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.files.read(path)

    def check(self, path):
        return self.files.check(path)


class Case:
    """One pack of the folder of ``images``."""

    def __init__(self, images: dict[str, np.ndarray], tmp_path: Path) -> None:
        self.images = images
        self.folder = tmp_path / 'photos'
        self.path = tmp_path / 'packs' / 'a.pack'
        self.log = tmp_path / 'log'
        self.log.touch()

    def open(self, *images, poison=None):
        return open_pack(self.path, self.folder, images or self.images, Logged(self.log, poison))

    def read_since(self) -> list[str]:
        names = sorted(self.log.read_text().splitlines())
        self.log.write_text('')
        return names

    def check(self, pack):
        assert pack.entries.keys() == self.images.keys()
        for path, pixels in self.images.items():
            assert np.array_equal(pack.read(path), pixels)
        assert sorted(os.listdir(self.path.parent)) == ['a.lock', 'a.pack']


@pytest.fixture
def case(images, tmp_path) -> Case:
    return Case(images, tmp_path)


def test_is_made_once(case):
    case.check(case.open())
    assert case.read_since() == sorted(case.images)
    case.check(case.open())
    assert case.read_since() == []


def test_follows_the_images(case):
    case.open()
    case.read_since()
    first, second, *_ = case.images
    write_image(first, np.full_like(case.images[first], 7))
    os.utime(first, ns=(0, 0))  # whatever the clock's grain
    Path(second).unlink()
    case.images[first] = np.full_like(case.images[first], 7)
    del case.images[second]
    case.check(case.open())
    assert case.read_since() == [first]


def test_parts_of_a_folder_share_a_pack(case):
    first, *rest = case.images
    case.open(first)
    case.open(*rest)
    assert case.read_since() == sorted(case.images)
    case.check(case.open(first))
    assert case.read_since() == []


def test_a_damaged_pack_is_made_anew(case):
    case.open()
    data = case.path.read_bytes()
    case.path.unlink()
    case.path.write_bytes(data[:-9])
    case.check(case.open())


def test_an_unreadable_image_is_named_and_nothing_stays(case):
    first, second, *_ = case.images
    for path in (first, second):
        Path(path).write_bytes(Path(path).read_bytes()[:-20])
    with pytest.raises(InputError, match=r'2 faults in 5 images:\n.*a\.png is cut short.*\n.*b\.png is cut short'):
        case.open()
    assert os.listdir(case.path.parent) == ['a.lock']


def test_too_little_space_is_seen_before(case, monkeypatch):
    monkeypatch.setattr(shutil, 'disk_usage', lambda folder: shutil._ntuple_diskusage(1000, 900, 100))
    with pytest.raises(InputError, match=r'packs: the images need 360 bytes, and the disk has 100 left'):
        case.open()
    assert case.read_since() == []


def test_a_disk_that_fills_meanwhile(case, monkeypatch):
    def full(stream):
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr(os, 'fsync', full)
    with pytest.raises(InputError, match='packs: the images need'):
        case.open()
    assert os.listdir(case.path.parent) == ['a.lock']


def test_a_folder_that_cannot_be_written_or_locked(case, monkeypatch):
    case.path.parent.write_text('no folder')
    with pytest.raises(PackFolderError, match='packs: this folder cannot be written or locked'):
        case.open()
    case.path.parent.unlink()

    def refuse(stream):
        raise OSError(errno.ENOLCK, 'No locks available')

    monkeypatch.setattr(file_lock, '_try_lock', refuse)
    with pytest.raises(PackFolderError, match='No locks available'):
        case.open()


def test_each_form_and_folder_has_its_place(tmp_path):
    assert pack_path(tmp_path / 'HR', True, 'rgb') == tmp_path / 'HR' / '.srcnn_cache' / 'rgb.pack'
    places = {pack_path(tmp_path / a / 'HR', str(tmp_path), b) for a in 'xy' for b in ('rgb', 'gray')}
    assert len(places) == 4
    assert all(path.is_relative_to(tmp_path) for path in places)


@forks
def test_a_run_that_is_killed_leaves_nothing_in_the_way(case):
    killed = multiprocessing.get_context('fork').Process(
        target=case.open, kwargs={'poison': sorted(case.images)[3]}, daemon=True
    )
    killed.start()
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    assert sorted(os.listdir(case.path.parent)) == ['a.lock', f'a.pack.{killed.pid}.tmp']
    case.check(case.open())


@forks
def test_several_processes_at_once_make_it_once(case):
    context = multiprocessing.get_context('fork')
    together = context.Barrier(3)

    def work():
        together.wait(60)
        case.check(case.open())

    processes = [context.Process(target=work, daemon=True) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert case.read_since() == sorted(case.images)
