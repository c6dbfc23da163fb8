import subprocess
import sys
from pathlib import Path

import numpy as np

from srcnn.image.io import write_image

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, 'tools/dataset_converters/prepare.py', *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_prepare_report_and_verify(tmp_path):
    (tmp_path / 'photos').mkdir()
    for name in 'ab':
        write_image(tmp_path / 'photos' / f'{name}.png', np.full((30, 40, 3), 7, np.uint8))
    (tmp_path / 'photos' / 'bad.png').write_bytes(b'')
    done = run('--name', 'trip', '--source', tmp_path / 'photos', '--out', tmp_path, '--scales', 2)
    assert done.returncode == 1
    assert 'bad.png' in done.stderr
    assert 'Traceback' not in done.stderr
    assert sorted(path.name for path in (tmp_path / 'trip' / 'LRbicx2').iterdir()) == ['a.png', 'b.png']
    (tmp_path / 'photos' / 'bad.png').unlink()
    done = run('--name', 'trip', '--source', tmp_path / 'photos', '--out', tmp_path, '--scales', 2)
    assert done.returncode == 0
    assert '2 were there already' in done.stdout
    assert run('--name', 'trip', '--verify', '--out', tmp_path).returncode == 0
    (tmp_path / 'trip' / 'HR' / 'a.png').write_bytes(b'')
    done = run('--name', 'trip', '--verify', '--out', tmp_path)
    assert done.returncode == 1
    assert 'a.png' in done.stderr


def test_wrong_commands_say_what_is_wrong(tmp_path):
    for arguments, message in (
        (['Set5'], '--source'),
        (['Set6', '--source', tmp_path], 'Set6'),
        (['Set5', '--source', tmp_path / 'missing'], 'missing'),
        (['Set5', '--source', tmp_path], 'no images'),
        (['Set5', '--verify', '--out', tmp_path], 'not prepared'),
        (['--source', tmp_path], '--name'),
        (['Set5', '--source', tmp_path, '--stride', 3], '--sub-images'),
        (['T91', '--source', tmp_path, '--sub-images'], 'give a size in pixels'),
    ):
        done = run(*arguments)
        assert done.returncode
        assert message in done.stderr
        assert 'Traceback' not in done.stderr
