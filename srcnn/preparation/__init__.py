"""Originals -> the folders that configs train and test on. Loads neither torch nor mmengine, so it starts at once."""

from srcnn.preparation.prepare import prepare
from srcnn.preparation.report import Report
from srcnn.preparation.verify import verify

__all__ = ['Report', 'prepare', 'verify']
