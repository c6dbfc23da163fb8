import shutil

import pytest
from mmengine.logging import MMLogger

TOOL = 'dataset_converters/build_cache.py'


@pytest.fixture(autouse=True)
def _own_log(monkeypatch):
    """A logger writes for ever to the stream that stood for the console when it was made."""
    monkeypatch.setattr(MMLogger, '_instance_dict', {})


@pytest.fixture
def root(pairs, tmp_path):
    return shutil.copytree(pairs, tmp_path / 'pairs')


def roots(root, **changes) -> dict:
    places = ('train_dataloader', 'val_dataloader', 'test_dataloader.0')
    return {f'{place}.dataset.data_root': str(root) for place in places} | changes


def test_what_the_config_asks_for(call, write, root):
    config = write(**roots(root, **{'train_dataloader.dataset.cache': True}))
    done = call(TOOL, config, '--verify')
    assert done.status == 0
    assert done.out.count('rgb.pack: 5 images') == 2
    before = [path.stat().st_mtime_ns for path in root.rglob('*.pack')]
    assert call(TOOL, config).status == 0
    assert [path.stat().st_mtime_ns for path in root.rglob('*.pack')] == before


def test_all_sets_elsewhere(call, write, root, tmp_path):
    config = write(**roots(root, **{'val_dataloader.dataset.data_root': 'none'}))
    done = call(TOOL, config, '--cache', tmp_path / 'cache')
    assert done.status == 0
    assert len(list((tmp_path / 'cache').rglob('*.pack'))) == 2
    assert 'left out: ' in done.err


def test_nothing_to_do_is_an_error(call, write):
    assert 'no data set sets cache=True' in call(TOOL, write()).errors[0]


def test_pixels_that_changed_on_the_disk(call, write, root):
    config = write(**roots(root, **{'train_dataloader.dataset.cache': True}))
    call(TOOL, config)
    pack = root / 'LR' / '.srcnn_cache' / 'rgb.pack'
    data = bytearray(pack.read_bytes())
    data[0] ^= 1
    pack.write_bytes(data)
    done = call(TOOL, config, '--verify')
    assert done.status == 1
    assert '1 images are not as they were written, the first' in done.errors[0]
