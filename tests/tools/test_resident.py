import json

import pytest

LOOP = {'train_cfg.type': 'ResidentTrainLoop', 'train_cfg.steps_per_graph': 2}


def test_times_a_whole_recipe(call, write):
    done = call('benchmarks/resident.py', write(**LOOP), '--iters', 6, '--every', 3, '--images', 2)
    assert done.status == 0
    figures = json.loads(done.out.splitlines()[-1].removeprefix('RESULT '))
    assert figures['iter_ms'] == pytest.approx(figures['step_ms'] + figures['validation_s'] / 3 * 1e3, abs=0.2)
    assert figures['hours'] == pytest.approx(figures['iter_ms'] / 3.6, rel=1e-2)
    assert 0 < figures['share_of_peak'] < 1


def test_needs_two_validations(call, write):
    done = call('benchmarks/resident.py', write(**LOOP), '--iters', 3, '--every', 3)
    assert (done.status, done.err.count('at least 6')) == (1, 1)
