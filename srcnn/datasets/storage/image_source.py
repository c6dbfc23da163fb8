"""What a loader asks of the place that holds its images."""

from typing import Protocol

import numpy as np


class ImageSource(Protocol):
    """Images by the path of their file, which need not exist for a source that holds them itself."""

    def read(self, path: str) -> np.ndarray:
        """The image (H, W, C), uint8 or uint16; it may be a read-only view.

        Raises:
            InputError: Naming an image that is not there or does not decode.
        """

    def check(self, path: str) -> tuple[int, int, int]:
        """Make sure that ``read`` will succeed, and foretell the shape.

        Raises:
            InputError: As ``read``.
        """
