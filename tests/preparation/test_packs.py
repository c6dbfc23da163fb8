import sys
from pathlib import Path

import numpy as np
import pytest

from srcnn.datasets import BasicImageDataset
from srcnn.datasets.storage.image_pack import ImagePack
from srcnn.datasets.transforms import LoadImageFromFile
from srcnn.image.io import read_image, write_image
from srcnn.preparation import prepare
from srcnn.preparation.known_sets import find_set
from srcnn.preparation.recipe import Picture, files_of, make_recipe

from .conftest import photo


def packs_below(root: Path) -> dict[str, ImagePack]:
    """Folder -> its pack."""
    found = {path.parents[1]: path for path in root.rglob('.srcnn_cache/*.pack')}
    assert list(root.rglob('*.tmp')) == []
    return {folder.relative_to(root).as_posix(): ImagePack(path, folder) for folder, path in found.items()}


@pytest.mark.parametrize('workers', [1, 2])
def test_a_data_set_finds_its_pixels_decoded(photos, tmp_path, workers):
    report = prepare('BSDS200', photos, tmp_path, workers=workers)
    assert not report.errors
    root = tmp_path / 'BSDS200'
    packs = packs_below(root)
    assert packs.keys() == {'HR', 'LRbicx2', 'LRbicx3', 'LRbicx4'}
    for folder, pack in packs.items():
        assert len(pack.entries) == 5
        assert list(pack.damaged()) == []
        for path in (root / folder).glob('*.png'):
            assert np.array_equal(pack.read(str(path)), read_image(path))
    before = packs['LRbicx2'].path.stat()
    pair = {'img': 'LRbicx2', 'gt': 'HR'}
    dataset = BasicImageDataset(
        data_root=str(root), data_prefix=pair, cache=True, pipeline=[LoadImageFromFile('img'), LoadImageFromFile('gt')]
    )
    assert len(dataset) == 5
    after = packs['LRbicx2'].path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_is_not_rgb_of_8_bits_is_left_to_the_data_set(photos, tmp_path):
    write_image(photos / 'deep.png', photo(7).astype(np.uint16) * 257)
    write_image(photos / 'gray.png', photo(8, channels=1))
    (photos / 'torn.png').write_bytes((photos / 'a.png').read_bytes()[:-30])
    report = prepare('mine', photos, tmp_path, own='train', scales=[2], cache=True)
    assert len(report.errors) == 1
    pack = packs_below(tmp_path / 'mine')['HR']
    assert [Path(path).stem for path in pack.entries] == list('abcde')
    dataset = BasicImageDataset(
        data_root=str(tmp_path / 'mine'), data_prefix={'gt': 'HR'}, cache=True, pipeline=[LoadImageFromFile('gt')]
    )
    assert {sample['key'] for sample in dataset if sample['gt'].dtype == np.uint16} == {'deep'}
    assert len(packs_below(tmp_path / 'mine')['HR'].entries) == 7


def test_only_what_is_made_in_one_go_and_to_train_on(photos, tmp_path):
    options = {'scales': [2], 'workers': 1}
    prepare('mine', photos, tmp_path, own='train', **options)
    prepare('Set5', photos, tmp_path, **options)
    assert packs_below(tmp_path) == {}
    (tmp_path / 'mine' / 'HR' / 'a.png').unlink()
    prepare('mine', photos, tmp_path, own='train', cache=True, **options)  # the others are there already
    assert packs_below(tmp_path) == {}


def test_nothing_is_left_of_a_run_that_was_interrupted(photos, tmp_path, monkeypatch):
    leftover = tmp_path / 'mine' / 'HR' / '.srcnn_cache' / 'rgb.pack.4711.tmp'
    leftover.parent.mkdir(parents=True)
    leftover.touch()

    def interrupt(*arguments):
        assert not leftover.exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules['srcnn.preparation.prepare'], 'run_jobs', interrupt)  # not the function of its name
    with pytest.raises(KeyboardInterrupt):
        prepare('mine', photos, tmp_path, own='train', cache=True)
    assert packs_below(tmp_path) == {}


@pytest.mark.parametrize('name', ['DIV2K', 'T91', 'Set5'])
def test_sizes_are_foretold(name):
    recipe = make_recipe(find_set(name))
    made = files_of('0001', Picture(photo(0, 53, 77)), {}, recipe)
    foretold = recipe.whole_files('0001', 53, 77)
    assert {file: pixels.shape[:2] for file, _, pixels in made} == foretold
    assert {file.rpartition('/')[0] for file in foretold} == set(recipe.whole_folders())
