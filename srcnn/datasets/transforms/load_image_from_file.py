"""File -> HWC array."""

import warnings

from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.errors import InputError
from srcnn.image.color import rgb_to_y
from srcnn.image.io import Color, check_image, image_shape, read_image
from srcnn.registry import TRANSFORMS

COLOR_TYPES: dict[str, Color] = {'color': 'rgb', 'grayscale': 'gray', 'unchanged': 'unchanged'}
CHANNELS = {'color': 3, 'grayscale': 1}


@TRANSFORMS.register_module()
class LoadImageFromFile(Transform):
    """Read ``<key>_path`` into ``<key>``: an (H, W, C) uint8 or uint16 array in RGB order.

    Args:
        key: Which image to read, 'img' or 'gt'.
        color_type: 'color' gives three channels (gray is repeated, alpha dropped), 'grayscale' one, 'unchanged' what
            the file has.
        channel_order: 'rgb'. There is no BGR here; the argument stands for configs that state it.
        to_y_channel: Keep only the BT.601 luma, rounded to the file's depth as MATLAB's ``rgb2ycbcr`` does.
        verify: How closely ``check`` looks at the file: 'full' reads it all and verifies its checksums, 'header' reads
            the size only.
        imdecode_backend: Ignored; there is one decoder. 'cv2' and None pass silently.
        to_float32: Ignored with a warning; pixels stay integers until the data preprocessor.

    Raises:
        InputError: From ``check`` and ``transform``, naming a file that is missing or does not decode.
    """

    def __init__(
        self,
        key: str,
        color_type: str = 'color',
        channel_order: str = 'rgb',
        imdecode_backend: str | None = None,
        to_y_channel: bool = False,
        to_float32: bool = False,
        verify: str = 'full',
    ) -> None:
        if color_type not in COLOR_TYPES:
            raise InputError(
                f'LoadImageFromFile: color_type={color_type!r} is unknown; use one of {list(COLOR_TYPES)}.'
            )
        if channel_order != 'rgb':
            raise InputError(
                f"LoadImageFromFile: channel_order={channel_order!r}, but images are RGB everywhere here; write 'rgb'."
            )
        if verify not in ('full', 'header'):
            raise InputError(f"LoadImageFromFile: verify={verify!r} is unknown; use 'full' or 'header'.")
        if imdecode_backend not in (None, 'cv2'):
            warnings.warn(f'LoadImageFromFile: imdecode_backend={imdecode_backend!r} has no effect.', stacklevel=2)
        if to_float32:
            warnings.warn('LoadImageFromFile: to_float32 has no effect; the data preprocessor converts.', stacklevel=2)
        self.key = key
        self.color_type = color_type
        self.to_y_channel = to_y_channel
        self.verify = verify

    def check(self, sample: Sample) -> None:
        path = sample[f'{self.key}_path']
        height, width, channels = check_image(path) if self.verify == 'full' else image_shape(path)
        channels = 1 if self.to_y_channel else CHANNELS.get(self.color_type, channels)
        sample[f'{self.key}_shape'] = (height, width, channels)

    def transform(self, results: Sample) -> Sample:
        image = read_image(results[f'{self.key}_path'], color=COLOR_TYPES[self.color_type])
        results[self.key] = rgb_to_y(image[..., :3]) if self.to_y_channel and image.shape[2] >= 3 else image
        return results
