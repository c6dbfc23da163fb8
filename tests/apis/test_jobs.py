import os
import sys

import pytest

from srcnn.apis.jobs import find_jobs
from srcnn.errors import InputError


@pytest.fixture
def folder(tmp_path):
    """photos/{a.png,b.JPG,c.gif,notes.txt,.hidden.png,film.avi} and photos/deep/{a.png,er/d.tif}"""
    for name in (
        *('a.png', 'b.JPG', 'c.gif', 'notes.txt', '.hidden.png', 'film.avi'),
        *('deep/a.png', 'deep/er/d.tif', '.cache/x.png'),
    ):
        path = tmp_path / 'photos' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


def targets(jobs, out):
    return [job.target.relative_to(out).as_posix() for job in jobs.todo]


def test_files_and_folders_keep_their_names(folder):
    out = folder / 'out'
    assert targets(find_jobs([folder / 'photos' / 'deep' / 'a.png'], out), out) == ['a.png']
    jobs = find_jobs([folder / 'photos'], out)
    assert targets(jobs, out) == ['a.png', 'b.JPG', 'c.png', 'film.mkv']
    assert [job.is_video for job in jobs.todo] == [False, False, False, True]
    assert jobs.left_out == 1
    assert not out.exists()


def test_layout_is_kept_below_folders_and_patterns(folder, monkeypatch):
    out = folder / 'out'
    everything = ['a.png', 'b.JPG', 'c.png', 'film.mkv', 'deep/a.png', 'deep/er/d.tif']
    assert targets(find_jobs([folder / 'photos'], out, recursive=True), out) == everything
    assert sorted(targets(find_jobs([f'{folder}/photos/**/*'], out), out)) == sorted(everything)
    monkeypatch.chdir(folder)
    assert targets(find_jobs(['photos/*.png'], 'out'), 'out') == ['a.png']
    assert targets(find_jobs(['photos/*/a.*'], 'out'), 'out') == ['deep/a.png']


def test_a_name_with_brackets_is_a_name_first(tmp_path):
    (tmp_path / 'a[1].png').touch()
    assert [job.source.name for job in find_jobs([tmp_path / 'a[1].png'], tmp_path / 'out').todo] == ['a[1].png']


def test_format(folder):
    out = folder / 'out'
    names = targets(find_jobs([folder / 'photos'], out, format='webp'), out)
    assert names == ['a.webp', 'b.webp', 'c.webp', 'film.mkv']


def test_results_within_the_folder_are_no_sources(folder):
    out = folder / 'photos' / 'large'
    out.mkdir()
    (out / 'old.png').touch()
    assert 'large/old.png' not in targets(find_jobs([folder / 'photos'], out, recursive=True), out)


def test_existing_results(folder):
    out = folder / 'out'
    out.mkdir()
    (out / 'a.png').touch()
    with pytest.raises(InputError, match='1 of 4 results exist already .*--skip-existing'):
        find_jobs([folder / 'photos'], out)
    jobs = find_jobs([folder / 'photos'], out, existing='skip')
    assert len(jobs.todo) == 3
    assert [job.source.name for job in jobs.skipped] == ['a.png']
    assert len(find_jobs([folder / 'photos'], out, existing='overwrite').todo) == 4


def test_two_sources_for_one_result(folder):
    (folder / 'photos' / 'b.png').touch()
    with pytest.raises(InputError, match=r'b\.JPG and .*b\.png would both become .*b\.webp; --format same keeps'):
        find_jobs([folder / 'photos'], folder / 'out', format='webp')
    with pytest.raises(InputError, match='would both become'):
        find_jobs([folder / 'photos', folder / 'photos' / 'deep'], folder / 'out')
    twice = [folder / 'photos' / 'a.png', f'{folder}/photos/../photos/a.png']
    assert len(find_jobs(twice, folder / 'out').todo) == 1


@pytest.mark.parametrize('existing', ['refuse', 'skip', 'overwrite'])
def test_sources_are_never_written_to(folder, existing):
    with pytest.raises(InputError, match='one of the files to be read'):
        find_jobs([folder / 'photos'], folder / 'photos', existing=existing)


@pytest.mark.skipif(sys.platform == 'win32', reason='links need a privilege there')
@pytest.mark.parametrize('link', [os.link, os.symlink])
def test_nor_by_another_name(folder, link):
    (folder / 'out').mkdir()
    link(folder / 'photos' / 'a.png', folder / 'out' / 'a.png')
    with pytest.raises(InputError, match='one of the files to be read'):
        find_jobs([folder / 'photos'], folder / 'out', existing='overwrite')


@pytest.mark.parametrize(
    ('paths', 'message'),
    [
        (['missing.png'], 'missing.png: no such file or folder'),
        (['photos/*.bmp'], 'no file matches'),
        (['photos/empty'], 'empty: no pictures or videos in it; --recursive looks deeper'),
        (['photos/a.png', 'photos/empty'], 'empty: no pictures'),
    ],
)
def test_paths_that_give_nothing(folder, monkeypatch, paths, message):
    monkeypatch.chdir(folder)
    (folder / 'photos' / 'empty').mkdir()
    with pytest.raises(InputError, match=message):
        find_jobs(paths, 'out')


@pytest.mark.parametrize('out', ['large.png', 'photos/notes.txt'])
def test_out_is_a_folder(folder, monkeypatch, out):
    monkeypatch.chdir(folder)
    with pytest.raises(InputError, match='give the folder'):
        find_jobs(['photos'], out)
