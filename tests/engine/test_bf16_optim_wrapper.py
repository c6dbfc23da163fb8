import pytest
import torch

from srcnn import InputError
from srcnn.engine.bf16_optim_wrapper import Bf16OptimWrapper


def test_computes_in_bf16_and_keeps_weights_in_fp32():
    layer = torch.nn.Linear(4, 4)
    wrapper = Bf16OptimWrapper(torch.optim.SGD(layer.parameters(), lr=0.1))
    with wrapper.optim_context(layer):
        out = layer(torch.ones(1, 4))
    assert out.dtype == torch.bfloat16
    before = layer.weight.clone()
    wrapper.update_params(out.float().sum())
    assert layer.weight.dtype == torch.float32
    assert not torch.equal(layer.weight, before)


def test_fp16_is_refused():
    layer = torch.nn.Linear(1, 1)
    with pytest.raises(InputError, match='float16'):
        Bf16OptimWrapper(torch.optim.SGD(layer.parameters(), lr=0.1), dtype='float16')
