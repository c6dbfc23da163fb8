"""Constants into the sample."""

from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.registry import TRANSFORMS


@TRANSFORMS.register_module()
class SetValues(Transform):
    """Set ``sample[key] = value`` for each entry of ``dictionary``, for example ``dict(scale=4)``."""

    def __init__(self, dictionary: dict) -> None:
        self.dictionary = dict(dictionary)

    def check(self, sample: Sample) -> None:
        sample.update(self.dictionary)

    def transform(self, results: Sample) -> Sample:
        results.update(self.dictionary)
        return results
