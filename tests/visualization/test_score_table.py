import csv
import math
import os

import pytest
from mmengine.config import Config

from srcnn import InputError
from srcnn.visualization.score_table import Row, ScoreTable, checkpoints_of, config_of, fingerprint


@pytest.fixture
def table():
    made = ScoreTable(protocol={'Set5/PSNR': 'RGB, 4 px', 'MAE': 'RGB'})
    for number, psnr, mae in ((30, 27.0, 0.03), (10, 25.0, 0.01), (20, 27.0, math.nan)):
        made.add(Row(f'iter_{number}.pth', number, {'Set5/PSNR': psnr, 'MAE': mae}, f'mark{number}'))
    return made


def test_best_is_the_highest_but_of_errors_the_lowest_and_the_earliest_of_equals(table):
    assert table.best() == {'Set5/PSNR': 'iter_20.pth', 'MAE': 'iter_10.pth'}


def test_there_and_back(table, tmp_path):
    table.rows[1].scores['MAE'] = 0.02
    table.write(tmp_path / 'scores.json')
    assert ScoreTable.read(tmp_path / 'scores.json') == table
    first, *_, last = csv.DictReader((tmp_path / 'scores.csv').open())
    assert (first['checkpoint'], first['best']) == ('iter_10.pth', 'MAE')
    assert (float(last['Set5/PSNR']), last['iteration'], last['best']) == (27.0, '30', '')
    assert last['protocol'] == 'Set5/PSNR: RGB, 4 px; MAE: RGB'
    assert ScoreTable.read(tmp_path / 'none.json') == ScoreTable()


def test_for_the_console(table):
    lines = table.text().splitlines()
    assert [line.split() for line in lines[:2]] == [
        ['checkpoint', 'Set5/PSNR', 'MAE'],
        ['iter_10.pth', '25.0000', '0.0100*'],
    ]
    assert lines[2].split()[1] == '27.0000*'
    assert lines[-2:] == ['Set5/PSNR: RGB, 4 px', 'MAE: RGB']


def test_rows_of_what_has_changed_are_dropped(table):
    table.keep({'iter_10.pth': 'mark10', 'iter_20.pth': 'other'})
    assert [row.checkpoint for row in table.rows] == ['iter_10.pth']
    table.add(Row('iter_10.pth', 10, {'Set5/PSNR': 1.0}, 'new'))
    assert [row.fingerprint for row in table.rows] == ['new']


def test_another_file_is_no_table(tmp_path):
    (tmp_path / 'scores.json').write_text('{"Set5/PSNR": 28.4}')
    with pytest.raises(InputError, match='this is no table of scores'):
        ScoreTable.read(tmp_path / 'scores.json')


def test_checkpoints_in_order(tmp_path):
    for name in ('iter_9.pth', 'iter_10.pth', 'best_PSNR_iter_10.pth', 'best_Set5_PSNR_iter_7.pth', 'weights.pth'):
        (tmp_path / name).touch()
    found = [(number, path.name) for number, path in checkpoints_of(tmp_path)]
    assert found == [(7, 'best_Set5_PSNR_iter_7.pth'), (9, 'iter_9.pth'), (10, 'iter_10.pth')]
    with pytest.raises(InputError, match='no iter_'):
        checkpoints_of(tmp_path / 'absent')


def test_the_config_of_a_run(tmp_path):
    with pytest.raises(InputError, match=r'one config is expected there \(none\)'):
        config_of(tmp_path)
    (tmp_path / 'one.py').touch()
    assert config_of(tmp_path).name == 'one.py'
    (tmp_path / 'two.py').touch()
    with pytest.raises(InputError, match=r'one\.py, two\.py'):
        config_of(tmp_path)


def test_the_fingerprint_is_of_protocol_data_and_file(tmp_path):
    path = tmp_path / 'iter_1.pth'
    path.write_bytes(b'weights')
    cfg = Config({'test_evaluator': [{'type': 'PSNR', 'crop_border': 4}], 'train_cfg': {'max_iters': 5}})
    mark = fingerprint(cfg, ['Set5'], path)
    assert fingerprint(cfg, ['Set5', 'Set14'], path) != mark
    cfg.train_cfg.max_iters = 6
    assert fingerprint(cfg, ['Set5'], path) == mark
    cfg.test_evaluator[0].crop_border = 0
    assert fingerprint(cfg, ['Set5'], path) != mark
    cfg.test_evaluator[0].crop_border = 4
    os.utime(path, ns=(1, 1))
    assert fingerprint(cfg, ['Set5'], path) != mark
