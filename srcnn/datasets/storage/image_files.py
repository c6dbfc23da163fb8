"""Images as they lie in a folder."""

from pathlib import Path
from typing import Literal

import numpy as np

from srcnn.datasets.storage.pixel_form import PixelForm
from srcnn.errors import InputError
from srcnn.image.io import check_image, image_shape

Verify = Literal['full', 'header']


class ImageFiles:
    """Image files, decoded whenever they are read.

    Args:
        form: What to make of their pixels.
        verify: How closely ``check`` looks at a file: 'full' reads it all and verifies what it can, 'header' reads the
            size only.
        strict: ``read`` looks as closely as a full ``check``.
    """

    def __init__(self, form: PixelForm, verify: Verify = 'full', strict: bool = False) -> None:
        self.form = form
        self.verify = verify
        self.strict = strict

    def read(self, path: str) -> np.ndarray:
        return self.form.decode(read_bytes(path), path, self.strict)

    def check(self, path: str) -> tuple[int, int, int]:
        return self.form.shape(*(check_image(path) if self.verify == 'full' else image_shape(path)))


def read_bytes(path: str | Path) -> bytes:
    """The contents of a file; InputError if it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f'{path} cannot be read: {error.strerror}') from None
