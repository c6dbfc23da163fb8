"""What a data set is put together from."""

from typing import Any

from mmengine.dataset import ConcatDataset, RepeatDataset
from torch.utils.data import Dataset


def parts_of(dataset: Dataset) -> list[Any]:
    """The data sets that a concatenated or repeated one is made of, or itself."""
    if isinstance(dataset, ConcatDataset):
        return [part for each in dataset.datasets for part in parts_of(each)]
    return parts_of(dataset.dataset) if isinstance(dataset, RepeatDataset) else [dataset]
