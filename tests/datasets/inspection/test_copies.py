import cv2
import numpy as np
import pytest

from srcnn.datasets.inspection.copies import Copy, find_copies, fingerprint
from srcnn.image.io import decode_image, encode_image
from srcnn.image.resize import imresize

CHANGES = {
    'mirrored left to right': lambda photo: photo[:, ::-1],
    'mirrored top to bottom': lambda photo: photo[::-1],
    'turned by 180 degrees': lambda photo: np.rot90(photo, 2),
    'transposed': lambda photo: photo.T,
    'turned by 90 degrees clockwise': lambda photo: np.rot90(photo, -1),
    'turned by 90 degrees counterclockwise': lambda photo: np.rot90(photo),
    'transposed and turned by 180 degrees': lambda photo: np.rot90(photo, 2).T,
}


def saved(photo: np.ndarray) -> np.ndarray:
    """As a small, badly compressed JPEG holds it."""
    small = imresize(np.ascontiguousarray(photo), 0.4)
    return decode_image(encode_image(small[..., None], '.jpg', quality=20), 'a copy')[..., 0]


@pytest.mark.parametrize('turn', ['', *CHANGES])
def test_finds_copies_and_says_how_they_were_turned(photos, turn):
    change = CHANGES.get(turn, lambda photo: photo)
    ones = [fingerprint(saved(change(photo))) for photo in photos]
    others = [fingerprint(photo) for photo in photos]
    assert find_copies(ones, others) == [Copy(i, i, turn) for i in range(len(photos))]


def test_a_narrow_border_may_be_missing(photos):
    ones = [fingerprint(photo[10:-10, 10:-10]) for photo in photos]
    assert [copy.other for copy in find_copies(ones, [fingerprint(photo) for photo in photos])] == list(
        range(len(photos))
    )


def test_within_a_set_a_copy_follows_what_it_copies(photos):
    prints = [fingerprint(photo) for photo in photos]
    assert find_copies(prints) == []
    assert find_copies([*prints, prints[2], prints[4]]) == [Copy(6, 2, ''), Copy(7, 4, '')]


def test_pictures_of_nothing_are_no_copies():
    sky = cv2.GaussianBlur(np.random.default_rng(0).normal(128, 4, (200, 200)), (0, 0), 3).astype(np.uint8)
    assert find_copies([fingerprint(sky)] * 2, [fingerprint(sky)]) == []
    assert find_copies([], []) == []
