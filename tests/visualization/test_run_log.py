import io
import json

import pytest

from srcnn import InputError
from srcnn.visualization.run_log import read_run, score_names, series, write_csv


def train(step, loss, time=0.5, **more) -> dict:
    return {'lr': 1e-3, 'data_time': 0.1, 'loss': loss, 'time': time, 'iter': step, 'step': step, **more}


def val(step, psnr) -> dict:
    return {'Set5/PSNR': psnr, 'data_time': 0.1, 'time': 0.7, 'step': step}


def log(run, start, records, tail=''):
    folder = run / start / 'vis_data'
    folder.mkdir(parents=True)
    (folder / 'scalars.json').write_text(''.join(json.dumps(record) + '\n' for record in records) + tail)


def test_a_resumed_run_is_one_without_doubles(tmp_path):
    # killed at 40, with half a line; resumed from the checkpoint at 20
    first = [train(10, 0.9), train(20, 0.8), val(20, 25.0), train(30, 0.7), train(40, 0.6), val(40, 26.0)]
    log(tmp_path, '20260101_000000', first, tail='{"lr": 0.001, "lo')
    log(tmp_path, '20260102_000000', [train(30, 0.5, 1.5), train(40, 0.4, 1.5), val(40, 27.0)])
    log(tmp_path, '20260103_000000', [])  # a start that failed
    run = read_run(tmp_path)
    assert series(run, 'loss') == ([10, 20, 30, 40], [0.9, 0.8, 0.5, 0.4])
    assert series(run, 'Set5/PSNR') == ([20, 40], [25.0, 27.0])
    # 20 iterations of 0.5 s, then 20 of 1.5 s; validation does not count
    assert series(run, 'Set5/PSNR', by_seconds=True) == ([10.0, 40.0], [25.0, 27.0])
    assert score_names([run]) == ['Set5/PSNR']


def test_validation_between_checkpoint_and_next_record_is_not_doubled(tmp_path):
    log(tmp_path, '1', [train(100, 0.9), val(100, 1.0), val(150, 2.0)])
    log(tmp_path, '2', [val(150, 3.0), train(200, 0.8)])
    assert series(read_run(tmp_path), 'Set5/PSNR') == ([100, 150], [1.0, 3.0])


def test_a_new_run_in_the_same_place_replaces_the_old(tmp_path):
    log(tmp_path, '1', [train(10, 0.9), train(20, 0.8)])
    log(tmp_path, '2', [train(10, 0.7)])
    assert series(read_run(tmp_path), 'loss') == ([10], [0.7])


def test_epochs_become_iterations(tmp_path):
    log(tmp_path, '1', [train(50, 0.9, epoch=1), val(1, 20.0), train(100, 0.8, epoch=2), val(2, 21.0)])
    assert series(read_run(tmp_path), 'Set5/PSNR') == ([50, 100], [20.0, 21.0])


def test_one_start_and_one_file(tmp_path):
    log(tmp_path, '1', [train(10, 0.9)])
    log(tmp_path, '2', [train(20, 0.8)])
    assert series(read_run(tmp_path / '2'), 'loss') == ([20], [0.8])
    assert series(read_run(tmp_path / '1/vis_data/scalars.json'), 'loss') == ([10], [0.9])


def test_as_a_table(tmp_path):
    log(tmp_path, '1', [train(10, 0.9), val(10, 25.0)])
    stream = io.StringIO()
    write_csv({'a,b': read_run(tmp_path)}, stream)
    assert stream.getvalue().splitlines() == [
        'run,step,seconds,lr,loss,Set5/PSNR',
        '"a,b",10,5.000,0.001,0.9,',
        '"a,b",10,5.000,,,25.0',
    ]


def test_nothing_logged(tmp_path):
    with pytest.raises(InputError, match='give the work directory of a run'):
        read_run(tmp_path)
    with pytest.raises(InputError, match='give the work directory of a run'):
        read_run(tmp_path / 'absent')
