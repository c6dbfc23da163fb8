"""Originals alone -> low-resolution input and target, a batch at a time on the device."""

from collections.abc import Sequence

import torch

from srcnn.errors import InputError
from srcnn.image.crop import crop_border_chw
from srcnn.image.resize import Convention, imresize_torch
from srcnn.image.resize_patch import patch_margin
from srcnn.models.data_preprocessor import DataPreprocessor
from srcnn.registry import MODELS


@MODELS.register_module()
class DownsamplingPreprocessor(DataPreprocessor):
    """A DataPreprocessor that in training makes the low-resolution patches itself, exactly, by ``imresize``.

    The training pipeline cuts with RandomCropWithMargin and ends in ``PackInputs(keys='gt')``; validation and test work
    as with DataPreprocessor. Flips and transposes come first here, so what is reduced is the picture as the network
    sees it. Takes 8-bit images; for 16 bits make ``img`` with RandomCropAndDownsample.

    Args:
        mean, std, non_blocking: As for DataPreprocessor.
        convention: As for Downsample.
    """

    def __init__(
        self,
        mean: float | Sequence[float] = 0.0,
        std: float | Sequence[float] = 255.0,
        non_blocking: bool = False,
        convention: Convention = 'double',
    ) -> None:
        super().__init__(mean, std, non_blocking)
        self.convention = convention

    def forward(self, data: dict, training: bool = False) -> dict:
        """As DataPreprocessor's; in training ``inputs`` are (C, H + 2 margin, W + 2 margin) originals."""
        if not training:
            return super().forward(data)
        samples, originals = dict(data['data_samples']), data['inputs']
        if 'scale' not in samples or 'gt' not in samples or samples['gt'][0].shape != originals[0].shape:
            raise InputError(
                'DownsamplingPreprocessor takes originals: the training pipeline must cut with RandomCropWithMargin '
                "and end in dict(type='PackInputs', keys='gt')."
            )
        if originals[0].dtype != torch.uint8:
            raise InputError(
                f'DownsamplingPreprocessor takes 8-bit images, not {originals[0].dtype} ({samples.get("gt_path")}); '
                'cut with RandomCropAndDownsample instead, and use DataPreprocessor.'
            )
        scale = int(samples['scale'][0])
        margin = patch_margin(scale)
        whole = self._stack(originals, samples).to(self.mean.device, non_blocking=self._non_blocking)
        reduced = imresize_torch(whole, 1 / scale, convention=self.convention)
        samples['gt'] = self.normalize(crop_border_chw(whole, margin))
        return {'inputs': self.normalize(crop_border_chw(reduced, margin // scale)), 'data_samples': samples}
