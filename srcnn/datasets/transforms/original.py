"""What the transforms that make low-resolution images have in common: their arguments, and the original they need."""

from typing import get_args

from srcnn.datasets.transforms.transform import Sample
from srcnn.errors import InputError
from srcnn.image.resize import Convention
from srcnn.image.resize_patch import WHOLE_SCALES
from srcnn.image.resize_weights import Edges


def check_reduction(who: str, scale: int, convention: str, edges: str) -> None:
    """Raise InputError for arguments of the transform ``who`` that ``imresize_patch`` would refuse."""
    if not isinstance(scale, int) or scale not in WHOLE_SCALES:
        raise InputError(f'{who}: scale={scale!r} must be a whole number from {WHOLE_SCALES[0]} to {WHOLE_SCALES[-1]}.')
    for key, value, known in (('convention', convention, get_args(Convention)), ('edges', edges, get_args(Edges))):
        if value not in known:
            raise InputError(f'{who}: {key}={value!r} is unknown; use {" or ".join(map(repr, known))}.')


def check_patch_size(who: str, gt_patch_size: int, scale: int) -> None:
    """Raise InputError unless patches fill whole low-resolution pixels."""
    if gt_patch_size < 1 or gt_patch_size % scale:
        raise InputError(f'{who}: gt_patch_size={gt_patch_size} is not a multiple of scale={scale}.')


def original_shape(who: str, sample: Sample, key: str, size: int, why: str) -> tuple[int, int, int]:
    """Height, width and channels of the original in a sample under check.

    Args:
        who: The transform that asks.
        sample: The sample.
        key: Key of the original.
        size: The least that both sides must have.
        why: The argument that asks for it, such as 'gt_patch_size=128'.

    Raises:
        InputError: It is not loaded, or too small.
    """
    if f'{key}_shape' not in sample:
        raise InputError(f'{who} needs {key!r}; put dict(type="LoadImageFromFile", key={key!r}) before it.')
    height, width, channels = sample[f'{key}_shape']
    if min(height, width) < size:
        raise InputError(
            f'{sample.get(f"{key}_path", key)} is {width}x{height}, smaller than {why}; take a smaller one in {who}, '
            'or leave the image out.'
        )
    return height, width, channels
