import json

import numpy as np
from mmengine.logging import MMLogger

from srcnn.image.io import read_image
from srcnn.visualization import LocalVisBackend

RED = np.broadcast_to(np.array([255, 0, 0], np.uint8), (4, 6, 3))


def test_scores_are_lines_and_pictures_may_have_a_folder(tmp_path):
    backend = LocalVisBackend(str(tmp_path))
    backend.add_scalars({'loss': 0.5}, step=1)
    backend.add_scalar('PSNR', np.float32(28.5), step=2)
    backend.add_image('Set5/a', RED, step=2)
    rows = [json.loads(line) for line in (tmp_path / 'scalars.json').read_text().splitlines()]
    assert rows == [{'loss': 0.5, 'step': 1}, {'PSNR': 28.5, 'step': 2}]
    assert (read_image(tmp_path / 'vis_image' / 'Set5' / 'a_2.png') == RED).all()


def test_what_cannot_be_written_is_said_once(tmp_path, capfd):
    MMLogger.get_instance('lost')
    backend = LocalVisBackend(str(tmp_path))
    (tmp_path / 'vis_image').write_text('in the way')
    (tmp_path / 'scalars.json').mkdir()
    backend.add_image('a', RED)
    backend.add_scalars({'loss': 0.25})
    said = capfd.readouterr().out
    assert said.count('cannot be written') == 1
    assert 'vis_image cannot be written: File exists. Scores and pictures are lost; the run goes on.' in said
