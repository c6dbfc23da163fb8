import math

import pytest

from srcnn import InputError
from srcnn.engine import Runner

PSNR = {'type': 'PSNR', 'crop_border': 4}


def test_table_and_report(tiny, tmp_path):
    cfg = tiny()
    other = {**cfg.test_dataloader[0].dataset, 'indices': 2}
    cfg.test_dataloader.append({**cfg.test_dataloader[0], 'dataset': other})
    cfg.test_evaluator.append([{**PSNR, 'prefix': 'Two'}, {'type': 'SSIM', 'convert_to': 'B', 'name': 'SSIM_B'}])
    runner = Runner.from_cfg(cfg)
    scores = runner.test()
    assert scores.keys() == {'Tiny/PSNR', 'Two/PSNR', 'SSIM_B'}

    report = runner.test_loop.report
    assert report['missing'] == {}
    assert report['protocol']['Two/PSNR'] == 'RGB, 4 px border cropped, rounded to 8 bit'
    assert report['protocol']['SSIM_B'] == 'blue channel, no border cropped, rounded to 8 bit'
    each = report['per_image']['Tiny/PSNR']
    assert list(each) == ['0', '1', '2', '3', '4']
    assert scores['Tiny/PSNR'] == math.fsum(each.values()) / 5
    assert report['per_image']['Two/PSNR'] == {key: each[key] for key in ('0', '1')}

    table = next((tmp_path / 'run').glob('*/*.log')).read_text().split('Results\n')[1].splitlines()
    assert table[0].split() == ['data', 'set', 'images', 'metric', 'value', 'protocol']
    assert table[1].split()[:4] == ['Tiny', '5', 'PSNR', f'{scores["Tiny/PSNR"]:.4f}']
    assert table[2].split()[:4] == ['Two', '2', 'PSNR', f'{scores["Two/PSNR"]:.4f}']
    assert table[3].split()[1:4] == ['2', 'SSIM_B', f'{scores["SSIM_B"]:.4f}']
    assert table[3].endswith('blue channel, no border cropped, rounded to 8 bit')


def test_a_missing_set_is_reported_and_the_others_are_tested(tiny, tmp_path):
    cfg = tiny()
    absent = {**cfg.test_dataloader[0].dataset, 'data_root': 'nowhere', 'metainfo': {'dataset_type': 'set5'}}
    cfg.test_dataloader.insert(0, {**cfg.test_dataloader[0], 'dataset': absent})
    cfg.test_evaluator.insert(0, {'metrics': [{**PSNR, 'prefix': 'Set5'}]})
    runner = Runner.from_cfg(cfg)
    assert runner.test().keys() == {'Tiny/PSNR'}
    assert 'prepare.py Set5' in runner.test_loop.report['missing']['Set5']
    log = next((tmp_path / 'run').glob('*/*.log')).read_text()
    assert 'Set5: missing. ' in log.split('Results\n')[1]


def test_a_broken_set_is_no_missing_one(tiny, tmp_path):
    (tmp_path / 'LR').mkdir()
    (tmp_path / 'HR').mkdir()
    cfg = tiny()
    cfg.test_dataloader[0].dataset.data_root = str(tmp_path)
    with pytest.raises(InputError, match='no images in this folder'):
        Runner.from_cfg(cfg).test()


def test_no_set_at_all(tiny, tmp_path):
    cfg = tiny()
    cfg.test_dataloader[0].dataset.data_root = str(tmp_path / 'nowhere')
    with pytest.raises(InputError, match=r'None of the data sets is there:\n.*nowhere'):
        Runner.from_cfg(cfg).test()
