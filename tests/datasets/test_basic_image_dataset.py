import pytest

from srcnn import InputError
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
