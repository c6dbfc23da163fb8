"""Files -> samples."""

from srcnn.datasets import transforms
from srcnn.datasets.basic_image_dataset import BasicImageDataset

__all__ = ['BasicImageDataset', 'transforms']
