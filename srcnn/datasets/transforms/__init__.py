"""Steps of a data pipeline: a sample in, the sample out."""

from srcnn.datasets.transforms.downsample import Downsample
from srcnn.datasets.transforms.downsample_and_enlarge import DownsampleAndEnlarge
from srcnn.datasets.transforms.flip import Flip
from srcnn.datasets.transforms.load_image_from_file import LoadImageFromFile
from srcnn.datasets.transforms.pack_inputs import PackInputs
from srcnn.datasets.transforms.paired_random_crop import PairedRandomCrop
from srcnn.datasets.transforms.pillow_luma_pair import PillowLumaPair
from srcnn.datasets.transforms.random_crop_and_downsample import RandomCropAndDownsample
from srcnn.datasets.transforms.random_crop_with_margin import RandomCropWithMargin
from srcnn.datasets.transforms.random_transpose_hw import RandomTransposeHW
from srcnn.datasets.transforms.set_values import SetValues
from srcnn.datasets.transforms.transform import Transform

__all__ = [
    'Downsample',
    'DownsampleAndEnlarge',
    'Flip',
    'LoadImageFromFile',
    'PackInputs',
    'PairedRandomCrop',
    'PillowLumaPair',
    'RandomCropAndDownsample',
    'RandomCropWithMargin',
    'RandomTransposeHW',
    'SetValues',
    'Transform',
]
