import numpy as np
import pytest
import torch

from srcnn import InputError
from srcnn.image.io import read_image
from srcnn.visualization import ConcatImageVisualizer, concat_image_visualizer
from srcnn.visualization.concat_image_visualizer import to_picture

RED = torch.tensor([255, 0, 0], dtype=torch.uint8)[:, None, None]


def sample(**changes) -> dict:
    """A red 2x3 low-resolution image, and its 8x12 versions."""
    return {
        'img': RED.expand(3, 2, 3),
        'pred': torch.full((3, 8, 12), 99.6),
        'gt': torch.zeros((3, 8, 12), dtype=torch.uint8),
        'gt_path': 'folder/a.b.png',
        **changes,
    }


def make(tmp_path, name, **arguments) -> ConcatImageVisualizer:
    backends = [{'type': 'LocalVisBackend'}]
    return ConcatImageVisualizer(name=name, vis_backends=backends, save_dir=str(tmp_path), **arguments)


def test_one_picture_for_each_sample(tmp_path):
    make(tmp_path, 'one').add_datasample(sample(), step=7)
    picture = read_image(tmp_path / 'vis_data' / 'vis_image' / 'a.b_7.png')
    assert picture.shape == (8, 3 + 12 + 12, 3)
    assert (picture[:2, :3] == (255, 0, 0)).all()  # RGB, not BGR
    assert (picture[2:, :3] == 127).all()
    assert (picture[:, 3:15] == 100).all()
    assert (picture[:, 15:] == 0).all()


def test_mmagics_names_of_the_images(tmp_path):
    make(tmp_path, 'theirs', img_keys=['gt_img', 'input', 'pred_img'], bgr2rgb=True).add_datasample(sample())
    picture = read_image(tmp_path / 'vis_data' / 'vis_image' / 'a.b_0.png')
    assert (picture[:, :12] == 0).all()
    assert (picture[:2, 12:15] == (255, 0, 0)).all()
    assert (picture[:, 15:] == 100).all()


@pytest.mark.parametrize('first', [True, False])
def test_every_process_writes_files_and_one_keeps_the_record(tmp_path, monkeypatch, first):
    pytest.importorskip('tensorboard')
    monkeypatch.setattr(concat_image_visualizer, 'is_main_process', lambda: first)
    backends = [{'type': 'LocalVisBackend'}, {'type': 'TensorboardVisBackend'}]
    visualizer = ConcatImageVisualizer(name=f'process{first}', vis_backends=backends, save_dir=str(tmp_path))
    visualizer.add_datasample(sample())
    visualizer.close()
    assert (tmp_path / 'vis_data' / 'vis_image' / 'a.b_0.png').is_file()
    assert bool(list(tmp_path.rglob('events.out.tfevents*'))) == first


@pytest.mark.parametrize(('arguments', 'key'), [({'fn_key': 'lq_path'}, 'lq_path'), ({'img_keys': ['lr']}, 'lr')])
def test_a_key_that_no_sample_has(tmp_path, arguments, key):
    with pytest.raises(InputError, match=f"no '{key}' in the sample .*; correct fn_key and img_keys"):
        make(tmp_path, key, **arguments).add_datasample(sample())


@pytest.mark.parametrize(
    ('pixels', 'expected'),
    [
        (torch.tensor([-3.0, 0.49, 0.5, 254.5, 300.0]), [0, 0, 1, 255, 255]),
        (torch.tensor([0, 128, 129, 65535], dtype=torch.uint16), [0, 0, 1, 255]),
        (torch.tensor([0, 255], dtype=torch.uint8), [0, 255]),
    ],
)
def test_rounds_clips_and_repeats_gray(pixels, expected):
    picture = to_picture(pixels[None, None])
    assert picture.dtype == np.uint8
    assert picture.tolist() == [[[value] * 3 for value in expected]]


def test_drops_alpha():
    assert to_picture(torch.zeros(4, 2, 2)).shape == (2, 2, 3)
