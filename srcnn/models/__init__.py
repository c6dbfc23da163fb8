"""A network, a loss, and what turns pixels into their input and back."""

from srcnn.models import losses, networks
from srcnn.models.data_preprocessor import DataPreprocessor
from srcnn.models.downsampling_preprocessor import DownsamplingPreprocessor
from srcnn.models.super_resolver import SuperResolver

__all__ = ['DataPreprocessor', 'DownsamplingPreprocessor', 'SuperResolver', 'losses', 'networks']
