"""Originals -> the folders that configs train and test on. Loads neither torch nor mmengine, so it starts at once."""

from srcnn.preparation.prepare import Report, prepare, verify

__all__ = ['Report', 'prepare', 'verify']
