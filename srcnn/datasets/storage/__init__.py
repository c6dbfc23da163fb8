"""Where the pixels of a data set come from: image files, packs of decoded images, LMDB."""

from srcnn.datasets.storage.image_files import ImageFiles, Verify
from srcnn.datasets.storage.image_pack import ImagePack
from srcnn.datasets.storage.image_source import ImageSource
from srcnn.datasets.storage.lmdb_images import LmdbImages, is_lmdb
from srcnn.datasets.storage.make_pack import PackFolderError, open_pack
from srcnn.datasets.storage.pixel_form import PixelForm

__all__ = [
    'ImageFiles',
    'ImagePack',
    'ImageSource',
    'LmdbImages',
    'PackFolderError',
    'PixelForm',
    'Verify',
    'is_lmdb',
    'open_pack',
]
