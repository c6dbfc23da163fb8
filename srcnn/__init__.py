"""Config-driven super-resolution: train, test and use SRCNN and its successors."""

from srcnn.errors import InputError
from srcnn.version import __version__

__all__ = ['InputError', '__version__']
