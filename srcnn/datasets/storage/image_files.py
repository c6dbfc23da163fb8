"""Images as they lie in a folder."""

from typing import Literal

import numpy as np

from srcnn.datasets.storage.pixel_form import PixelForm
from srcnn.image.io import check_image, image_shape, read_image

Verify = Literal['full', 'header']


class ImageFiles:
    """Image files, decoded whenever they are read.

    Args:
        form: What to make of their pixels.
        verify: How closely ``check`` looks at a file: 'full' reads it all and verifies its checksums, 'header' reads
            the size only.
    """

    def __init__(self, form: PixelForm, verify: Verify = 'full') -> None:
        self.form = form
        self.verify = verify

    def read(self, path: str) -> np.ndarray:
        return self.form.convert(read_image(path, self.form.color))

    def check(self, path: str) -> tuple[int, int, int]:
        return self.form.shape(*(check_image(path) if self.verify == 'full' else image_shape(path)))
