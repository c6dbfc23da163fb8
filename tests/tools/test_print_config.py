import re
import subprocess
import sys
from pathlib import Path

from mmengine.config import Config

ROOT = Path(__file__).resolve().parents[2]
TOOL = 'analysis_tools/print_config.py'
CONFIG = ROOT / 'configs/srcnn/srcnn_x4k915_1xb16-1000k_div2k.py'


def test_what_is_printed_is_the_whole_config(call, tmp_path):
    done = call(TOOL, CONFIG, '--check', '--cfg-options', 'train_cfg.max_iters=7')
    assert (done.status, done.err) == (0, '')
    assert '# checked' in done.out
    (tmp_path / 'printed.py').write_text(done.out)
    expected = Config.fromfile(CONFIG)
    expected.train_cfg.max_iters = 7
    assert Config.fromfile(tmp_path / 'printed.py').to_dict() == expected.to_dict()


def test_faults(call, write):
    for arguments, message in (
        (['none.py'], r'none\.py: no such config file'),
        ([write(), '--check', '--cfg-options', 'model.typ=1'], r"model: unknown key 'typ'"),
        ([write(), '--cfg-options', 'test_evaluator.x.y=1'], '--cfg-options'),
    ):
        done = call(TOOL, *arguments)
        assert done.status == 1
        assert len(done.errors) == 1
        assert re.search(message, done.err)


def test_a_reader_that_goes_away():
    command = [sys.executable, str(ROOT / 'tools' / TOOL), str(CONFIG)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b''
    process.stderr.close()
    assert process.wait() == 0
