import csv
import json
import re
import shutil
import time

from srcnn.image.io import read_image

TOOL = 'analysis_tools/plot_curves.py'


def test_a_real_run_stopped_and_resumed(call, write, tmp_path):
    config = write()
    assert call('train.py', config).status == 0
    time.sleep(1)  # the folder of a start is named by its second
    assert call('train.py', config, '--resume', '--cfg-options', 'train_cfg.max_iters=8').status == 0
    starts = sorted((tmp_path / 'run').glob('*/vis_data/scalars.json'))
    assert len(starts) == 2
    out = tmp_path / 'new/curves.pdf', tmp_path / 'curves.png', tmp_path / 'curves.csv'
    start = shutil.copytree(starts[0].parents[1], tmp_path / 'lr=1')
    done = call(TOOL, f'tiny (b=1)={tmp_path / "run"}', start, '--out', *out)
    assert (done.status, done.err) == (0, '')
    assert 'tiny (b=1): 12 records to iteration 8' in done.out
    assert 'scores: PSNR, SSIM;' in done.out
    rows = list(csv.DictReader(out[2].open()))
    tiny = [row for row in rows if row['run'] == 'tiny (b=1)']
    assert {row['run'] for row in rows} == {'tiny (b=1)', 'lr=1'}
    assert [int(row['step']) for row in tiny if row['loss']] == list(range(1, 9))
    logged = [json.loads(line) for start in starts for line in start.read_text().splitlines()]
    assert [float(row['PSNR']) for row in tiny if row['PSNR']] == [line['PSNR'] for line in logged if 'PSNR' in line]
    times = [line['time'] for line in logged if 'iter' in line]
    assert float(tiny[-1]['seconds']) == round(sum(times), 3)
    assert read_image(out[1]).shape[1] == 2100
    assert len(re.findall(rb'/Type /Page\b', out[0].read_bytes())) == 1


def test_faults(call, tmp_path):
    done = call(TOOL, tmp_path, '--out', tmp_path / 'a.png')
    assert len(done.errors) == 1
    assert 'give the work directory of a run' in done.err
    (tmp_path / 'run/1/vis_data').mkdir(parents=True)
    (tmp_path / 'run/1/vis_data/scalars.json').write_text('{"loss": 1, "iter": 1, "step": 1}\n')
    assert (
        'cannot be written' in call(TOOL, tmp_path / 'run', '--out', tmp_path / 'run/1/vis_data/scalars.json/a.csv').err
    )
    assert 'figures are written as' in call(TOOL, tmp_path, '--out', tmp_path / 'a.jpg').err
