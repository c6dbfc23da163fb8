"""A part of one picture in another, by local features: slower than ``copies.py``, and blind to mirror images."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from srcnn.datasets.inspection.alignment import structure

_SIDE, _FEATURES = 800, 1000  # pictures are made this small; more features find smaller parts
_LEAST = 31  # pixels round a corner that are described
_NEAR = 48  # of 256 bits, in which the descriptors of one corner may differ
_VOTES = 8  # corners that must agree on one place
_ZOOM = (0.15, 6.0)
_OVERLAP = 400  # pixels
# Different photographs reached 0.16 where 12 corners agreed; true parts 0.5 and more
_PROVEN = 0.5


class Features(NamedTuple):
    """A picture (H, W) uint8 made small, its corners (n, 2) and their descriptors (n, 32), None if it has none."""

    picture: np.ndarray
    corners: np.ndarray
    descriptors: np.ndarray | None


def features(gray: np.ndarray) -> Features:
    """Find the corners of a picture (H, W), uint8 (ORB, Rublee et al. 2011)."""
    shrink = _SIDE / max(gray.shape)
    if shrink < 1:
        height, width = (max(1, round(side * shrink)) for side in gray.shape)
        gray = cv2.resize(gray, (width, height), interpolation=cv2.INTER_AREA)
    if min(gray.shape) < _LEAST:
        return Features(gray, np.zeros((0, 2), np.float32), None)
    corners, descriptors = cv2.ORB.create(_FEATURES).detectAndCompute(gray, None)
    return Features(gray, np.array([corner.pt for corner in corners], np.float32).reshape(-1, 2), descriptors)


class CropFinder:
    """Looks for parts that a picture shares with any of ``others``."""

    def __init__(self, others: Sequence[Features]) -> None:
        self.others = others
        described = [(i, one) for i, one in enumerate(others) if one.descriptors is not None]
        self._owner = np.concatenate([np.full(len(one.corners), i) for i, one in described] or [np.zeros(0, int)])
        self._corners = np.concatenate([one.corners for _, one in described] or [np.zeros((0, 2), np.float32)])
        self._descriptors = np.concatenate([np.asarray(one.descriptors) for _, one in described] or [np.zeros((0, 32))])

    def find(self, one: Features) -> list[int]:
        """Which of ``others`` show a part of this picture, at any place, size and angle, but not mirrored."""
        if one.descriptors is None or not len(self._descriptors):
            return []
        matches = cv2.BFMatcher(cv2.NORM_HAMMING).match(one.descriptors, self._descriptors)
        near = np.array([(m.queryIdx, m.trainIdx) for m in matches if m.distance <= _NEAR], int).reshape(-1, 2)
        owners = self._owner[near[:, 1]]
        suspects = [int(i) for i in np.unique(owners) if np.count_nonzero(owners == i) >= _VOTES]
        return [i for i in suspects if self._shares(one, i, near[owners == i])]

    def _shares(self, one: Features, other: int, near: np.ndarray) -> bool:
        place, agreed = cv2.estimateAffinePartial2D(
            one.corners[near[:, 0]], self._corners[near[:, 1]], ransacReprojThreshold=3
        )
        if place is None or agreed.sum() < _VOTES or not _ZOOM[0] < np.hypot(*place[:, 0]) < _ZOOM[1]:
            return False
        target = self.others[other].picture
        size = (target.shape[1], target.shape[0])
        covered = cv2.warpAffine(np.ones_like(one.picture), place, size)
        covered = cv2.erode(covered, np.ones((9, 9), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
        where = covered.astype(bool)
        if np.count_nonzero(where) < _OVERLAP:
            return False
        a = structure(cv2.warpAffine(one.picture, place, size, flags=cv2.INTER_AREA))[where]
        b = structure(target)[where]
        return float(a @ b) > _PROVEN * max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-6)
