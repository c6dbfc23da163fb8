import cv2
import numpy as np

from srcnn.datasets.inspection.crops import CropFinder, features
from srcnn.image.resize import imresize


def test_finds_parts_of_other_sizes_and_angles(photos):
    finder = CropFinder([features(photo) for photo in photos])
    for i, photo in enumerate(photos[:4]):
        height, width = photo.shape
        part = photo[height // 4 :, : 3 * width // 4]
        turned = cv2.warpAffine(photo, cv2.getRotationMatrix2D((width / 2, height / 2), 30, 1), (width, height))
        for one in (part, imresize(part, 0.7), np.rot90(part), turned):
            assert finder.find(features(np.ascontiguousarray(one))) == [i]


def test_finds_none_where_there_is_none(photos):
    finder = CropFinder([features(photo) for photo in photos[:3]])
    assert [finder.find(features(photo)) for photo in photos[3:]] == [[], [], []]
    for size in ((50, 50), (1, 1), (1, 3000), (31, 60000)):
        flat = features(np.full(size, 9, np.uint8))
        assert finder.find(flat) == CropFinder([flat]).find(features(photos[0])) == CropFinder([]).find(flat) == []
