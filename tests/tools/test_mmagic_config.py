"""Configs of MMagic's work as they are, but for ``default_scope``: one of the same make, and the original."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from srcnn.image.io import write_image
from srcnn.image.resize import imresize

ROOT = Path(__file__).resolve().parents[2]
OURS = Path(__file__).parent / 'mmagic_style' / 'leaf.py'
DEAD = "warning: model.test_cfg: ['crop_border', 'metrics'] have no effect; the evaluators decide.\n"
THEIRS = 'srcnn/srcnn_x4k915_1xb16-1000k_div2k.py'


def lay_out(data: Path) -> None:
    """The folders that MMagic's config names, with five small pairs in each."""
    rng = np.random.default_rng(0)
    for root, hr_folder, lr_folder in (
        ('Set5', 'GTmod12', 'LRbicx4'),
        ('Set14', 'GTmod12', 'LRbicx4'),
        ('DIV2K', 'DIV2K_train_HR_sub', 'DIV2K_train_LR_bicubic/X4_sub'),
    ):
        for folder in (hr_folder, lr_folder):
            (data / root / folder).mkdir(parents=True)
        for i in range(5):
            hr = imresize(rng.integers(0, 256, (12, 13, 3), dtype=np.uint8), size=(132, 144))
            write_image(data / root / hr_folder / f'{i}_s000.png', hr)
            write_image(data / root / lr_folder / f'{i}_s000.png', imresize(hr, 1 / 4, convention='double'))
    for count in (100, 800):
        lines = ''.join(f'{i}_s000.png (132,144,3)\n' for i in range(5))
        (data / 'DIV2K' / f'meta_info_DIV2K{count}sub_GT.txt').write_text(lines)


@pytest.fixture(params=['ours', 'theirs'])
def config(request) -> Path:
    if request.param == 'ours':
        return OURS
    folder = os.environ.get('SRCNN_MMAGIC_CONFIGS')
    if not folder:
        pytest.skip("SRCNN_MMAGIC_CONFIGS is not set; it names the folder .mim/configs of MMagic's wheel")
    return Path(folder) / THEIRS


def test_trains_validates_checkpoints_and_tests(config, tmp_path):
    lay_out(tmp_path / 'data')
    scope = ['--cfg-options', 'default_scope=srcnn']
    short = ['train_cfg.max_iters=2', 'train_cfg.val_interval=2', 'default_hooks.checkpoint.interval=2']

    def tool(name: str, *arguments: str) -> str:
        command = [sys.executable, str(ROOT / 'tools' / name), str(config), *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stderr == DEAD  # named once, and nothing else is complained of
        return done.stdout

    tool('train.py', *scope, *short)
    [run] = (tmp_path / 'work_dirs').iterdir()
    assert {'iter_2.pth', 'best_PSNR_iter_2.pth', 'last_checkpoint'} <= {path.name for path in run.iterdir()}
    [scalars] = run.glob('*/vis_data/scalars.json')
    rows = [json.loads(line) for line in scalars.read_text().splitlines()]
    assert rows[-1].keys() >= {'MAE', 'PSNR', 'SSIM'}
    assert rows[-1]['step'] == 2
    assert len(list(run.glob('*/vis_data/vis_image/*_2.png'))) == 5

    tool('test.py', str(run / 'best_PSNR_iter_2.pth'), '--out', 'scores.json', *scope)
    scores = json.loads((tmp_path / 'scores.json').read_text())
    assert {f'{name}/{metric}' for name in ('Set5', 'Set14', 'DIV2K') for metric in ('PSNR', 'SSIM')} <= scores.keys()
    assert scores['Set5/PSNR'] == pytest.approx(rows[-1]['PSNR'], abs=1e-6)
