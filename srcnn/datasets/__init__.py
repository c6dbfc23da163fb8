"""Files -> samples."""

from srcnn.datasets import transforms
from srcnn.datasets.basic_image_dataset import BasicImageDataset
from srcnn.datasets.infinite_sampler import InfiniteSampler

__all__ = ['BasicImageDataset', 'InfiniteSampler', 'transforms']
