"""That the benchmarks of a trained network's use run and reckon right; no time is judged."""

import json
import sys

import pytest


def result(done) -> dict:
    assert done.status == 0, done.err
    return json.loads(done.out.splitlines()[-1].removeprefix('RESULT '))


def peer(figures):
    return f"""{sys.executable} -c 'print("RESULT {json.dumps(figures).replace('"', chr(92) + '"')}")'"""


@pytest.mark.parametrize('name', ['infer', 'ssim'])
def test_against_a_peer(call, name):
    options = ['--size', '40x30', '--rounds', '1', '--repeats', '1', '--peer', peer({'median_s': 1e6, 'ssim': 0.25})]
    figures = result(call(f'benchmarks/{name}.py', *options))
    assert figures['peer_s'] == 1e6
    assert figures['times_faster'] == pytest.approx(1e6 / figures['median_s'])
    if name == 'ssim':
        assert figures['difference'] == figures['ssim'] - 0.25
    else:
        assert figures['megapixels'] == 160 * 120 / 1e6


def test_growth(call):
    figures = result(call('benchmarks/infer.py', '--megapixels', '0.04', '--tile', '16'))
    assert figures['megapixels'] == 0.04
