"""How a low-resolution image and its original fit together."""

from srcnn.datasets.transforms.transform import Sample
from srcnn.errors import InputError


def pair_scale(sample: Sample, img_key: str = 'img', gt_key: str = 'gt') -> int:
    """The whole-number factor between ``img`` and ``gt``, from their shapes in a sample under check.

    Raises:
        InputError: If the larger is not the same whole multiple of the smaller in height and width, or not the
            ``scale`` that the sample states.
    """
    (img_h, img_w, _), (gt_h, gt_w, _) = sample[f'{img_key}_shape'], sample[f'{gt_key}_shape']
    scale = sample.get('scale') or max(1, gt_h // img_h)
    if (gt_h, gt_w) != (img_h * scale, img_w * scale):
        wanted = f'{scale} times it' if sample.get('scale') else 'one whole multiple of it in both directions'
        raise InputError(
            f'{sample[f"{img_key}_path"]} is {img_w}x{img_h} and its original {sample[f"{gt_key}_path"]} is '
            f'{gt_w}x{gt_h}, which is not {wanted}; crop the original and make the low-resolution image again, or '
            'correct `scale` and `data_prefix` in the config.'
        )
    return scale
