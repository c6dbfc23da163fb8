"""Training pairs that stay decoded, and batches of patches cut from them without a data loader."""

from srcnn.datasets.resident.decoded_pairs import DecodedPairs, decoded_pairs
from srcnn.datasets.resident.device_patches import DevicePatches
from srcnn.datasets.resident.host_patches import HostPatches
from srcnn.datasets.resident.patch_draws import PatchDraws
from srcnn.datasets.resident.patch_source import PatchSource, patch_source

__all__ = [
    'DecodedPairs',
    'DevicePatches',
    'HostPatches',
    'PatchDraws',
    'PatchSource',
    'decoded_pairs',
    'patch_source',
]
