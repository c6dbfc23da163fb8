"""The published checkpoint, through ONNX Runtime, gives the published score."""

import re

import pytest

from tests.conftest import ROOT

TOOL = 'model_converters/export.py'
CONFIG = ROOT / 'configs/srcnn/srcnn_x4k915_1xb16-1000k_div2k.py'


@pytest.fixture
def published(shared):
    for name in ('onnx', 'onnxruntime', 'onnxscript'):
        pytest.importorskip(name)
    return next((shared / 'checkpoints').glob('srcnn_x4k915*.pth'))


def lost(out: str) -> tuple[float, float]:
    scores = re.findall(r'(\d+\.\d+) dB(?!\w| lost)', out)
    return float(scores[0]), float(scores[1])


def test_onnx(published, shared, tmp_path, call):
    out = tmp_path / 'srcnn.onnx'
    done = call(TOOL, published, out, '--config', CONFIG, '--check', shared / 'data' / 'Set5' / 'HR')
    assert done.errors == []
    assert lost(done.out) == pytest.approx((28.4316, 28.4316), abs=1e-4)


@pytest.mark.slow
def test_int8(published, shared, tmp_path, call):
    originals = ['--check', shared / 'data' / 'Set5' / 'HR', '--int8', shared / 'data' / 'T91']
    done = call(TOOL, published, tmp_path / 'srcnn.onnx', '--scale', 4, *originals)
    assert done.errors == []
    model, exported = lost(done.out)
    assert model == pytest.approx(28.4316, abs=1e-4)
    assert exported > model - 0.1


def test_no_pictures(tmp_path, call):
    done = call(TOOL, 'a.pth', tmp_path / 'a.onnx', '--check', tmp_path)
    assert 'no pictures here' in done.errors[0]
    assert 'ONNX' in call(TOOL, 'a.pth', tmp_path / 'a.pt2', '--int8', tmp_path).errors[0]
