"""Where batches of patches come from."""

from typing import Protocol

import torch
from mmengine.logging import print_log
from torch import Tensor

from srcnn.datasets.resident.decoded_pairs import DecodedPairs
from srcnn.datasets.resident.device_patches import DevicePatches
from srcnn.datasets.resident.host_patches import HostPatches
from srcnn.datasets.resident.patch_draws import PatchDraws
from srcnn.errors import InputError

SHARE = 0.6  # of the free memory of a device; the rest is for the network


class PatchSource(Protocol):
    """Low-resolution patches (batch, C, h, w) and originals (batch, C, h*scale, w*scale), uint8, channels last.

    ``load`` and ``cut`` go together: ``load`` puts on the device what several iterations need, without waiting for it;
    ``cut`` is work for the device alone, from fixed places in its memory, so that a CUDA graph may hold it.
    """

    def load(self, first: int, count: int) -> None:
        """Prepare ``count`` iterations that begin with draw ``first``; they replace those of the last call."""

    def cut(self, row: Tensor) -> tuple[Tensor, Tensor]:
        """The batch of one of these; ``row`` is an int64 tensor of one element, on the device, counted from 0."""

    def batch(self, first: int) -> tuple[Tensor, Tensor]:
        """The batch of the iteration that begins with draw ``first``, without ``load``."""


def patch_source(
    pairs: DecodedPairs, draws: PatchDraws, device: torch.device, capacity: int, resident: bool | None = None
) -> PatchSource:
    """On the device if the data is to be there, or (None) if it is a CUDA device with room; else from the host.

    Raises:
        InputError: ``resident`` is True and there is no room.
    """
    size = f'{len(pairs.names)} pairs, {pairs.nbytes / 1e9:.1f} GB,'
    room = SHARE * torch.cuda.mem_get_info(device)[0] if device.type == 'cuda' else 0
    if resident and device.type == 'cuda' and pairs.nbytes > room:
        raise InputError(
            f'train_cfg.resident=True: the training set ({size} decoded) does not fit on the device, which has room '
            f'for {room / 1e9:.1f} GB; leave it out to read from the host.'
        )
    if resident or (resident is None and pairs.nbytes <= room):
        print_log(f'{size} stay on {device}, where patches are cut', 'current')
        return DevicePatches(pairs, draws, device, capacity)
    print_log(f'{size} stay on the host, where patches are cut', 'current')
    return HostPatches(pairs, draws, device, capacity)
