"""What a training pipeline does to a pair, as numbers that a whole batch can be cut by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from srcnn.datasets.transforms.flip import Flip
from srcnn.datasets.transforms.load_image_from_file import LoadImageFromFile
from srcnn.datasets.transforms.pack_inputs import PackInputs
from srcnn.datasets.transforms.paired_random_crop import PairedRandomCrop
from srcnn.datasets.transforms.random_transpose_hw import RandomTransposeHW
from srcnn.datasets.transforms.set_values import SetValues
from srcnn.errors import InputError

Turn = Literal['horizontal', 'vertical', 'transpose']
KNOWN = (LoadImageFromFile, SetValues, PairedRandomCrop, Flip, RandomTransposeHW, PackInputs)


@dataclass(frozen=True)
class PatchRecipe:
    """A random crop, then random turns.

    Args:
        scale: Of originals to low-resolution images.
        size: Side of the patch of the original, in pixels.
        turns: Mirror images and transposes in the order of the pipeline, each with its probability.
    """

    scale: int
    size: int
    turns: tuple[tuple[Turn, float], ...]

    @property
    def low_size(self) -> int:
        """Side of the low-resolution patch."""
        return self.size // self.scale


def patch_recipe(transforms: Sequence[Callable]) -> PatchRecipe:
    """Read it off the transforms of a pipeline: loaders, SetValues, PairedRandomCrop, flips and transposes, PackInputs.

    Raises:
        InputError: Naming a transform that is none of these, or that treats the two images differently.
    """
    values: dict = {}
    crops: list[PairedRandomCrop] = []
    turns: list[tuple[Turn, float]] = []
    for step in transforms:
        if isinstance(step, SetValues):
            values.update(step.dictionary)
        elif isinstance(step, PairedRandomCrop):
            crops.append(step)
        elif isinstance(step, Flip | RandomTransposeHW):
            if set(step.keys) != {'img', 'gt'}:
                raise _refused(f"{type(step).__name__} of keys={step.keys} rather than ['img', 'gt']")
            turns.append(_turn(step))
        elif isinstance(step, PackInputs):
            if 'img' not in step.keys:
                raise _refused(f'PackInputs of keys={step.keys}')
        elif type(step) not in KNOWN:
            raise _refused(type(step).__name__)
    if len(crops) != 1 or (crops[0].lq_key, crops[0].gt_key) != ('img', 'gt'):
        raise _refused("anything but one PairedRandomCrop of 'img' and 'gt'")
    return PatchRecipe(values['scale'], crops[0].gt_patch_size, tuple(turns))


def _turn(step: Flip | RandomTransposeHW) -> tuple[Turn, float]:
    if isinstance(step, RandomTransposeHW):
        return 'transpose', step.transpose_ratio
    return ('horizontal' if step.direction == 'horizontal' else 'vertical'), step.flip_ratio


def _refused(what: str) -> InputError:
    known = ', '.join(kind.__name__ for kind in KNOWN)
    return InputError(
        f'train_dataloader.dataset.pipeline: ResidentTrainLoop does not do {what}; it knows {known}. Change the '
        'pipeline, or use IterBasedTrainLoop.'
    )
