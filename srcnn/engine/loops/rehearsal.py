"""A validation of one small piece of an image, so that what cannot work ends a run before it begins."""

from typing import Any

import torch
from mmengine.evaluator import Evaluator
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from srcnn.engine.random_state import random_state_kept
from srcnn.errors import InputError
from srcnn.evaluation.image_metric import ImageMetric
from srcnn.models import SuperResolver

SIDE = 96  # pixels of the original that are compared, beside the border that is cropped


@torch.no_grad()
def rehearse(runner: Runner, loader: DataLoader, evaluator: Evaluator, phase: str) -> None:
    """Take a piece of the first sample of a data set through network, metrics and visualization.

    Raises:
        InputError: Channels that the network or a metric cannot take, or an image that the visualizer does not find.
    """
    model = runner.model.module if is_model_wrapper(runner.model) else runner.model
    sample: Any = loader.dataset[0]
    samples = sample.get('data_samples', {})
    if not isinstance(model, SuperResolver) or 'gt' not in samples:
        return
    metrics = [metric for metric in evaluator.metrics if isinstance(metric, ImageMetric)]
    side = -(-(SIDE + 2 * max([metric.protocol.crop_border for metric in metrics], default=0)) // model.scale)
    gt = samples['gt'][:, : side * model.scale, : side * model.scale]
    piece = {'inputs': sample['inputs'][:, :side, :side], 'data_samples': {**samples, 'gt': gt}}
    model.eval()
    with random_state_kept():
        try:
            outputs = model.val_step(loader.collate_fn([piece]))
        except RuntimeError as error:
            where = samples.get('gt_path', samples.get('key'))
            shape = tuple(sample['inputs'].shape)
            reason = str(error).splitlines()[0]
            raise InputError(
                f'{where}: the network cannot take this image of shape {shape} (C, h, w); its channels '
                f'(model.generator.channels) and those that are loaded (color_type) must be the same. ({reason})'
            ) from error
    for metric in metrics:
        metric.process(None, outputs)
        metric.results.clear()
    runner.call_hook('rehearse', phase=phase, outputs=outputs)
