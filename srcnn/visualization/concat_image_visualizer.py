"""Images of one sample side by side."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from mmengine.dist import is_main_process
from mmengine.visualization import LocalVisBackend, Visualizer
from torch import Tensor

from srcnn.errors import InputError
from srcnn.registry import VISUALIZERS

# MMagic's names of the images
ALIASES = {'gt_img': 'gt', 'input': 'img', 'pred_img': 'pred'}


class _NoFigure:
    def get_dpi(self) -> float:
        """The one thing that mmengine asks of its figure at start."""
        return 100.0


@VISUALIZERS.register_module()
class ConcatImageVisualizer(Visualizer):
    """Write, per sample, one picture with ``img_keys`` from left to right, to every back end.

    Args:
        fn_key: Entry of the sample whose file name names the picture, such as 'gt_path'.
        img_keys: Images to show, such as ['img', 'pred', 'gt']; MMagic's 'input', 'pred_img', 'gt_img' mean the same.
        bgr2rgb: Accepted for MMagic's configs; images are RGB here, so nothing is swapped.
        name, vis_backends, save_dir: As in mmengine's Visualizer.
    """

    def __init__(
        self,
        fn_key: str = 'gt_path',
        img_keys: Sequence[str] = ('img', 'pred', 'gt'),
        bgr2rgb: bool = False,
        name: str = 'visualizer',
        vis_backends: list[dict] | None = None,
        save_dir: str | None = None,
    ) -> None:
        super().__init__(name=name, vis_backends=vis_backends, save_dir=save_dir)
        self.fn_key = fn_key
        self.img_keys = [ALIASES.get(key, key) for key in img_keys]

    def _initialize_fig(self, fig_cfg: dict) -> tuple:
        """No figure: pictures are put together as arrays, and importing matplotlib takes a second."""
        return None, _NoFigure(), None

    def check(self, sample: Mapping) -> None:
        """InputError unless ``sample`` has all that ``add_datasample`` needs."""
        missing = [key for key in (self.fn_key, *self.img_keys) if key not in sample]
        if missing:
            known = ', '.join(map(str, sample))
            raise InputError(
                f'visualizer: no {missing[0]!r} in the sample ({known}); correct fn_key and img_keys in the config.'
            )

    def add_datasample(self, sample: Mapping, step: int = 0, folder: str = '') -> None:
        """Show one prediction.

        Args:
            sample: See SuperResolver: (C, H, W) images, 0..255 or 16-bit.
            step: Iteration it belongs to.
            folder: Put before the name, so that pictures of two data sets may have the same one.
        """
        self.check(sample)
        picture = concat_images([to_picture(sample[key]) for key in self.img_keys])
        for backend in self._vis_backends.values():
            # Each process has pictures of its own: files can be written by all, the record of a run only by the first
            if is_main_process() or isinstance(backend, LocalVisBackend):
                backend.add_image(f'{folder}{Path(sample[self.fn_key]).stem}', picture, step)


def to_picture(image: Tensor) -> np.ndarray:
    """(C, H, W) pixels, 0..255 float or integer or 16-bit, to an (H, W, 3) uint8 RGB array."""
    pixels = image.detach().cpu().numpy().transpose(1, 2, 0)
    if pixels.dtype == np.uint16:
        pixels = pixels / 257
    pixels = np.clip(np.floor(pixels.astype(np.float64) + 0.5), 0, 255).astype(np.uint8)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels[:, :, :3]


def concat_images(images: Sequence[np.ndarray]) -> np.ndarray:
    """(H_i, W_i, 3) uint8 arrays from left to right, aligned at the top on a gray ground."""
    height = max(image.shape[0] for image in images)
    padded = [np.pad(i, ((0, height - i.shape[0]), (0, 0), (0, 0)), constant_values=127) for i in images]
    return np.concatenate(padded, axis=1)
