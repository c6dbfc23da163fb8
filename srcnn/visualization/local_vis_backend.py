"""Scores and pictures as files, on a disk that may fill up."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.fileio import dump
from mmengine.logging import print_log
from mmengine.visualization import LocalVisBackend as MMEngineBackend
from mmengine.visualization.vis_backend import force_init_env

from srcnn.errors import InputError
from srcnn.image.io import write_image
from srcnn.registry import VISBACKENDS


@VISBACKENDS.register_module()
class LocalVisBackend(MMEngineBackend):
    """mmengine's back end, where a disk that is full costs a run what cannot be written, and no more.

    mmengine's ends the run when a score cannot be written, leaves half a line, and does not notice a lost picture. Here
    the log says once that something is lost; what is written is whole. Pictures may have a folder in their name.

    Args:
        save_dir, img_save_dir, config_save_file, scalar_save_file: As in mmengine's LocalVisBackend.
    """

    def __init__(
        self,
        save_dir: str,
        img_save_dir: str = 'vis_image',
        config_save_file: str = 'config.py',
        scalar_save_file: str = 'scalars.json',
    ) -> None:
        super().__init__(save_dir, img_save_dir, config_save_file, scalar_save_file)
        self.lost = False

    @force_init_env
    def add_image(self, name: str, image: np.ndarray, step: int = 0) -> None:
        """Write an (H, W, 3) uint8 RGB array as ``vis_image/<name>_<step>.png``."""
        path = Path(self._img_save_dir) / f'{name}_{step}.png'
        with self._said_once():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_image(path, image)

    def _dump(self, value_dict: dict, file_path: str, file_format: str) -> None:
        line = (dump(value_dict, file_format=file_format) + '\n').encode()
        with self._said_once(), open(file_path, 'ab', buffering=0) as file:
            start = file.tell()
            try:
                whole = file.write(line) == len(line)
            except OSError:
                file.truncate(start)
                raise
            if not whole:
                file.truncate(start)
                raise InputError(f'{file_path} cannot be written: no space left on the disk')

    @contextmanager
    def _said_once(self) -> Iterator[None]:
        try:
            yield
        except (OSError, InputError) as error:
            if not self.lost:
                message = f'{_reason(error)}. Scores and pictures are lost; the run goes on.'
                print_log(message, 'current', logging.WARNING)
            self.lost = True


def _reason(error: Any) -> str:
    return f'{error.filename} cannot be written: {error.strerror}' if isinstance(error, OSError) else str(error)
