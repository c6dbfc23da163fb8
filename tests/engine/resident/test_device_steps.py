"""Against mmengine's own step on the same patches."""

import copy
from types import SimpleNamespace

import pytest
import torch
from mmengine.optim import OptimWrapper

from srcnn.datasets.infinite_sampler import InfiniteSampler
from srcnn.datasets.resident import DevicePatches, HostPatches, PatchDraws, decoded_pairs
from srcnn.engine.bf16_optim_wrapper import Bf16OptimWrapper
from srcnn.engine.resident import DeviceSteps, device_steps
from srcnn.engine.resident.fused_update import fused_update
from srcnn.registry import MODELS
from tests.conftest import tiny_config
from tests.datasets.resident.conftest import training_set

RATES = [[1e-3], [5e-4], [2e-4], [1e-4], [5e-5], [2e-5], [1e-5]]


@pytest.fixture
def twins(pairs, tmp_path):
    model = MODELS.build(tiny_config(pairs, tmp_path).model)
    return model.train(), copy.deepcopy(model).train()


@pytest.fixture
def patches(pairs):
    def make(kind):
        decoded = decoded_pairs(training_set(pairs))
        draws = PatchDraws(InfiniteSampler(decoded.names, seed=5), decoded.recipe, decoded.low_sizes, batch_size=4)
        return kind(decoded, draws, torch.device('cpu'), 3)

    return make


@pytest.mark.parametrize('wrapper', [OptimWrapper, Bf16OptimWrapper])
@pytest.mark.parametrize('clip', [None, {'max_norm': 0.5}, {'type': 'value', 'clip_value': 0.01}])
@pytest.mark.parametrize('kind', [HostPatches, DevicePatches])
def test_losses_and_weights_are_those_of_single_steps(twins, patches, wrapper, clip, kind):
    wrappers = [wrapper(torch.optim.Adam(model.parameters()), clip_grad=copy.copy(clip)) for model in twins]
    expected, norms, source = [], [], patches(kind)
    for i, [rate] in enumerate(RATES):
        low, high = source.batch(4 * i)
        wrappers[0].param_groups[0]['lr'] = rate
        found = twins[0].train_step({'inputs': low, 'data_samples': {'gt': high}}, wrappers[0])
        expected.append(found['loss'].item())
        if clip and 'max_norm' in clip:
            norms.append(wrappers[0].message_hub.get_scalar('train/grad_norm').current())
    steps = DeviceSteps(twins[1], wrappers[1], source, capacity=3)
    rows = [row for i in (0, 3, 6) for row in steps.launch(4 * i, RATES[i : i + 3]).rows()]
    assert [row['loss'] for row in rows] == pytest.approx(expected, rel=1e-5)
    assert [row['grad_norm'] for row in rows if 'grad_norm' in row] == pytest.approx(norms, rel=1e-4)
    for a, b in zip(twins[0].parameters(), twins[1].parameters()):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)


def test_nothing_is_updated_from_a_bad_loss_on(twins, patches, monkeypatch):
    model, source = twins[0], patches(HostPatches)
    steps = DeviceSteps(model, OptimWrapper(torch.optim.Adam(model.parameters())), source, capacity=3)
    steps.launch(0, RATES[:2])
    before = copy.deepcopy(model.state_dict())
    forward, calls = model.pixel_loss.forward, iter([1.0, float('nan'), 1.0])
    monkeypatch.setattr(model.pixel_loss, 'forward', lambda *images: forward(*images) * next(calls))
    assert steps.launch(8, RATES[2:3]).rows()[0]['loss'] > 0
    assert any(not torch.equal(value, before[name]) for name, value in model.state_dict().items())
    before = copy.deepcopy(model.state_dict())
    bad, good = steps.launch(12, RATES[3:5]).rows()
    assert bad['loss'] != bad['loss']
    assert good['loss'] > 0
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_warming_up_leaves_no_trace(twins, patches, monkeypatch):
    """What is done before a capture, with the GPU's part left out: the steps after it are those of a run without."""
    rows = []
    for model, warm in zip(twins, (False, True)):
        wrapper = OptimWrapper(torch.optim.Adam(model.parameters()))
        steps = DeviceSteps(model, wrapper, patches(HostPatches), capacity=3)
        if warm:
            monkeypatch.setattr(torch.cuda, 'Stream', lambda device: device)
            monkeypatch.setattr(device_steps, 'warm_up', lambda step, stream: [step() for _ in range(3)])
            monkeypatch.setattr(device_steps, 'record', lambda steps, stream: steps)
            steps.patches.load(0, 3)
            steps.device = SimpleNamespace(type='cuda')
            with fused_update(wrapper.optimizer, steps._rates, steps._bad):
                steps._prepare()
            steps.device = torch.device('cpu')
        rows.append(steps.launch(0, RATES[:3]).rows() + steps.launch(12, RATES[3:5]).rows())
    assert rows[0] == rows[1]
    assert all(torch.equal(a, b) for a, b in zip(twins[0].parameters(), twins[1].parameters()))
