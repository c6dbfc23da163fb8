from pathlib import Path

import numpy as np
import pytest

from srcnn.image.io import write_image


@pytest.fixture
def images(tmp_path) -> dict[str, np.ndarray]:
    """Path -> pixels of five PNG files of all kinds in one folder, one of them further down."""
    rng = np.random.default_rng(0)
    folder = tmp_path / 'photos'
    (folder / 'more').mkdir(parents=True)
    kinds = {
        'a.png': ((5, 7, 3), np.uint8),
        'b.png': ((9, 4, 1), np.uint8),
        'c.png': ((3, 3, 3), np.uint16),
        'd.png': ((6, 6, 4), np.uint8),
        'more/a.png': ((8, 2, 3), np.uint8),
    }
    made = {}
    for name, (shape, dtype) in kinds.items():
        pixels = rng.integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)
        write_image(folder / name, pixels)
        made[str(folder / Path(name))] = pixels
    return made
