"""What is made from one original: a recipe, and the files that come of it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from srcnn.errors import InputError
from srcnn.image.crop import mod_crop
from srcnn.image.io import Color, encode_image
from srcnn.image.resize import Convention, imresize
from srcnn.image.resize_weights import Edges
from srcnn.image.stored_png import stored_png
from srcnn.preparation.known_sets import KnownSet

File = Sequence[bytes | memoryview]


class Made(NamedTuple):
    """A file below the folder of the set, in parts, and the pixels (H, W, C) that it holds."""

    name: str
    parts: File
    pixels: np.ndarray


class Picture(NamedTuple):
    """Pixels (H, W, C), and the PNG file that holds just these if there is one, which need not be made again."""

    pixels: np.ndarray
    file: bytes | None = None


@dataclass(frozen=True)
class Pairs:
    """A folder of originals cropped to multiples of ``modulus``, and folders of low-resolution images of them."""

    hr: str
    modulus: int
    lr: Mapping[int, str]

    def hr_file(self, name: str) -> str:
        """Path of an original below the folder of the set."""
        return f'{self.hr}/{name}.png'


@dataclass(frozen=True)
class Cut:
    """Sub-images of ``size`` every ``step`` pixels.

    Low-resolution images are cut alongside, and a last row and column of sub-images reaches the border, as MMagic cuts
    DIV2K. If size and step are no multiples of every scale they are ``enlarged`` to the size of the original first, and
    nothing but whole steps is cut, as the paper's authors cut the 91 images.
    """

    size: int
    step: int
    modulus: int
    enlarged: bool
    hr: str
    lr: Mapping[int, str]

    def starts(self, side: int) -> list[int]:
        """Where sub-images begin along a side."""
        starts = list(range(0, side - self.size + 1, self.step))
        if starts and not self.enlarged and starts[-1] + self.size < side:
            starts.append(side - self.size)
        return starts


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what the files hold; see ``make_recipe``."""

    pairs: tuple[Pairs, ...]
    cut: Cut | None
    lr_name: str
    color: Color
    convention: Convention
    edges: Edges
    compress: bool
    offered: bool

    def for_validation(self) -> 'Recipe':
        """The same for originals that are held out: whole images go elsewhere, sub-images do not."""

        def renamed(folder: str) -> str:
            return folder.replace('train', 'valid')

        pairs = [Pairs(renamed(p.hr), p.modulus, {k: renamed(lr) for k, lr in p.lr.items()}) for p in self.pairs]
        return replace(self, pairs=tuple(pairs))

    def whole_folders(self) -> list[str]:
        """Those of whole images."""
        return [folder for pair in self.pairs for folder in (pair.hr, *pair.lr.values())]

    def whole_files(self, name: str, height: int, width: int) -> dict[str, tuple[int, int]]:
        """Whole images made of an original of this size: path below the folder of the set -> height and width."""
        files = {}
        for pair in self.pairs:
            rows, columns = (side - side % pair.modulus for side in (height, width))
            files[pair.hr_file(name)] = rows, columns
            files |= {self.lr_file(pair, scale, name): (rows // scale, columns // scale) for scale in pair.lr}
        return files

    def lr_file(self, pair: Pairs, scale: int, name: str) -> str:
        """Path of a low-resolution image below the folder of the set."""
        return f'{pair.lr[scale]}/{self.lr_name.format(name=name, scale=scale)}.png'

    def describe(self) -> dict[str, str]:
        """Folder -> one line on what it holds."""
        how = {'uint8': 'rounded after each pass', 'double': 'of im2double, rounded once'}[self.convention]
        made = f'imresize {how}, {self.edges} edges' + ('; as published where offered' if self.offered else '')
        made += '' if self.compress else '; PNG without compression'
        lines = {}
        for pair in self.pairs:
            lines[pair.hr] = f'{self.color}, {_cropped(pair.modulus)}'
            lines |= {folder: f'x{scale} of {pair.hr}, {made}' for scale, folder in pair.lr.items()}
        if self.cut:
            every = f'{self.cut.size} every {self.cut.step} pixels, {self.color}, {_cropped(self.cut.modulus)}'
            again = ', enlarged again' if self.cut.enlarged else ''
            lines[self.cut.hr] = every + ('' if self.compress else '; PNG without compression')
            lines |= {folder: f'x{scale} of {every}, {made}{again}' for scale, folder in self.cut.lr.items()}
        return lines


def _cropped(modulus: int) -> str:
    return 'not cropped' if modulus == 1 else f'cropped to multiples of {modulus}'


def make_recipe(
    known: KnownSet,
    *,
    scales: Sequence[int] | None = None,
    modulus: int | None = None,
    cut: tuple[int, int] | None = None,
    color: Color | None = None,
    convention: Convention | None = None,
    edges: Edges = 'symmetric',
    compress: bool | None = None,
    offered: bool = True,
) -> Recipe:
    """Settle what to make for a set, by its own rules where an argument is None.

    Test sets: for every scale k the folders ``GTmod{k}`` and ``LRbicx{k}_GTmod{k}``; and ``GTmod12`` with ``LRbicx{k}``
    for those that divide 12 (for others, such as 8, the least common multiple: ``GTmod24``).
    Training sets: one folder of originals, cropped to multiples of all scales, and one of each scale.

    Args:
        known: The set.
        scales: Whole numbers from 2; None: 2, 3, 4 and for test sets also 8.
        modulus: Crop originals to multiples of this, and make no other folder of originals.
        cut: Size and step of sub-images; None: none.
        color: As ``read_image`` knows them; None: RGB, and for a set of one's own what the files hold.
        convention: How images are rounded; None: the set's own.
        edges: What lies outside the picture.
        compress: Whether PNG files are; None: unless the set is one of large images, which MMagic cuts.
        offered: Whether to take low-resolution images that the publisher offers.

    Raises:
        InputError: The sizes do not go together.
    """
    scales = tuple(sorted(set(scales or ((2, 3, 4, 8) if known.kind == 'test' else (2, 3, 4)))))
    if scales[0] < 2:
        raise InputError(f'--scales {" ".join(map(str, scales))}: give whole numbers from 2')
    if modulus is not None and modulus < 1:
        raise InputError(f'--mod-crop {modulus}: give a whole number from 1 (1: no crop)')
    pairs, cutting = _test_folders(scales, modulus), None
    if known.kind == 'train':
        common = modulus or math.lcm(*scales)
        pairs = (Pairs(known.hr, common, {scale: known.lr.format(scale=scale) for scale in scales}),)
        cutting = cut and _cutting(cut, pairs[0])
        pairs = () if cutting and cutting.enlarged else pairs
    elif cut:
        raise InputError(f'--sub-images: {known.name} is a test set, whose images stay whole')
    for pair in pairs:
        for scale in pair.lr:
            if pair.modulus % scale:
                raise InputError(f'--mod-crop {pair.modulus}: no multiple of scale {scale}, so the pairs would not fit')
    return Recipe(
        pairs,
        cutting or None,
        known.lr_name,
        color or ('unchanged' if known.own else 'rgb'),
        convention or known.convention,
        edges,
        known.cut is None if compress is None else compress,
        offered and bool(known.published_lr),
    )


def _test_folders(scales: Sequence[int], modulus: int | None) -> tuple[Pairs, ...]:
    by_modulus: dict[int, dict[int, str]] = {}
    for scale in scales:
        by_modulus.setdefault(modulus or math.lcm(12, scale), {})[scale] = f'LRbicx{scale}'
    pairs = [Pairs(f'GTmod{number}', number, lr) for number, lr in by_modulus.items()]
    if modulus is None:
        pairs += [Pairs(f'GTmod{k}', k, {k: f'LRbicx{k}_GTmod{k}'}) for k in scales]
    return tuple(pairs)


def _cutting(cut: tuple[int, int], pair: Pairs) -> Cut:
    size, step = cut
    if min(cut) < 1:
        raise InputError(f'--sub-images {size} --stride {step}: give whole numbers from 1')
    enlarged = any(number % scale for number in cut for scale in pair.lr)
    end = f'_sub{size}' if enlarged else '_sub'
    between = '_enlarged' if enlarged else ''
    lr = {scale: f'{folder}{between}{end}' for scale, folder in pair.lr.items()}
    return Cut(size, step, pair.modulus, enlarged, f'{pair.hr}{end}', lr)


def files_of(name: str, original: Picture, offered: Mapping[int, Picture], recipe: Recipe) -> Iterator[Made]:
    """Make all files of one original, one after the other.

    Args:
        name: What they are called.
        original: The original.
        offered: Low-resolution images that are not to be made, by scale.
        recipe: What to make.

    Raises:
        InputError: The original is too small, or an offered image is not of the size that its scale asks for.
    """
    for pair in recipe.pairs:
        hr = Picture(mod_crop(original.pixels, pair.modulus))
        hr = original if hr.pixels.shape == original.pixels.shape else hr
        yield _file(pair.hr_file(name), hr, recipe)
        for scale in pair.lr:
            lr = _reduced(hr.pixels, scale, offered, recipe)
            yield _file(recipe.lr_file(pair, scale, name), lr, recipe)
            if recipe.cut:
                yield from _sub_images(recipe.cut.lr[scale], name, lr.pixels, scale, recipe.cut, recipe)
        if recipe.cut:
            yield from _sub_images(recipe.cut.hr, name, hr.pixels, 1, recipe.cut, recipe)
    if recipe.cut and recipe.cut.enlarged:
        whole = mod_crop(original.pixels, recipe.cut.modulus)
        yield from _sub_images(recipe.cut.hr, name, whole, 1, recipe.cut, recipe)
        for scale, folder in recipe.cut.lr.items():
            small = _reduced(whole, scale, {}, recipe).pixels
            large = imresize(small, scale, size=whole.shape[:2], edges=recipe.edges, convention=recipe.convention)
            yield from _sub_images(folder, name, large, 1, recipe.cut, recipe)


def _reduced(hr: np.ndarray, scale: int, offered: Mapping[int, Picture], recipe: Recipe) -> Picture:
    if scale not in offered:
        return Picture(imresize(hr, 1 / scale, edges=recipe.edges, convention=recipe.convention))
    expected = (hr.shape[0] // scale, hr.shape[1] // scale, hr.shape[2])
    if offered[scale].pixels.shape != expected:
        raise InputError(
            f'the x{scale} image offered with it is {offered[scale].pixels.shape}, expected {expected} (height, width, '
            'channels); correct it, or give --make-lr to make all of them'
        )
    return offered[scale]


def _sub_images(folder: str, name: str, img: np.ndarray, scale: int, cut: Cut, recipe: Recipe) -> Iterator[Made]:
    size = cut.size // scale
    height, width = img.shape[0] * scale, img.shape[1] * scale
    corners = [(top // scale, left // scale) for top in cut.starts(height) for left in cut.starts(width)]
    if not corners:
        raise InputError(f'{width}x{height} pixels hold no sub-image of {cut.size}x{cut.size}')
    for number, (top, left) in enumerate(corners, 1):
        sub = Picture(img[top : top + size, left : left + size])
        yield _file(f'{folder}/{name}_s{number:03d}.png', sub, recipe)


def _file(name: str, picture: Picture, recipe: Recipe) -> Made:
    parts: File
    if picture.file is not None:
        parts = [picture.file]
    elif recipe.compress:
        parts = [encode_image(np.ascontiguousarray(picture.pixels), '.png')]
    else:
        parts = stored_png(picture.pixels)
    return Made(name, parts, picture.pixels)
