"""Many training steps at once, with nothing read from the device in between."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import torch
import torch.distributed as dist
from mmengine.dist import get_world_size
from mmengine.model import BaseModel
from mmengine.optim import OptimWrapper
from torch import Tensor

from srcnn.datasets.resident import PatchSource
from srcnn.engine.resident.capture import record, undone, warm_up
from srcnn.engine.resident.fused_update import fused_update


class Found(NamedTuple):
    """What some steps found, on its way to the host."""

    names: list[str]
    values: Tensor  # (steps, names)
    ready: torch.cuda.Event | None

    def rows(self) -> list[dict[str, float]]:
        """``{'loss': …}`` of every step; waits until they are done."""
        if self.ready is not None:
            self.ready.synchronize()
        return [dict(zip(self.names, row)) for row in self.values.tolist()]


class DeviceSteps:
    """The steps of a CUDA graph, replayed; on other devices the same steps, called.

    All that steps read and write lies in fixed places: the patches, a table of learning rates, the row that is next in
    both, what is found. From the first loss that is not finite on, nothing is updated any more.

    Args:
        model: Without the wrapper of several processes, which must be gone; gradients are averaged here.
        optim_wrapper: Of an optimizer that has a fused form; clipping and autocast are taken from it.
        patches: The data.
        capacity: Steps that ``launch`` takes at most. So many are one graph; fewer are single steps.
    """

    def __init__(self, model: BaseModel, optim_wrapper: OptimWrapper, patches: PatchSource, capacity: int) -> None:
        self.model = model
        self.optim_wrapper = optim_wrapper
        self.optimizer = optim_wrapper.optimizer
        self.patches = patches
        self.capacity = capacity
        groups = self.optimizer.param_groups
        self.weights = [weight for group in groups for weight in group['params'] if weight.requires_grad]
        self.device = self.weights[0].device
        self._row = torch.zeros(1, dtype=torch.int64, device=self.device)
        self._rates = torch.zeros(len(groups), device=self.device)
        self._rate_table = torch.zeros(capacity, len(groups), device=self.device)
        self._bad = torch.zeros((), device=self.device)  # above zero once a loss is not finite
        self._names: list[str] = []
        self._found = torch.empty(0, device=self.device)
        self._replay: dict[int, Callable[[], None]] = {}  # by number of steps

    def launch(self, first: int, rates: Sequence[Sequence[float]]) -> Found:
        """Start one step for each row of ``rates``, and do not wait for them.

        Args:
            first: Number of the first draw.
            rates: Learning rates of all groups of weights, for every step.
        """
        count = len(rates)
        self.patches.load(first, count)
        host = torch.tensor(rates, dtype=torch.float32)
        self._rate_table[:count].copy_(host.pin_memory() if self.device.type == 'cuda' else host, non_blocking=True)
        self._row.zero_()
        with fused_update(self.optimizer, self._rates, self._bad):
            if not self._replay:
                self._prepare()
            if count == self.capacity:
                self._replay[count]()
            else:
                for _ in range(count):
                    self._replay[1]()
        return self._read(count)

    def _prepare(self) -> None:
        stream = torch.cuda.Stream(self.device) if self.device.type == 'cuda' else None
        if stream is not None:
            with undone(self.model, self.optimizer):
                warm_up(self._first_step, stream)
            self._bad.zero_()
        for count in (1, self.capacity):
            self.optimizer.zero_grad(set_to_none=True)  # so that gradients lie in the memory of the graph
            self._replay[count] = record(partial(self._steps, count), stream)
        self.optimizer.zero_grad(set_to_none=True)

    def _first_step(self) -> None:
        self._row.zero_()
        self._step()
        self._row.zero_()

    def _steps(self, count: int) -> None:
        for _ in range(count):
            self._step()

    def _step(self) -> None:
        """One training step: no value is asked for, so a graph can hold it."""
        self.optimizer.zero_grad(set_to_none=True)
        self._rates.copy_(self._rate_table.index_select(0, self._row)[0])
        low, high = self.patches.cut(self._row)
        with self.optim_wrapper.optim_context(self.model):
            data = self.model.data_preprocessor({'inputs': low, 'data_samples': {'gt': high}}, True)
            losses = self.model(**data, mode='loss')
        # mmengine's own: our model's would look at the loss
        loss, found = BaseModel.parse_losses(self.model, losses)
        loss.backward()
        gradients = [weight.grad for weight in self.weights if weight.grad is not None]
        mean_loss = loss.detach() if get_world_size() == 1 else average([loss.detach().clone(), *gradients])[0]
        self._bad.copy_(torch.maximum(self._bad, (~torch.isfinite(mean_loss)).float()))
        if self.optim_wrapper.clip_grad_kwargs:
            norm = self.optim_wrapper.clip_func(self.weights, **self.optim_wrapper.clip_grad_kwargs)
            found |= {} if norm is None else {self.optim_wrapper.grad_name: norm}
        self.optimizer.step()
        self._note(found)
        self._row += 1

    def _note(self, found: dict[str, Tensor]) -> None:
        values = torch.stack([value.detach().float() for value in found.values()])
        if not self._names:  # in the first step of all, which is never captured
            self._names = list(found)
            self._found = values.new_zeros(self.capacity, len(found))
        self._found.index_copy_(0, self._row, values[None])

    def _read(self, count: int) -> Found:
        if self.device.type != 'cuda':
            return Found(self._names, self._found[:count].clone(), None)
        values = torch.empty(count, len(self._names), pin_memory=True)
        values.copy_(self._found[:count], non_blocking=True)
        ready = torch.cuda.Event()
        ready.record()
        return Found(self._names, values, ready)


def average(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Replace each of ``tensors`` by its mean over all processes, in one exchange; returns them."""
    flat = torch.cat([tensor.flatten() for tensor in tensors]) / get_world_size()
    dist.all_reduce(flat)
    parts = flat.split([tensor.numel() for tensor in tensors])
    for tensor, part in zip(tensors, parts):
        tensor.copy_(part.view_as(tensor))
    return list(tensors)
