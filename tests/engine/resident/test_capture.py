import torch
from torch import nn

from srcnn.engine.resident.capture import record, undone


def test_what_steps_do_is_undone_in_place():
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Dropout())
    optimizer = torch.optim.Adam([{'params': model[0].parameters()}, {'params': model[1].parameters()}])

    def step() -> None:
        optimizer.zero_grad()
        model(torch.rand(4, 3)).sum().backward()
        optimizer.step()

    places = [tensor.data_ptr() for tensor in model.state_dict().values()]
    for begun in (False, True):  # before the first step, and in the middle of a run
        before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        moments = [value.clone() for state in optimizer.state.values() for value in state.values()]
        drawn = torch.get_rng_state()
        with undone(model, optimizer):
            step()
            step()
        assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
        after = [value for state in optimizer.state.values() for value in state.values()]
        assert len(after) == 12
        assert all(map(torch.equal, after, moments)) if begun else not any(map(torch.any, after))
        assert torch.equal(torch.get_rng_state(), drawn)
        step()
    assert [tensor.data_ptr() for tensor in model.state_dict().values()] == places


def test_without_cuda_nothing_is_recorded():
    def steps() -> None: ...

    assert record(steps, None) is steps
