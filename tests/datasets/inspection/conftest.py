from pathlib import Path

import numpy as np
import pytest

from srcnn.image.io import read_image

NAMES = ('astronaut.png', 'chelsea.png', 'coffee.png', 'camera.png', 'rocket.jpg', 'brick.png')


@pytest.fixture(scope='session')
def photos() -> list[np.ndarray]:
    """Photographs that ship inside scikit-image, gray, (H, W) uint8."""
    skimage = pytest.importorskip('skimage')
    return [read_image(Path(skimage.__file__).parent / 'data' / name, 'gray')[..., 0] for name in NAMES]
