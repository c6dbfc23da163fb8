"""CUDA graphs, by the recipe for whole-network capture (docs.pytorch.org/docs/stable/notes/cuda.html)."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from srcnn.engine.random_state import random_state_kept

WARM_UP = 3  # calls before a capture: what is made or chosen at the first ones must be there


def warm_up(step: Callable[[], None], stream: torch.cuda.Stream) -> None:
    """Call ``step`` a few times on the stream that it will be captured on."""
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream), warnings.catch_warnings():
        warnings.filterwarnings('ignore', 'This instance was constructed with capturable=True')  # it will be captured
        for _ in range(WARM_UP):
            step()
    torch.cuda.current_stream().wait_stream(stream)


def record(steps: Callable[[], None], stream: torch.cuda.Stream | None) -> Callable[[], None]:
    """What does again whatever ``steps`` does: a CUDA graph of it, captured now; without a stream ``steps`` itself.

    ``steps`` must have been warmed up, and read and write fixed places of the memory only.
    """
    if stream is None:
        return steps
    graph = torch.cuda.CUDAGraph()
    # other threads of this process (one that pins memory, one that watches nccl) may go on meanwhile
    with torch.cuda.graph(graph, stream=stream, capture_error_mode='thread_local'):
        steps()
    return graph.replay


@contextmanager
def undone(model: nn.Module, optimizer: Optimizer) -> Iterator[None]:
    """What the block does to weights, buffers, optimizer and random numbers is put back, in the same memory.

    Optimizer states that the block makes are set to zero, as Adam, AdamW and SGD without dampening begin.
    """
    kept = [*model.parameters(), *model.buffers(), *_state_tensors(optimizer)]
    before = [tensor.detach().clone() for tensor in kept]
    with random_state_kept():
        yield
    known = {id(tensor) for tensor in kept}
    with torch.no_grad():
        for tensor, value in zip(kept, before):
            tensor.copy_(value)
        for tensor in _state_tensors(optimizer):
            if id(tensor) not in known:
                tensor.zero_()


def _state_tensors(optimizer: Optimizer) -> list[Tensor]:
    return [value for state in optimizer.state.values() for value in state.values() if isinstance(value, Tensor)]
