import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np

from srcnn.image.io import write_image

ROOT = Path(__file__).resolve().parents[2]


def test_times_ours_and_another(tmp_path):
    (tmp_path / 'photos').mkdir()
    for name in 'ab':
        write_image(tmp_path / 'photos' / f'{name}.png', np.full((72, 60, 3), 7, np.uint8))
    peer = f"{shlex.quote(sys.executable)} -c \"import os; os.rename(r'{{source}}', r'{{out}}/moved')\""
    command = [sys.executable, 'tools/benchmarks/prepare.py', str(tmp_path / 'photos'), '--rounds', '1']
    options = ['--peer-command', peer, '--png', 'stored']
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1].removeprefix('RESULT '))
    assert figures['images'] == 2
    assert figures['ours_s'] > figures['first_sample_s'] > 0
    assert figures['ratio'] == figures['peer_s'] / figures['ours_s']
    assert [path.name for path in tmp_path.iterdir()] == ['photos']
    done = subprocess.run([*command, '--peer-command', 'exit 3'], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'exit 3 failed with status 3' in done.stderr
