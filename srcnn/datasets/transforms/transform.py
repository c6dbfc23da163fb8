"""What every transform of a sample is: ``transform`` changes the sample, ``check`` says beforehand whether it can."""

from mmcv.transforms import BaseTransform

# A sample on its way from the data set to the network: `img` and `gt` are HWC arrays, `*_path` their files.
Sample = dict


class Transform(BaseTransform):
    """A step of a pipeline.

    ``transform(sample)`` takes and returns the sample. ``check(sample)`` walks the same road without pixels, before
    any training starts: the sample holds ``<key>_path`` and, once a loader's check has run, ``<key>_shape`` as
    (height, width, channels); it raises :class:`srcnn.InputError` where ``transform`` would fail later, and updates
    the shapes where ``transform`` would change them.
    """

    def check(self, sample: Sample) -> None:
        """Raise InputError if ``transform`` cannot work on this sample. The default finds nothing wrong."""

    def transform(self, results: Sample) -> Sample:
        raise NotImplementedError
