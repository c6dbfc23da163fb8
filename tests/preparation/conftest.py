from pathlib import Path

import numpy as np
import pytest

from srcnn.image.io import write_image


def photo(seed: int, height: int = 50, width: int = 62, channels: int = 3) -> np.ndarray:
    """Smooth noise: every picture different, and no two of its pixels alike by design."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (height // 4 + 2, width // 4 + 2, channels))
    return np.kron(coarse, np.ones((4, 4, 1)))[:height, :width].astype(np.uint8)


def contents(folder: Path) -> dict[str, bytes]:
    """Path -> bytes of everything below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob('*')) if path.is_file()}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of five pictures: a.png ... e.png."""
    folder = tmp_path / 'photos'
    folder.mkdir()
    for seed, name in enumerate('abcde'):
        write_image(folder / f'{name}.png', photo(seed))
    return folder
