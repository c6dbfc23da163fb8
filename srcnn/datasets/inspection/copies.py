"""The same picture under another name: whole, mirrored or turned, at another size, saved again."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from srcnn.datasets.inspection.alignment import align

_THUMB, _SIGNATURE = 64, 16
_FAINT = 0.5  # levels of 8 bit; signatures of less than this are of sky and noise, and like any other
_BLOCK = 512
# Among 105,000 pairs of different photographs no two signatures correlated above 0.57, and no aligned thumbnails above
# 0.53. Copies reached 0.9 and more, those with 3 % cut off at every border 0.66 and 0.99.
_SUSPECT, _PROVEN = 0.6, 0.7
_TRIES = 3

# What has to be done to the one for it to be the other: see `_turn`
_TURNS = (
    '',
    'mirrored left to right',
    'mirrored top to bottom',
    'turned by 180 degrees',
    'transposed',
    'turned by 90 degrees clockwise',
    'turned by 90 degrees counterclockwise',
    'transposed and turned by 180 degrees',
)


class Fingerprint(NamedTuple):
    """A picture made small: ``thumb`` (64, 64) uint8, ``signature`` (16, 16) float32 of norm 1, or 0 if it is flat."""

    thumb: np.ndarray
    signature: np.ndarray


class Copy(NamedTuple):
    """Picture ``one`` shows what ``other`` does; ``turn`` says how the other was turned, '' if not."""

    one: int
    other: int
    turn: str


def fingerprint(gray: np.ndarray) -> Fingerprint:
    """Make a picture (H, W), uint8, small; its shape is forgotten."""
    thumb = cv2.resize(gray, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA)
    small = cv2.resize(thumb, (_SIGNATURE, _SIGNATURE), interpolation=cv2.INTER_AREA).astype(np.float32)
    small -= cv2.GaussianBlur(small, (0, 0), 2)
    small -= small.mean()
    return Fingerprint(thumb, small / np.linalg.norm(small) if small.std() > _FAINT else np.zeros_like(small))


def find_copies(
    ones: Sequence[Fingerprint],
    others: Sequence[Fingerprint] | None = None,
    run: Callable[[Callable[[int], Copy | None], Iterable[int]], Iterable[Copy | None]] = map,
) -> list[Copy]:
    """Find for each picture the one it is a copy of.

    Args:
        ones: The pictures.
        others: Where to look; None: among those that come before it.
        run: A ``map`` that may use threads.

    Returns:
        One entry for each copy, in the order of ``ones``.
    """
    among = ones if others is None else others
    if not ones or not among:
        return []
    turned = np.stack([[_turn(other.signature, turn).ravel() for other in among] for turn in range(len(_TURNS))])
    found: list[Copy] = []
    for start in range(0, len(ones), _BLOCK):
        block = ones[start : start + _BLOCK]
        scores = np.stack([one.signature.ravel() for one in block]) @ turned.transpose(0, 2, 1)  # turn, one, other
        turns, best = scores.argmax(axis=0), scores.max(axis=0)
        if others is None:
            best[np.arange(len(block))[:, None] + start <= np.arange(len(among))] = -1

        def prove(i: int, start: int = start, turns: np.ndarray = turns, best: np.ndarray = best) -> Copy | None:
            for j in np.argsort(-best[i])[:_TRIES]:
                turn = int(turns[i, j])
                if best[i, j] > _SUSPECT and _same(ones[start + i].thumb, _turn(among[j].thumb, turn)):
                    return Copy(start + i, int(j), _TURNS[turn])
            return None

        suspects = np.flatnonzero(best.max(axis=1) > _SUSPECT).tolist()
        found += [copy for copy in run(prove, suspects) if copy is not None]
    return found


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    similarity = align(one, other).similarity
    return similarity is not None and similarity > _PROVEN


def _turn(picture: np.ndarray, turn: int) -> np.ndarray:
    picture = picture.T if turn & 4 else picture
    picture = picture[::-1] if turn & 2 else picture
    return picture[:, ::-1] if turn & 1 else picture
