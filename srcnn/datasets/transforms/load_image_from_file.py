"""File -> HWC array."""

import copy
import warnings

from srcnn.datasets.storage import ImageFiles, ImageSource, LmdbImages, PixelForm, Verify
from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.errors import InputError
from srcnn.image.io import Color
from srcnn.registry import TRANSFORMS

COLOR_TYPES: dict[str, Color] = {'color': 'rgb', 'grayscale': 'gray', 'unchanged': 'unchanged'}


@TRANSFORMS.register_module()
class LoadImageFromFile(Transform):
    """Read ``<key>_path`` into ``<key>``: an (H, W, C) uint8 or uint16 array in RGB order, perhaps a read-only view.

    Args:
        key: Which image to read, 'img' or 'gt'.
        color_type: 'color' gives three channels (gray is repeated, alpha dropped), 'grayscale' one, 'unchanged' what
            the file has.
        channel_order: 'rgb'. There is no BGR here; the argument stands for configs that state it.
        to_y_channel: Keep only the BT.601 luma, rounded to the file's depth as MATLAB's ``rgb2ycbcr`` does.
        verify: How closely ``check`` looks at the file: 'full' reads it all and verifies its checksums, 'header' reads
            the size only.
        backend_args: ``dict(backend='lmdb', db_path='….lmdb')`` looks the file's name up there instead; None or
            ``dict(backend='local')`` reads the file.
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
        verify: Verify = 'full',
        backend_args: dict | None = None,
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
        self.form = PixelForm(COLOR_TYPES[color_type], to_y_channel)
        self.verify = verify
        db_path = _db_path(backend_args or {'backend': 'local'})
        self.source: ImageSource = LmdbImages(db_path, self.form, verify) if db_path else ImageFiles(self.form, verify)

    def reading_from(self, source: ImageSource) -> 'LoadImageFromFile':
        """The same step, but for the place that holds the images."""
        other = copy.copy(self)
        other.source = source
        return other

    def check(self, sample: Sample) -> None:
        sample[f'{self.key}_shape'] = self.source.check(sample[f'{self.key}_path'])

    def transform(self, results: Sample) -> Sample:
        results[self.key] = self.source.read(results[f'{self.key}_path'])
        return results


def _db_path(backend_args: dict) -> str | None:
    """Of the LMDB that these name; None if they mean files."""
    backend = backend_args.get('backend')
    # the last three are arguments of MMagic's back end; a database that is only read leaves no choice
    known = {'backend'} if backend == 'local' else {'backend', 'db_path', 'readonly', 'lock', 'readahead'}
    db_path = backend_args.get('db_path')
    if backend not in ('local', 'lmdb') or set(backend_args) - known or (backend == 'lmdb') != bool(db_path):
        raise InputError(
            f'LoadImageFromFile: backend_args={backend_args} is unknown; leave it out to read files, or use '
            "dict(backend='lmdb', db_path='….lmdb')."
        )
    return db_path
