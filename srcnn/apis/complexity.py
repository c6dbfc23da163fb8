"""What a network costs: parameters, multiply-adds, activations, and how fast this machine is at it."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

_WEIGHTED = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d, nn.Linear)


@dataclass(frozen=True)
class Complexity:
    """Of one forward pass.

    Attributes:
        parameters: Numbers that are learned.
        multiply_adds: Of convolutions and matrix products; interpolation and activation functions are not counted. Two
            floating-point operations each.
        activations: Numbers that convolutions and linear layers give out (Radosavovic et al., "Designing network design
            spaces", 2020).
        output: Shape of the output.
    """

    parameters: int
    multiply_adds: int
    activations: int
    output: tuple[int, ...]


def complexity(network: nn.Module, inputs: Tensor) -> Complexity:
    """Count while ``network`` computes ``inputs``, (N, C, h, w)."""
    sizes: list[int] = []
    layers = [layer for layer in network.modules() if isinstance(layer, _WEIGHTED)]
    hooks = [layer.register_forward_hook(lambda layer, given, out: sizes.append(out.numel())) for layer in layers]
    try:
        with torch.no_grad():
            output = network(inputs)
    finally:
        for hook in hooks:
            hook.remove()
    parameters = sum(p.numel() for p in network.parameters() if p.requires_grad)
    with torch.no_grad():
        flops = count_flops(lambda: network(inputs))
    return Complexity(parameters, flops // 2, sum(sizes), tuple(output.shape))


def count_flops(function: Callable[[], object]) -> int:
    """Floating-point operations of convolutions and matrix products in a call of ``function``, backward passes too."""
    with FlopCounterMode(display=False) as counter:
        function()
    return counter.get_total_flops()


def seconds_per_call(function: Callable[[], object], device: torch.device, calls: int = 10) -> float:
    """Median of ``calls`` calls, after two to warm up."""
    times = []
    for _ in range(calls + 2):
        _wait_for(device)
        start = time.perf_counter()
        function()
        _wait_for(device)
        times.append(time.perf_counter() - start)
    return statistics.median(times[2:])


def peak_flops(device: torch.device, dtype: torch.dtype, size: int = 2048) -> float:
    """Floating-point operations per second of a square matrix product, the best of ten.

    What the machine really gives, to be compared with: not what its maker states.
    """
    a, b = (torch.rand(size, size, device=device).to(dtype) for _ in range(2))
    return 2 * size**3 / min(seconds_per_call(lambda: a @ b, device, calls=1) for _ in range(10))


def _wait_for(device: torch.device) -> None:
    if device.type == 'cuda':
        torch.cuda.synchronize(device)
