"""All pairs of a training set, decoded: views of its packs, or arrays in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from mmengine.dataset import ConcatDataset, RepeatDataset
from mmengine.logging import print_log

from srcnn.datasets.basic_image_dataset import BasicImageDataset
from srcnn.datasets.resident.patch_recipe import PatchRecipe, patch_recipe
from srcnn.datasets.storage.image_pack import ImagePack
from srcnn.datasets.storage.image_source import ImageSource
from srcnn.datasets.storage.in_order import in_order
from srcnn.datasets.transforms.load_image_from_file import LoadImageFromFile
from srcnn.errors import InputError


@dataclass(frozen=True)
class DecodedPairs:
    """The samples of a training set in its order; one that occurs twice is the same array twice.

    Args:
        low: Low-resolution images, (h, w, C) uint8, contiguous.
        high: Their originals, (h*scale, w*scale, C).
        names: Paths of the originals.
        recipe: What is to be cut from them.
    """

    low: Sequence[np.ndarray]
    high: Sequence[np.ndarray]
    names: Sequence[str]
    recipe: PatchRecipe

    @property
    def nbytes(self) -> int:
        """Of all different images."""
        return sum(image.nbytes for image in {id(image): image for image in (*self.low, *self.high)}.values())

    @property
    def low_sizes(self) -> np.ndarray:
        """(N, 2): heights and widths of the low-resolution images."""
        return np.array([image.shape[:2] for image in self.low], np.int64)


def decoded_pairs(dataset: object) -> DecodedPairs:
    """Of a BasicImageDataset, or of several in ConcatDataset and RepeatDataset.

    Images that are in a pack (``cache=True``) are mapped, which takes no time; others are decoded into memory.

    Raises:
        InputError: Pipelines that differ or cannot be followed, images of 16 bits or of different numbers of channels.
    """
    parts = list(_parts(dataset))
    decoded = {id(part): _decode(part) for part in parts}
    whole = [decoded[id(part)] for part in parts]
    if len({pairs.recipe for pairs in whole}) > 1:
        raise InputError(
            'train_dataloader.dataset: ResidentTrainLoop needs data sets whose pipelines cut and turn alike; give all '
            'the same pipeline, or use IterBasedTrainLoop.'
        )
    pairs = DecodedPairs(
        [image for part in whole for image in part.low],
        [image for part in whole for image in part.high],
        [name for part in whole for name in part.names],
        whole[0].recipe,
    )
    for images in (pairs.low, pairs.high):
        for image, name in zip(images, pairs.names):
            if image.dtype != np.uint8 or image.shape[2] != images[0].shape[2]:
                raise InputError(
                    f'{name}, or its low-resolution image, has {image.shape[2]} channels of {image.dtype}; '
                    f'ResidentTrainLoop takes 8-bit images with as many channels as the others ({images[0].shape[2]}). '
                    'Use IterBasedTrainLoop.'
                )
    return pairs


def _parts(dataset: object) -> Iterator[BasicImageDataset]:
    """The data sets that one is made of, in the order of its samples."""
    if isinstance(dataset, ConcatDataset):
        for part in dataset.datasets:
            yield from _parts(part)
    elif isinstance(dataset, RepeatDataset):
        yield from list(_parts(dataset.dataset)) * dataset.times
    elif isinstance(dataset, BasicImageDataset):
        yield dataset
    else:
        raise InputError(
            'train_dataloader.dataset: ResidentTrainLoop takes BasicImageDataset, ConcatDataset and RepeatDataset, '
            f'not {type(dataset).__name__}; use IterBasedTrainLoop.'
        )


def _decode(dataset: BasicImageDataset) -> DecodedPairs:
    recipe = patch_recipe(dataset.pipeline.transforms)
    sources = {step.key: step.source for step in dataset.pipeline.transforms if isinstance(step, LoadImageFromFile)}
    samples = [dataset.get_data_info(i) for i in range(len(dataset))]
    low, high = (_read(sources[key], [sample[f'{key}_path'] for sample in samples]) for key in ('img', 'gt'))
    return DecodedPairs(low, high, [sample['gt_path'] for sample in samples], recipe)


def _read(source: ImageSource, paths: Sequence[str]) -> list[np.ndarray]:
    if isinstance(source, ImagePack):
        return [source.read(path) for path in paths]
    advice = 'with cache=True in the data set this is done once for all runs'
    print_log(f'Decoding {len(paths)} images into memory; {advice}', 'current')
    return [np.ascontiguousarray(image) for image in in_order(source.read, paths)]
