import warnings

import pytest
import torch
from mmengine.optim import OptimWrapper
from mmengine.registry import PARAM_SCHEDULERS
from torch import nn

from srcnn.engine.resident.schedule_ahead import ScheduleAhead

SCHEDULES = [
    [],
    [{'type': 'CosineRestartLR', 'periods': [7, 9], 'restart_weights': [1, 0.5], 'eta_min': 1e-7}],
    [{'type': 'LinearLR', 'start_factor': 0.1, 'end': 5}, {'type': 'MultiStepLR', 'milestones': [8, 12], 'begin': 5}],
    [{'type': 'ExponentialLR', 'gamma': 0.9}, {'type': 'StepLR', 'step_size': 1, 'by_epoch': True}],
]


@pytest.mark.parametrize('cfgs', SCHEDULES)
def test_foretells_what_the_schedulers_do(cfgs):
    layers = nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)])
    groups = [{'params': layers[0].parameters()}, {'params': layers[1].parameters(), 'lr': 1e-5}]
    wrapper = OptimWrapper(torch.optim.Adam(groups, lr=1e-3))
    schedulers = [PARAM_SCHEDULERS.build({'by_epoch': False, 'optimizer': wrapper, **cfg}) for cfg in cfgs]
    wrapper._global_step = 0
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        for count in (4, 1, 11):  # from wherever they stand
            foretold = ScheduleAhead(schedulers, wrapper)
            foretold = foretold.take(count - 1) + foretold.take(1)
            actual = []
            for _ in range(count):
                actual.append([group['lr'] for group in wrapper.param_groups])
                for scheduler in schedulers:
                    if not scheduler.by_epoch:
                        scheduler.step()
            assert foretold == actual
