"""Make an LMDB of a folder of images, for ``LmdbImages`` and, unless raw, for MMagic."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from srcnn.datasets.faults import all_faults
from srcnn.datasets.storage.image_files import ImageFiles, read_bytes
from srcnn.datasets.storage.in_order import in_order
from srcnn.datasets.storage.lmdb_images import META_INFO, RAW_HEADER, RAW_MAGIC
from srcnn.datasets.storage.pixel_form import PixelForm
from srcnn.datasets.storage.space import check_space, decoded_size
from srcnn.errors import InputError
from srcnn.image.header import header_of
from srcnn.image.io import IMAGE_SUFFIXES, Color, decode_image, encode_image

COMPRESSION = 1  # of PNG, as MMagic's tool has it
OVERHEAD = 8192  # bytes that a database needs beside those of an image


def write_lmdb(folder: Path, out: Path, raw: Color | None = None) -> int:
    """Put the images that lie in ``folder`` into a new database, whole or not at all.

    Args:
        folder: Of images; sub-folders are left alone.
        out: Folder of the database, not there yet.
        raw: None stores PNG files: those that are, and are upright, as they are, others anew. A colour stores the
            pixels of ``read_image(path, raw)``, which take three times the space and no time to read.

    Returns:
        The number of images.

    Raises:
        InputError: No images, images that cannot be read or share a name, ``out`` is there already, the disk is full.
    """
    if not folder.is_dir():
        raise InputError(f'{folder}: no such folder.')
    if out.exists():
        raise InputError(f'{out} is already there; remove it, or give another name.')
    images = sorted(p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES and not p.name.startswith('.'))
    keys = [path.stem for path in images]
    if not images:
        raise InputError(f'{folder}: no images in this folder.')
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise InputError(f'{folder}: {min(twice)!r} is the name of two images; a database tells them by name alone.')
    files = ImageFiles(PixelForm(raw or 'unchanged'), verify='header')
    needed = decoded_size((str(path), files) for path in images) if raw else sum(p.stat().st_size for p in images)
    temporary = out.with_name(f'.{out.name}.tmp')
    shutil.rmtree(temporary, ignore_errors=True)  # of a run that was killed
    try:
        temporary.mkdir(parents=True)
        check_space(temporary.parent, needed)
        _write(temporary, images, raw, needed)
        temporary.rename(out)
    except OSError as error:
        raise InputError(f'{out} cannot be written: {error.strerror}.') from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return len(images)


def _write(place: Path, images: Sequence[Path], raw: Color | None, size: int) -> None:
    """Fill the database in the empty folder ``place`` with about ``size`` bytes."""
    import lmdb

    def read(path: Path) -> tuple[str, str, bytes] | InputError:
        try:
            return _line_and_value(path, raw)
        except InputError as error:
            return error

    def put(key: str, value: bytes) -> None:
        try:
            with database.begin(write=True) as transaction:
                transaction.put(key.encode(), value)
        except lmdb.MapFullError:
            database.set_mapsize(2 * database.info()['map_size'] + len(value))
            put(key, value)

    lines, faults = [], []
    try:
        with lmdb.open(str(place), map_size=size + OVERHEAD * (len(images) + 32), sync=False) as database:
            for found in in_order(read, images):
                if isinstance(found, InputError):
                    faults.append(str(found))
                elif not faults:
                    key, line, value = found
                    put(key, value)
                    lines.append(line)
            database.sync(True)
    except lmdb.Error as error:
        raise InputError(f'{place.parent}: the database cannot be written there ({error}).') from None
    if faults:
        raise all_faults(faults, f'{len(images)} images')
    (place / META_INFO).write_text(''.join(lines), encoding='utf-8', newline='\n')


def _line_and_value(path: Path, raw: Color | None) -> tuple[str, str, bytes]:
    """Key of an image, its line in ``meta_info.txt``, and what the database holds for it."""
    data = read_bytes(path)
    image = decode_image(data, path, raw or 'unchanged', strict=True)
    header = header_of(data, path)
    if raw:
        value = RAW_HEADER.pack(RAW_MAGIC, image.itemsize, image.shape[2], *image.shape[:2])
        value += image.astype(image.dtype.newbyteorder('<'), copy=False).tobytes()
    elif header.format == 'PNG' and header.orientation == 1:
        value = data
    else:
        value = encode_image(image, '.png', compression=COMPRESSION)
    shape = ','.join(map(str, image.shape))
    return path.stem, f'{path.stem}.png ({shape}) {0 if raw else COMPRESSION}\n', value
