import shutil

import numpy as np
import pytest
import torch

from srcnn import InputError
from srcnn.datasets import basic_image_dataset
from srcnn.datasets.storage.write_lmdb import write_lmdb
from srcnn.errors import MissingDataError
from srcnn.registry import DATASETS

LOAD = [{'type': 'LoadImageFromFile', 'key': key} for key in ('img', 'gt')]
PIPELINE = [*LOAD, {'type': 'PackInputs'}]


def build(root, **changes):
    cfg = {'data_root': str(root), 'data_prefix': {'img': 'LR', 'gt': 'HR'}, 'pipeline': PIPELINE} | changes
    return DATASETS.build({'type': 'BasicImageDataset', '_scope_': 'srcnn', **cfg})


def test_pairs_a_folder_in_order(pairs):
    dataset = build(pairs)
    assert [dataset[i]['data_samples']['key'] for i in range(len(dataset))] == ['0', '1', '2', '3', '4']
    assert dataset.scale == 4
    assert dataset[4]['data_samples']['gt'].shape == (3, 96, 96)
    assert dataset[4]['inputs'].shape == (3, 24, 24)


def test_annotation_file_chooses_and_orders(pairs, tmp_path):
    ann = tmp_path / 'list.txt'
    ann.write_text('3.png (88,96,3)\n\n1.png (72,96,3)\n')
    dataset = build(pairs, ann_file=str(ann))
    assert [dataset[i]['data_samples']['key'] for i in range(2)] == ['3', '1']


def test_filename_template_and_search_key(pairs, tmp_path):
    for name in ('HR', 'LR'):
        (tmp_path / name).mkdir()
    (tmp_path / 'HR' / 'a.png').write_bytes((pairs / 'HR' / '0.png').read_bytes())
    (tmp_path / 'LR' / 'ax4.png').write_bytes((pairs / 'LR' / '0.png').read_bytes())
    (tmp_path / 'LR' / 'notes.txt').write_text('not an image')
    for search_key in ('img', 'gt'):
        dataset = build(tmp_path, filename_tmpl={'img': '{}x4'}, search_key=search_key)
        assert dataset[0]['data_samples']['img_path'].endswith('ax4.png')
        assert dataset[0]['data_samples']['key'] == 'a'


def test_names_can_be_left_out(pairs):
    dataset = build(pairs, exclude=['1', '3'])
    assert [dataset[i]['data_samples']['key'] for i in range(len(dataset))] == ['0', '2', '4']


def test_survives_the_trip_to_a_worker_process(pairs):
    import pickle

    dataset = pickle.loads(pickle.dumps(build(pairs)))
    assert dataset[1]['inputs'].shape == (3, 18, 24)


def test_missing_folder_names_it_and_the_command(pairs):
    with pytest.raises(MissingDataError, match=r'nowhere.*data_prefix\[.gt.\]'):
        build(pairs, data_prefix={'img': 'LR', 'gt': 'nowhere'})
    with pytest.raises(MissingDataError, match=r'prepare\.py Set5 --source'):
        build(pairs / 'none', metainfo={'dataset_type': 'set5'})


def test_missing_annotation_file(pairs):
    with pytest.raises(MissingDataError, match=r'none\.txt'):
        build(pairs, ann_file='none.txt')


def test_empty_annotation_file(pairs, tmp_path):
    (tmp_path / 'list.txt').write_text('\n')
    with pytest.raises(InputError, match='names no image'):
        build(pairs, ann_file=str(tmp_path / 'list.txt'))


def test_empty_folder(pairs, tmp_path):
    with pytest.raises(InputError, match='no images in this folder'):
        build(tmp_path, data_prefix={'img': ''})


def test_name_without_partner(pairs, tmp_path):
    (tmp_path / 'list.txt').write_text('0.png\nsomebody.png\n')
    with pytest.raises(InputError, match='somebody'):
        build(pairs, ann_file=str(tmp_path / 'list.txt'))


def test_damaged_image_is_named_before_it_is_used(pairs, tmp_path):
    for name in ('HR', 'LR'):
        (tmp_path / name).mkdir()
        for file in (pairs / name).iterdir():
            (tmp_path / name / file.name).write_bytes(file.read_bytes())
    (tmp_path / 'LR' / '2.png').write_bytes(b'this is not a picture')
    with pytest.raises(InputError, match=r'LR.2\.png'):
        build(tmp_path)


def test_all_faults_are_reported_together(pairs):
    with pytest.raises(InputError, match='4 faults in 5 samples'):
        build(pairs, pipeline=[*LOAD, {'type': 'SetValues', 'dictionary': {'scale': 4}},
                               {'type': 'PairedRandomCrop', 'gt_patch_size': 96}])  # fmt: skip


CROP = [
    {'type': 'SetValues', 'dictionary': {'scale': 4}},
    {'type': 'PairedRandomCrop', 'gt_patch_size': 32},
    {'type': 'Flip', 'keys': ['img', 'gt']},
    {'type': 'RandomTransposeHW', 'keys': ['img', 'gt']},
    {'type': 'PackInputs'},
]


def samples(dataset) -> list[torch.Tensor]:
    np.random.seed(0)
    found = [dataset[i] for i in [*range(len(dataset))] * 4]
    return [image for sample in found for image in (sample['inputs'], sample['data_samples']['gt'])]


@pytest.mark.parametrize('color', ['color', 'grayscale', 'unchanged'])
def test_files_packs_and_databases_hold_the_same(pairs, tmp_path, color):
    load = [{**step, 'color_type': color} for step in LOAD]
    expected = samples(build(pairs, pipeline=[*load, *CROP]))
    raw = {'color': 'rgb', 'grayscale': 'gray', 'unchanged': 'unchanged'}[color]
    for name in ('LR', 'HR'):
        write_lmdb(pairs / name, tmp_path / f'{name}.lmdb')
        write_lmdb(pairs / name, tmp_path / f'{name}_raw.lmdb', raw=raw)
    ways = [
        {'cache': str(tmp_path / 'cache')},
        {'cache': str(tmp_path / 'cache')},  # now that it is there
        {'data_root': str(tmp_path), 'data_prefix': {'img': 'LR.lmdb', 'gt': 'HR.lmdb'}},
        {'data_root': str(tmp_path), 'data_prefix': {'img': 'LR_raw.lmdb', 'gt': 'HR_raw.lmdb'}},
    ]
    for way in ways:
        found = samples(build(pairs, pipeline=[*load, *CROP], **way))
        assert all(map(torch.equal, found, expected))


def test_databases_as_mmagic_names_them(pairs, tmp_path):
    """With the back end in the loader, and its list as annotation."""
    for name in ('LR', 'HR'):
        write_lmdb(pairs / name, tmp_path / f'{name}.lmdb')
    load = [
        {**step, 'backend_args': {'backend': 'lmdb', 'db_path': str(tmp_path / f'{name}.lmdb')}}
        for step, name in zip(LOAD, ('LR', 'HR'))
    ]
    places = {'data_prefix': {'img': 'LR.lmdb', 'gt': 'HR.lmdb'}, 'ann_file': 'HR.lmdb/meta_info.txt'}
    dataset = build(tmp_path, pipeline=[*load, {'type': 'PackInputs'}], **places)
    expected = build(pairs)
    assert [sample['data_samples']['key'] for sample in dataset] == ['0', '1', '2', '3', '4']
    assert all(map(torch.equal, samples(dataset), samples(expected)))
    with pytest.raises(InputError, match=r'HR\.lmdb is an LMDB; drop cache|LR\.lmdb is an LMDB; drop cache'):
        build(tmp_path, pipeline=[*load, {'type': 'PackInputs'}], **places, cache=True)


@pytest.fixture
def own_pairs(pairs, tmp_path):
    return shutil.copytree(pairs, tmp_path / 'pairs')


def test_cache_beside_the_images_is_no_image(own_pairs):
    for _ in range(2):
        assert len(build(own_pairs, cache=True, recursive=True)) == 5
    assert sorted(path.name for path in own_pairs.rglob('*.pack')) == ['rgb.pack', 'rgb.pack']


def test_cache_in_a_folder_that_cannot_be_written(own_pairs, tmp_path, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(basic_image_dataset, 'print_log', lambda text, *rest: said.append(text))
    expected = samples(build(own_pairs))
    (own_pairs / 'LR' / '.srcnn_cache').write_text('not a folder')
    dataset = build(own_pairs, cache=True)
    assert 'LR/.srcnn_cache: this folder cannot be written or locked' in ''.join(said).replace('\\', '/')
    assert all(map(torch.equal, samples(dataset), expected))
    (tmp_path / 'file').write_text('not a folder')
    with pytest.raises(InputError, match=r'file.LR.*: this folder cannot be written'):
        build(own_pairs, cache=str(tmp_path / 'file'))


def test_cache_goes_with_a_worker_process(own_pairs):
    import pickle

    dataset = build(own_pairs, cache=True)
    assert all(map(torch.equal, samples(pickle.loads(pickle.dumps(dataset))), samples(dataset)))


def test_cache_names_a_damaged_image(own_pairs):
    image = own_pairs / 'LR' / '2.png'
    image.write_bytes(image.read_bytes()[:-30])
    with pytest.raises(InputError, match=r'LR.2\.png is cut short'):
        build(own_pairs, cache=True)


@pytest.mark.parametrize('line', ['../LR/0.png', '../../../../etc/passwd', '/etc/hostname', 'C:\\0.png', '..'])
def test_a_list_leads_nowhere_else(pairs, tmp_path, line):
    (tmp_path / 'list.txt').write_text(line)
    with pytest.raises(InputError, match='no image named'):
        build(pairs, ann_file=str(tmp_path / 'list.txt'))
