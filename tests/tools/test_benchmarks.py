"""That the benchmarks run and reckon right; no time is judged."""

import json
import sys

import pytest

PEER = f"""{sys.executable} -c 'print("RESULT", dict(iter_s=1e6).__repr__().replace(chr(39), chr(34)))'"""


def result(done) -> dict:
    assert done.status == 0, done.err
    return json.loads(done.out.splitlines()[-1].removeprefix('RESULT '))


def test_train(call, write):
    figures = result(call('benchmarks/train.py', write(), '--iters', '3', '--rounds', '1', '--bare', '--peer', PEER))
    assert figures['peer_s'] == 1e6
    assert figures['times_faster'] == pytest.approx(1e6 / figures['iter_s'])
    assert figures['runner_cost'] == figures['iter_s'] / figures['bare_s'] - 1
    assert 0 <= figures['data_s'] < figures['iter_s']


def test_a_peer_that_fails_is_quoted(call, write):
    done = call('benchmarks/train.py', write(), '--iters', '3', '--rounds', '1', '--peer', 'false')
    assert done.status == 1
    assert 'false: no RESULT line' in done.err


def test_mixed_precision(call, write, tmp_path):
    out = tmp_path / 'runs.json'
    arguments = ['benchmarks/mixed_precision.py', write(), '--iters', '2', '--seeds', '0', '--emulate', '--out', out]
    figures = result(call(*arguments))
    runs = json.loads(out.read_text())
    assert runs.keys() == {'float32, seed 0', 'bfloat16, seed 0'}
    assert 0 < abs(figures['mean_difference']) < 0.5
    out.write_text(json.dumps(dict.fromkeys(runs, 30.0)))
    assert result(call(*arguments))['mean_difference'] == 0  # what is finished is not done again
