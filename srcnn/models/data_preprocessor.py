"""Pixels -> network input, network output -> pixels."""

from collections.abc import Sequence

import torch
from mmengine.model import BaseDataPreprocessor
from torch import Tensor

from srcnn.errors import InputError
from srcnn.registry import MODELS


@MODELS.register_module()
class DataPreprocessor(BaseDataPreprocessor):
    """Stack a batch, move it to the device as it is (uint8), then normalise: ``(pixel - mean) / std``.

    Pixels run from 0 to 255 whatever the depth of the file: 16-bit values are divided by 257. With the defaults, the
    network sees 0 to 1. Originals are normalised alike, for the loss; in validation and test they stay as they are.

    Args:
        mean: One number for all channels, or one per channel.
        std: Likewise.
        non_blocking: Copy to the device without waiting (needs pinned memory).
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        mean: float | Sequence[float] = 0.0,
        std: float | Sequence[float] = 255.0,
        non_blocking: bool = False,
    ) -> None:
        super().__init__(non_blocking=non_blocking)
        for name, value in (('mean', mean), ('std', std)):
            numbers = torch.tensor([value] if isinstance(value, (int, float)) else list(value), dtype=torch.float32)
            if numbers.numel() > 1 and bool((numbers == numbers[0]).all()):
                numbers = numbers[:1]  # the same for all: then it also fits one channel, or four
            self.register_buffer(name, numbers.view(1, -1, 1, 1), persistent=False)
        if not bool((self.std > 0).all()):
            raise InputError(f'DataPreprocessor: std={std} must be above zero.')

    def forward(self, data: dict, training: bool = False) -> dict:
        """Normalise a batch as the data loader gives it.

        Args:
            data: ``inputs``: list of (C, h, w) integer tensors, or one (N, C, h, w); ``data_samples``: dict of lists,
                of which ``gt`` holds (C, H, W) tensors.
            training: Whether ``gt`` is wanted as the network's target.

        Returns:
            ``inputs``: (N, C, h, w) float on the device. ``data_samples``: the same dict; in training ``gt`` is
            (N, C, H, W) float; otherwise ``gt`` is as it was and ``img`` holds the inputs before normalisation.
        """
        inputs, samples = data['inputs'], dict(data.get('data_samples') or {})
        if training:
            samples['gt'] = self.normalize(self._stack(samples['gt'], samples))
        else:
            samples['img'] = inputs
        return {'inputs': self.normalize(self._stack(inputs, samples)), 'data_samples': samples}

    def normalize(self, pixels: Tensor) -> Tensor:
        """(N, C, H, W) pixels, 0..255 or 16-bit, to float network input on the device."""
        values = pixels.to(self.mean.device, non_blocking=self._non_blocking).float()
        if pixels.dtype == torch.uint16:
            values = values / 257
        if self.mean.shape[1] not in (1, values.shape[1]):
            raise InputError(
                f'DataPreprocessor: mean and std have {self.mean.shape[1]} channels, the images {values.shape[1]}; '
                'give one number per channel of the image, or one for all.'
            )
        return (values - self.mean) / self.std

    def denormalize(self, output: Tensor) -> Tensor:
        """(N, C, H, W) network output to float32 pixels, clamped to 0..255, not rounded."""
        return (output.float() * self.std + self.mean).clamp(0, 255)

    def _stack(self, images: Tensor | Sequence[Tensor], samples: dict) -> Tensor:
        if isinstance(images, Tensor):
            return images
        shapes = {tuple(image.shape) for image in images}
        if len(shapes) > 1:
            names = samples.get('gt_path') or samples.get('img_path') or samples.get('key')
            raise InputError(
                f'One batch holds images of different shapes {sorted(shapes)} ({names}); train on patches of one size '
                '(PairedRandomCrop), and validate or test with batch_size=1.'
            )
        return torch.stack(list(images))
