import copy

import pytest
import torch
from torch import nn

from srcnn.engine.resident.fused_update import fused_update, has_fused_form

RATES = (1e-2, 3e-3, 1e-3)


@pytest.fixture
def twins():
    torch.manual_seed(0)
    model = nn.Linear(5, 3)
    return model, copy.deepcopy(model)


def gradients(model: nn.Module, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for weight in model.parameters():
        weight.grad = torch.randn(weight.shape, generator=generator)


@pytest.mark.parametrize('kind', ['Adam', 'AdamW', 'SGD'])
def test_is_the_optimizer_of_the_config(twins, kind):
    arguments = {'momentum': 0.9} if kind == 'SGD' else {}
    plain, fused = (getattr(torch.optim, kind)(model.parameters(), lr=1.0, **arguments) for model in twins)
    assert has_fused_form(fused)
    groups = [{key: value for key, value in group.items() if key != 'params'} for group in fused.param_groups]
    rates, skip = torch.zeros(1), torch.zeros(())
    for i, rate in enumerate(RATES):
        for model in twins:
            gradients(model, i)
        plain.param_groups[0]['lr'] = rate
        plain.step()
        with fused_update(fused, rates, skip):
            rates.fill_(rate)
            fused.step()
    for a, b in zip(twins[0].parameters(), twins[1].parameters()):
        torch.testing.assert_close(a, b)
    assert [{key: value for key, value in group.items() if key != 'params'} for group in fused.param_groups] == groups
    assert str(fused.state_dict()['param_groups']).count('tensor') == 0
    with fused_update(fused, rates, skip):  # which holds for what it does not update as well
        skip.fill_(1)
        before = copy.deepcopy([*twins[1].parameters(), *fused.state_dict()['state'].values()])
        gradients(twins[1], 9)
        next(twins[1].parameters()).grad.fill_(float('nan'))
        fused.step()
    after = [*twins[1].parameters(), *fused.state_dict()['state'].values()]
    assert str(after) == str(before)


def test_goes_on_from_a_state_made_otherwise(twins):
    plain, fused = (torch.optim.Adam(model.parameters()) for model in twins)
    gradients(twins[0], 1)
    plain.step()
    fused.load_state_dict(copy.deepcopy(plain.state_dict()))
    next(iter(fused.state.values()))['step'] = 1.0  # as old versions of torch saved it
    twins[1].load_state_dict(twins[0].state_dict())
    for model in twins:
        gradients(model, 2)
    plain.step()
    with fused_update(fused, torch.tensor([1e-3]), torch.zeros(())):
        fused.step()
    for a, b in zip(twins[0].parameters(), twins[1].parameters()):
        torch.testing.assert_close(a, b)


def test_others_have_no_fused_form(twins):
    assert not has_fused_form(torch.optim.RMSprop(twins[0].parameters()))
    assert not has_fused_form(torch.optim.SGD(twins[0].parameters(), momentum=0.9, dampening=0.5))
