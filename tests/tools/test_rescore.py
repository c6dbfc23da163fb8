import csv
import json
import re

import pytest

RESCORE = 'analysis_tools/rescore.py'


@pytest.fixture
def run(call, write, tmp_path):
    """Work directory of a run with checkpoints after 2 and 4 iterations, one of them also as the best."""
    assert call('train.py', write()).status == 0
    return tmp_path / 'run'


def test_every_checkpoint_once(call, run, tmp_path):
    config = tmp_path / 'tiny.py'
    done = call(RESCORE, run)
    assert (done.status, done.err) == (0, '')
    table = json.loads((run / 'rescore/scores.json').read_text())
    assert [row['checkpoint'] for row in table['rows']] == ['iter_2.pth', 'iter_4.pth']
    # the same as by tools/test.py
    for row in table['rows']:
        name = ['--cfg-options', f'experiment_name={row["number"]}', 'custom_hooks=[]']
        assert call('test.py', config, run / row['checkpoint'], '--out', tmp_path / 'one.json', *name).status == 0
        report = json.loads((tmp_path / 'one.json').read_text())
        assert row['scores'] == {'Tiny/PSNR': report['Tiny/PSNR']}
    assert table['protocol'] == report['protocol']
    best = max(table['rows'], key=lambda row: row['scores']['Tiny/PSNR'])
    assert table['best'] == {'Tiny/PSNR': best['checkpoint']}
    assert re.search(rf'{best["checkpoint"]} +{best["scores"]["Tiny/PSNR"]:.4f}\*', done.out)
    rows = list(csv.DictReader((run / 'rescore/scores.csv').open()))
    assert [row['checkpoint'] for row in rows if row['best']] == [best['checkpoint']]

    # again: only what has changed
    (run / 'iter_4.pth').rename(run / 'iter_6.pth')
    for path in run.glob('best_*.pth'):
        path.unlink()
    (run / 'iter_8.pth').write_bytes(b'not a checkpoint')
    done = call(RESCORE, run, '--cfg-options', 'experiment_name=again')
    assert done.status == 1
    assert '3 checkpoints, 1 of them in the table' in done.out
    assert len(done.errors) == 1
    assert 'iter_8.pth' in done.err
    again = json.loads((run / 'rescore/scores.json').read_text())
    assert [row['checkpoint'] for row in again['rows']] == ['iter_2.pth', 'iter_6.pth']
    assert again['rows'][1]['scores'] == table['rows'][1]['scores']
    (run / 'iter_8.pth').unlink()

    # another protocol: all of it
    options = ['--cfg-options', 'test_evaluator.0.metrics.0.convert_to=Y', 'experiment_name=other']
    done = call(RESCORE, run, config, '--work-dir', run / 'rescore', *options)
    assert '2 checkpoints, 0 of them in the table' in done.out
    assert json.loads((run / 'rescore/scores.json').read_text())['protocol']['Tiny/PSNR'].startswith('Y (BT.601)')


def test_faults(call, write, tmp_path):
    assert 'no iter_*.pth' in call(RESCORE, tmp_path).err
    (tmp_path / 'iter_1.pth').touch()
    (tmp_path / 'config.py').write_text('model = dict()\n')
    done = call(RESCORE, tmp_path)
    assert len(done.errors) == 1
    assert 'test_cfg' in done.err
