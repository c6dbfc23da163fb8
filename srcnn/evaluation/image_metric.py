"""What PSNR, SSIM and MAE have in common: the mean over a data set of a score for each image."""

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from mmengine.evaluator import BaseMetric
from torch import Tensor

from srcnn.errors import InputError
from srcnn.evaluation.protocol import Protocol

# MMagic's names for the two images of a sample.
_ALIASES = {'gt_img': 'gt', 'pred_img': 'pred'}


class ImageMetric(BaseMetric):
    """Base of the metrics that score image by image and report the mean.

    The mean does not depend on how many processes share the work. After ``evaluate``, ``per_image`` holds
    (key, score) pairs in the order of the data set, on the main process.

    Args:
        gt_key: Entry of a sample that holds the original, (C, H, W), 8- or 16-bit.
        pred_key: Entry that holds the prediction, (C, H, W) floats in 0..255.
        crop_border: See Protocol.
        input_order: 'CHW'; accepted because configs state it.
        convert_to: See Protocol.
        rounding: See Protocol. MMagic does not round; ``rounding=False`` gives its figures.
        name: What the mean is called in the results; two metrics of one class in one evaluator need two names.
        prefix: Put before the name: 'Set5' makes 'Set5/PSNR'.
        collect_device: Where results of several processes are gathered, 'cpu' or 'gpu'.
    """

    default_name: ClassVar[str]

    def __init__(
        self,
        *,
        gt_key: str = 'gt',
        pred_key: str = 'pred',
        crop_border: int = 0,
        input_order: str = 'CHW',
        convert_to: str | None = None,
        rounding: bool = True,
        name: str | None = None,
        prefix: str | None = None,
        collect_device: str = 'cpu',
    ) -> None:
        self.name = name or self.default_name
        super().__init__(collect_device=collect_device, prefix=prefix or self.name)  # it warns of a missing prefix
        self.prefix = prefix
        if input_order != 'CHW':
            raise InputError(f"{self.full_name}: input_order={input_order!r}, but images are 'CHW' here.")
        self.gt_key = _ALIASES.get(gt_key, gt_key)
        self.pred_key = _ALIASES.get(pred_key, pred_key)
        try:
            self.protocol = Protocol(convert_to, crop_border, rounding)
        except InputError as error:
            raise InputError(f'{self.full_name}: {error}') from None
        self.per_image: list[tuple[str, float]] = []
        self._channels = 3

    @staticmethod
    @abstractmethod
    def measure(pred: Tensor, gt: Tensor) -> float:
        """Score of two float64 tensors (C, H, W), 0..255, to which the protocol has been applied."""

    @property
    def full_name(self) -> str:
        """The key under which ``evaluate`` reports the mean, prefix included."""
        return f'{self.prefix}/{self.name}' if self.prefix else self.name

    def describe(self) -> str:
        """The protocol in words, for every table that shows the score."""
        return self.protocol.describe(self._channels)

    def score(self, pred: Tensor | np.ndarray, gt: Tensor | np.ndarray) -> float:
        """Score one image.

        Args:
            pred: Tensor (C, H, W) or array (H, W, C), RGB, 0..255; where it is, the score is computed.
            gt: The original, of the same size.

        Raises:
            InputError: If the sizes differ or the protocol cannot be applied.
        """
        if isinstance(pred, Tensor) and isinstance(gt, Tensor):
            gt = gt.to(pred.device)
        pred, gt = (self.protocol.apply(image) for image in (pred, gt))
        if pred.shape != gt.shape:
            raise InputError(f'images of {tuple(pred.shape)} and {tuple(gt.shape)} (C, H, W) cannot be compared')
        return self.measure(pred, gt.to(pred.device))

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Score a batch.

        Args:
            data_batch: Not looked at.
            data_samples: A dict per image, with ``gt``, ``pred``, ``key`` and ``gt_path``.

        Raises:
            InputError: Naming the file, if an image is missing, the shapes differ, or the protocol cannot be applied.
        """
        for sample in data_samples:
            where = f'{self.full_name}: {sample.get("gt_path", sample.get("key", "?"))}'
            pred, gt = (self._image(sample, key, where) for key in (self.pred_key, self.gt_key))
            if pred.shape != gt.shape:
                raise InputError(_different(where, tuple(pred.shape), tuple(gt.shape)))
            try:
                value = self.score(pred, gt)
            except InputError as error:
                raise InputError(f'{where}: {error}') from None
            self._channels = gt.shape[0]
            self.results.append((str(sample.get('key', '')), value))

    def compute_metrics(self, results: list[tuple[str, float]]) -> dict[str, float]:
        """Mean of the (key, score) pairs of a whole data set. ``fsum``: exact, so that no order changes a digit."""
        if not results:
            raise InputError(f'{self.full_name}: no image was scored; the data set is empty.')
        self.per_image = list(results)
        return {self.name: math.fsum(value for _, value in results) / len(results)}

    @staticmethod
    def _image(sample: dict, key: str, where: str) -> Tensor:
        if key not in sample:
            raise InputError(
                f'{where}: the sample holds no {key!r}, only {sorted(sample)}; scores need both the original and the '
                'prediction (see gt_key and pred_key).'
            )
        return sample[key]


def _different(where: str, pred: tuple[int, ...], gt: tuple[int, ...]) -> str:
    if pred[0] != gt[0]:
        cause = 'let the pipeline load as many channels as the network gives (color_type, to_y_channel)'
    else:
        cause = 'the scale of the model (upscale_factor) and that of the data must be the same'
    return f'{where}: the prediction is {pred}, the original {gt} (C, H, W); {cause}.'
