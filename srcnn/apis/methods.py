"""What several methods make of one original: interpolation, networks, and pictures that somebody else has made."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from srcnn.apis.upscaler import Upscaler
from srcnn.errors import InputError
from srcnn.image.crop import mod_crop
from srcnn.image.io import IMAGE_SUFFIXES, read_image
from srcnn.image.resize import imresize

# Name of the original (without suffix) and its low-resolution picture, to the enlarged one
Method = Callable[[str, np.ndarray], np.ndarray]


def make_method(source: str, scale: int, device: str | None = None) -> Method:
    """A way to enlarge, from one word of a command line.

    Args:
        source: 'bicubic' (MATLAB's imresize); 'nearest' (pixels repeated); a folder of finished pictures, named as the
            originals are; one finished picture; a checkpoint; or 'CONFIG.py,CHECKPOINT'.
        scale: Enlargement.
        device: For networks; the best there is if None.

    Returns:
        A function of the original's name and the (h, w, 3) low-resolution picture, to an (H, W, 3) picture.

    Raises:
        InputError: None of these, or a fault in the checkpoint.
    """
    if source == 'bicubic':
        return lambda name, lr: imresize(lr, scale)
    if source == 'nearest':
        return lambda name, lr: lr.repeat(scale, axis=0).repeat(scale, axis=1)
    path = Path(source)
    if path.is_dir():
        return lambda name, lr: read_image(find_picture(path, name), color='rgb')
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return lambda name, lr: read_image(path, color='rgb')
    config, comma, checkpoint = source.rpartition(',')
    upscaler = Upscaler((config, checkpoint) if comma else source, scale=scale, device=device)
    return lambda name, lr: upscaler(lr)


def find_picture(folder: Path, name: str) -> Path:
    """The picture ``name`` in ``folder``: of just that name, or with something after it, as in ``baby_SRCNN.png``.

    Raises:
        InputError: None, or several.
    """
    pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)
    found = [path for path in pictures if path.stem == name]
    found = found or [path for path in pictures if re.match(rf'{re.escape(name)}([_.-]|x\d)', path.stem)]
    if len(found) != 1:
        what = 'several pictures' if found else 'no picture'
        raise InputError(f'{folder}: {what} of the name {name}; have just one there, such as {name}.png.')
    return found[0]


def pair(original: Path, scale: int, lr: Path | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The original, cropped to multiples of the scale, and its low-resolution picture.

    Args:
        original: Picture file; gray ones become RGB.
        scale: Enlargement between the two.
        lr: Folder with the low-resolution pictures, or the picture; if None it is made, by MATLAB's
            ``imresize(im2double(original), 1/scale)``, rounded once.

    Returns:
        (H, W, 3) and (H/scale, W/scale, 3) arrays of uint8 or uint16.

    Raises:
        InputError: A file that is missing or damaged, or sizes that do not fit.
    """
    hr = mod_crop(read_image(original, color='rgb'), scale)
    if lr is None:
        return hr, imresize(hr, 1 / scale, convention='double')
    path = find_picture(lr, original.stem) if lr.is_dir() else lr
    small = read_image(path, color='rgb')
    if small.shape[0] * scale > hr.shape[0] or small.shape[1] * scale > hr.shape[1]:
        raise InputError(
            f'{path}: {_size(small)} pixels are too many for {original}, of {_size(hr)}, and scale {scale}.'
        )
    return hr[: small.shape[0] * scale, : small.shape[1] * scale], small


def apply_methods(methods: Mapping[str, Method], name: str, hr: np.ndarray, lr: np.ndarray) -> dict[str, np.ndarray]:
    """What each method makes of ``lr``, in the size of ``hr``.

    Finished pictures may be larger by what was cropped from the original at the right and the bottom.

    Raises:
        InputError: A result of another size.
    """
    results = {label: method(name, lr) for label, method in methods.items()}
    scale = hr.shape[0] // lr.shape[0]
    for label, img in results.items():
        more = [img.shape[axis] - hr.shape[axis] for axis in (0, 1)]
        if not all(0 <= n < scale for n in more):
            raise InputError(f'{label}: its picture of {name} has {_size(img)} pixels, the original {_size(hr)}.')
    return {label: img[: hr.shape[0], : hr.shape[1]] for label, img in results.items()}


def _size(img: np.ndarray) -> str:
    return f'{img.shape[1]}x{img.shape[0]}'
