import importlib.util

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from srcnn import InputError
from srcnn.apis import export
from srcnn.apis.export import bicubic_by_convolution, compare, export_model, open_exported
from srcnn.apis.quantize import quantize, round_weights
from srcnn.models import SuperResolver
from srcnn.models.enlarged import Enlarged, enlarge
from tests.conftest import make_image

needs_onnx = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ('onnx', 'onnxruntime', 'onnxscript')),
    reason='pip install "srcnn[export]"',
)


def make_model(scale: int, mean: float = 0.0, std: float = 255.0, **changes) -> SuperResolver:
    torch.manual_seed(0)
    generator = {'type': 'SRCNNNet', 'channels': (3, 8, 4, 3), 'kernel_sizes': (5, 1, 3), 'upscale_factor': scale}
    return SuperResolver(generator=generator | changes, data_preprocessor={'mean': mean, 'std': std}).eval()


@pytest.mark.parametrize('scale', [2, 3, 4, 5, 8])
def test_bicubic_as_torch_has_it(scale):
    x = torch.rand(2, 3, 9, 7, dtype=torch.float64)
    for a, expected in ((-0.75, F.interpolate(x, scale_factor=scale, mode='bicubic')), (-0.5, enlarge(x, scale))):
        assert torch.allclose(bicubic_by_convolution(x, scale, a), expected, atol=1e-12)


@pytest.fixture(scope='module')
def made(tmp_path_factory) -> dict:
    """Path of an export by the kind of model, of each the model."""
    folder = tmp_path_factory.mktemp('export')
    paper = {'channels': (1, 8, 4, 1), 'padding_mode': 'replicate'}
    models = {'x4.onnx': make_model(4), 'x4.pt2': make_model(4), 'paper.onnx': make_model(1, 112, 50, **paper)}
    models['paper.onnx'].generator = Enlarged(models['paper.onnx'].generator, 3)
    for name, model in models.items():
        export_model(model, folder / name)
    return {folder / name: model for name, model in models.items()}


@needs_onnx
@torch.inference_mode()
def test_any_size_gives_what_torch_gives(made):
    for path, model in made.items():
        run = open_exported(path)
        channels = export.input_channels(model)
        for size in ((1, 8, 8), (2, 17, 30), (1, 100, 70), (1, 1, 1)):
            pixels = torch.rand(size[0], channels, *size[1:]) * 255
            expected = model.data_preprocessor.denormalize(model(model.data_preprocessor.normalize(pixels)))
            assert np.allclose(run((pixels / 255).numpy()), expected / 255, rtol=0, atol=1e-5), (path.name, size)


@needs_onnx
def test_8_bits_lose_little(made, tmp_path):
    path, model = next(iter(made.items()))
    pairs = [(make_image(128, 96, seed=i), make_image(32, 24, seed=i)) for i in range(4)]
    quantize(path, tmp_path / 'int8.onnx', [small for _, small in pairs[2:]])
    run = open_exported(tmp_path / 'int8.onnx')
    found = compare(model, run, pairs[:2])
    assert found.pictures == 2
    assert 0 < found.difference < 0.03
    assert abs(found.model - found.exported) < 0.1
    levels = run(export.to_input(pairs[0][1])) * 255
    assert np.allclose(levels, levels.round(), atol=1e-3)


def test_rounding_keeps_the_sums_over_what_the_layer_sees():
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(6, 3, 3, 3)).astype(np.float32)
    patches = torch.from_numpy(rng.normal(size=(500, 1)) + rng.normal(size=(500, 27)) * 0.05)  # alike, as in pictures
    whole, scale = round_weights(weight, patches.T @ patches)
    nearest = np.round(weight / scale[:, None, None, None])
    errors = [
        float(
            (patches @ torch.from_numpy((scale[:, None, None, None] * made - weight).reshape(6, 27)).T.double()).std()
        )
        for made in (whole, nearest)
    ]
    assert errors[0] < errors[1] / 2


@needs_onnx
@pytest.mark.slow
@torch.inference_mode()
def test_large_pictures(made):
    path, model = next(iter(made.items()))
    picture = torch.rand(1, 3, 1000, 700)
    assert np.allclose(open_exported(path)(picture.numpy()), model(picture).clamp(0, 1), rtol=0, atol=1e-4)


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r'\.onnx, or \.pt2'):
        export_model(make_model(2), tmp_path / 'a.pb')
    with pytest.raises(InputError, match='no such file'):
        open_exported(tmp_path / 'a.onnx')
    monkeypatch.setattr(export, 'find_spec', lambda name: None)
    with pytest.raises(InputError, match=r'onnx.*pip install "srcnn\[export\]"'):
        export_model(make_model(2), tmp_path / 'a.onnx')
    assert list(tmp_path.iterdir()) == []
