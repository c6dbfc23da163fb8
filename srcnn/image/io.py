"""Image files to arrays and back: 8 and 16 bits; gray, RGB and RGBA; upright; whole or not at all.

Arrays are (height, width, channels) with 1, 3 or 4 channels in the order R, G, B, A. Values are those in the file: no
colour profile is applied, as MATLAB's ``imread`` and every published benchmark do.
"""

import os
import tempfile
import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Literal

import numpy as np

from ..errors import InputError
from .header import check_whole, header_of, read_header
from .stored_png import stored_png

Color = Literal['unchanged', 'rgb', 'gray']
PathLike = str | os.PathLike[str]

_ONE_AT_A_TIME = threading.Lock()

IMAGE_SUFFIXES = ('.png', '.jpg', '.jpeg', '.bmp', '.tif', '.tiff', '.webp')


def read_image(path: PathLike, color: Color = 'unchanged') -> np.ndarray:
    """Read an image file.

    Args:
        path: PNG, JPEG, BMP, TIFF or WebP file, whatever its suffix.
        color: ``unchanged``: gray is 1 channel, RGB 3, RGBA 4 (palettes and CMYK become RGB, gray with alpha RGBA).
            ``rgb``: always 3, gray repeated, alpha dropped. ``gray``: always 1, from R, G and B by OpenCV's
            0.299, 0.587, 0.114 (full range; for the papers' luma see ``srcnn.image.color``).

    Returns:
        Array (H, W, C) of uint8, or of uint16 where the file has 16 bits, turned upright by its EXIF orientation.

    Raises:
        InputError: If the file cannot be read, is no image, is damaged or cut short.
    """
    return decode_image(_read_bytes(path), path, color)


def decode_image(data: bytes, name: object, color: Color = 'unchanged', strict: bool = False) -> np.ndarray:
    """``read_image`` for a file that is in memory.

    Args:
        data: The file.
        name: What an error calls it.
        color: As for ``read_image``.
        strict: Also refuse a JPEG that the decoder shows but complains about, which is how most damage within the
            picture is noticed. It complains on the standard error of the process, which is caught meanwhile, for
            one thread at a time.

    Returns:
        As ``read_image``.

    Raises:
        InputError: As ``read_image``.
    """
    if color not in ('unchanged', 'rgb', 'gray'):
        raise InputError(f"color must be 'unchanged', 'rgb' or 'gray', not {color!r}")
    header = header_of(data, name)
    check_whole(data, header, name)
    if header.format in ('PNG', 'JPEG', 'TIFF16'):
        heard = _overhear if strict and header.format == 'JPEG' else nullcontext
        with heard(name):
            img = _decode_cv2(data, name)
        img = _upright(img, header.orientation)
    else:
        img = _decode_pillow(data, name)
    return _to_color(img, color)


def image_shape(path: PathLike) -> tuple[int, int, int]:
    """Height, width and channels of ``read_image(path)``, from the first bytes of the file alone.

    Raises:
        InputError: If the file cannot be read, is no image, or claims more than ``header.MAX_PIXELS`` pixels.
    """
    try:
        with open(path, 'rb') as stream:
            header = read_header(stream, path)
    except OSError as error:
        raise InputError(f'{path} cannot be read: {error.strerror}') from None
    return header.height, header.width, header.channels


def check_image(path: PathLike) -> tuple[int, int, int]:
    """Make sure that the whole file can be read and is not damaged, as far as its format lets one see.

    A PNG is told by its checksums; others are decoded, as ``decode_image`` with ``strict`` does.

    Returns:
        Height, width and channels.

    Raises:
        InputError: As for ``read_image``.
    """
    data = _read_bytes(path)
    header = header_of(data, path)
    check_whole(data, header, path)
    if header.format != 'PNG':
        decode_image(data, path, strict=True)
    return header.height, header.width, header.channels


def write_image(path: PathLike, img: np.ndarray, *, quality: int = 95, compression: int | None = None) -> None:
    """Write an image file, whole or not at all.

    Args:
        path: File to write; the suffix says which format.
        img: Array (H, W, C) of 1, 3 or 4 channels; uint8, or uint16 for PNG and TIFF.
        quality: For JPEG and WebP, 1..100.
        compression: As for ``encode_image``.

    Raises:
        InputError: If the format cannot hold such an image, or the file cannot be written.
    """
    path = Path(path)
    data = encode_image(img, path.suffix, quality=quality, compression=compression)
    try:
        write_atomically(path, [data])
    except OSError as error:
        raise InputError(f'{path} cannot be written: {error.strerror}') from None


def write_atomically(path: PathLike, parts: Iterable[bytes | memoryview]) -> None:
    """Write a file, given in parts, under a temporary name beside it and rename it: it is there whole or not at all.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f'.{name}.{os.getpid()}.tmp')
    try:
        with open(temporary, 'wb') as stream:
            stream.writelines(parts)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def encode_image(img: np.ndarray, suffix: str, *, quality: int = 95, compression: int | None = None) -> bytes:
    """The bytes of the file that ``write_image`` would write.

    Args:
        img: Array (H, W, C), as for ``write_image``.
        suffix: One of ``IMAGE_SUFFIXES``.
        quality: For JPEG and WebP, 1..100.
        compression: For PNG, 0 (none, see ``stored_png.py``) to 9 (smallest); None compresses fast.

    Returns:
        The file.

    Raises:
        InputError: If the format cannot hold such an image.
    """
    import cv2

    suffix = suffix.lower()
    if suffix not in IMAGE_SUFFIXES:
        raise InputError(f'images can be written as {", ".join(IMAGE_SUFFIXES)}, not {suffix or "without a suffix"}')
    if img.ndim != 3 or img.shape[2] not in (1, 3, 4) or img.dtype not in (np.uint8, np.uint16) or not img.size:
        raise InputError(f'an image must be (H, W, 1, 3 or 4) of uint8 or uint16, not {img.shape} of {img.dtype}')
    if img.dtype == np.uint16 and suffix not in ('.png', '.tif', '.tiff'):
        raise InputError(f'{suffix} cannot hold 16 bits per channel; take .png or .tif')
    if img.shape[2] == 4 and suffix in ('.jpg', '.jpeg'):
        raise InputError(f'{suffix} cannot hold an alpha channel; take .png or drop it')
    if suffix == '.png' and compression == 0:
        return b''.join(stored_png(img))
    options = {
        '.png': [] if compression is None else [cv2.IMWRITE_PNG_COMPRESSION, compression],
        '.jpg': [cv2.IMWRITE_JPEG_QUALITY, quality],
        '.jpeg': [cv2.IMWRITE_JPEG_QUALITY, quality],
        '.webp': [cv2.IMWRITE_WEBP_QUALITY, quality],
    }
    done, data = cv2.imencode(suffix, _swap_red_and_blue(img), options.get(suffix, []))
    if not done:
        raise InputError(f'an image of {img.shape[1]}x{img.shape[0]} pixels cannot be written as {suffix}')
    return data.tobytes()


def _read_bytes(path: PathLike) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f'{path} cannot be read: {error.strerror}') from None


def _decode_cv2(data: bytes, name: object) -> np.ndarray:
    import cv2

    try:
        img = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        img = None
    if img is None or img.dtype not in (np.uint8, np.uint16):
        raise InputError(f'{name} cannot be decoded: the file is damaged or of a rare kind; save it again as PNG')
    return _swap_red_and_blue(img if img.ndim == 3 else img[:, :, None])


@contextmanager
def _overhear(name: object) -> Iterator[None]:
    """Catch what is written to standard error, and raise an InputError if libjpeg finds a picture corrupt."""
    with _ONE_AT_A_TIME, tempfile.TemporaryFile() as said:
        kept = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        said.seek(0)
        heard = said.read()
    if b'Corrupt JPEG' in heard or b'Premature end' in heard:
        complaint = heard.decode(errors='replace').strip().splitlines()[0]
        raise InputError(f'{name} is damaged ({complaint}); if it looks right to you, save it again as PNG')
    if heard:  # somebody else's
        os.write(2, heard)


def _decode_pillow(data: bytes, name: object) -> np.ndarray:
    """For what OpenCV does not read as it should: CMYK, palettes, 1-bit and 32-bit BMP, animations (first picture)."""
    import io

    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            with Image.open(io.BytesIO(data)) as opened:
                opened.load()
                image = ImageOps.exif_transpose(opened)
                if image.mode in ('1', 'L') and not image.has_transparency_data:
                    image = image.convert('L')
                else:
                    image = image.convert('RGBA' if image.has_transparency_data else 'RGB')
    except (OSError, ValueError, SyntaxError, MemoryError, IndexError) as error:
        raise InputError(f'{name} cannot be decoded: {error}') from None
    img = np.asarray(image)
    return img if img.ndim == 3 else img[:, :, None]


def _swap_red_and_blue(img: np.ndarray) -> np.ndarray:
    import cv2

    if img.shape[2] == 1:
        return img
    return cv2.cvtColor(img, cv2.COLOR_BGR2RGB if img.shape[2] == 3 else cv2.COLOR_BGRA2RGBA)


def _upright(img: np.ndarray, orientation: int) -> np.ndarray:
    """Turn a picture by its EXIF orientation: 5 to 8 are stored on their side, 2, 3, 4 and some of those mirrored."""
    if orientation >= 5:
        img = img.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        img = img[::-1]
    if orientation in (2, 3, 6, 7):
        img = img[:, ::-1]
    return np.ascontiguousarray(img)


def _to_color(img: np.ndarray, color: Color) -> np.ndarray:
    import cv2

    channels = img.shape[2]
    if color == 'rgb' and channels != 3:
        return np.repeat(img, 3, axis=2) if channels == 1 else np.ascontiguousarray(img[:, :, :3])
    if color == 'gray' and channels != 1:
        return cv2.cvtColor(np.ascontiguousarray(img[:, :, :3]), cv2.COLOR_RGB2GRAY)[:, :, None]
    return img
