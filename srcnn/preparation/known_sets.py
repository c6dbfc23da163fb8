"""The published sets: how many images, where their publishers put them, and where configs read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from srcnn.errors import InputError

Kind = Literal['train', 'test']


@dataclass(frozen=True)
class KnownSet:
    """One data set.

    Args:
        name: Its folder below ``data/``.
        kind: ``test``: originals cropped for each scale, in folders named after the crop. ``train``: one folder of
            originals for all scales.
        counts: Numbers of images that make a whole set.
        own: A set of the user's own: all images found are originals, however many.
        folders: Where the originals are in what the publisher offers. The first alternative is taken of which any
            folder is there, and all of its folders together.
        also_called: Other names of its folder.
        hr, lr, lr_name: Folders of a training set, and the name of a low-resolution image; ``{scale}`` is filled in.
        published_lr: Folders in which the publisher offers low-resolution images of its own.
        convention: How images are rounded unless the command says otherwise; see ``srcnn.image.resize``.
        cut: Size and step of the sub-images that MMagic's configs train on, in a set of large images.
        annotations: Lists of the sub-images, each with the first and the last original in it.
        held_out: First and last of the originals kept for validation; ``valid`` takes the place of ``train`` in the
            names of the folders for whole images, so that nobody trains on them by mistake.
        pixels: Checksum of the pixels of all originals as RGB, in whatever order, where they are known.
    """

    name: str
    kind: Kind
    counts: tuple[int, ...] = ()
    own: bool = False
    folders: tuple[tuple[str, ...], ...] = ()
    also_called: tuple[str, ...] = ()
    hr: str = 'HR'
    lr: str = 'LRbicx{scale}'
    lr_name: str = '{name}'
    published_lr: tuple[str, ...] = ()
    convention: Literal['uint8', 'double'] = 'double'
    cut: tuple[int, int] | None = None
    annotations: tuple[tuple[str, str, str], ...] = ()
    held_out: tuple[str, str] | None = None
    pixels: str | None = None

    def holds_out(self, original: str) -> bool:
        """Whether an original is for validation."""
        return self.held_out is not None and self.held_out[0] <= original <= self.held_out[1]


# Huang et al. offer several sets as image_SRF_2/img_001_SRF_2_HR.png, beside the outputs of other methods
SELFEXSR = ('image_SRF_2',)

_SETS = (
    KnownSet(
        'Set5',
        'test',
        (5,),
        folders=(SELFEXSR,),
        pixels='ce6ae6dc4b59077857134dfce84efa95f188676ff4b19b186170aa20052b9f8e',
    ),
    KnownSet(
        'Set14',
        'test',
        (14,),
        folders=(SELFEXSR,),
        pixels='ef6dcd88e81e23bb8ca20633e33f1065aa24234dc54c56aa1822ff1c85c8b964',
    ),
    KnownSet(
        'BSD100',
        'test',
        (100,),
        folders=(SELFEXSR, ('BSDS300/images/test',), ('BSDS500/data/images/val',)),
        also_called=('B100', 'BSDS100'),
    ),
    KnownSet('Urban100', 'test', (100,), folders=(SELFEXSR,)),
    KnownSet('Manga109', 'test', (109,)),
    KnownSet('T91', 'train', (91,), pixels='647d1a2be43b2ff868cb5d78e15aa535a6d8d5d05494c892ab95fef20ae375fc'),
    KnownSet(
        'General100',
        'train',
        (100,),
        also_called=('General-100',),
        pixels='68000e92c1ddd64f91a3174f3fb6a57b1f9bda8a25ef2ae8aa1ebe91e6634d94',
    ),
    KnownSet('BSDS200', 'train', (200,), folders=(('images/train',),)),
    KnownSet('BSDS300', 'train', (300,), folders=(('images/train', 'images/test'),)),
    KnownSet('BSDS500', 'train', (500,), folders=(('images/train', 'images/val', 'images/test'),)),
    KnownSet(
        'DIV2K',
        'train',
        (800, 900),
        folders=(('DIV2K_train_HR', 'DIV2K_valid_HR'),),
        hr='DIV2K_train_HR',
        lr='DIV2K_train_LR_bicubic/X{scale}',
        lr_name='{name}x{scale}',
        published_lr=('DIV2K_train_LR_bicubic/X{scale}', 'DIV2K_valid_LR_bicubic/X{scale}'),
        convention='uint8',
        cut=(480, 240),
        held_out=('0801', '0900'),
        annotations=(
            ('meta_info_DIV2K800sub_GT.txt', '0001', '0800'),
            ('meta_info_DIV2K100sub_GT.txt', '0801', '0900'),
        ),
    ),
    KnownSet(
        'Flickr2K',
        'train',
        (2650,),
        folders=(('Flickr2K_HR',),),
        hr='Flickr2K_HR',
        lr='Flickr2K_LR_bicubic/X{scale}',
        lr_name='{name}x{scale}',
        published_lr=('Flickr2K_LR_bicubic/X{scale}',),
        convention='uint8',
        cut=(480, 240),
    ),
)
KNOWN_SETS: Mapping[str, KnownSet] = {known.name: known for known in _SETS}


def find_set(name: str) -> KnownSet:
    """The set of that name, however it is written (``set5``, ``General-100``, ``B100``).

    Raises:
        InputError: There is none.
    """

    def plain(text: str) -> str:
        return text.lower().replace('-', '').replace('_', '')

    for known in _SETS:
        if plain(name) in map(plain, (known.name, *known.also_called)):
            return known
    raise InputError(
        f'{name!r} is no data set known here ({", ".join(KNOWN_SETS)}); for a folder of your own give --name {name}'
    )
