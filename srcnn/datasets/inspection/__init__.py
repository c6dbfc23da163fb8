"""Are these pictures fit to train on? Damaged files, pairs that do not fit, copies, leaks from test sets."""

from srcnn.datasets.inspection.folders import KINDS, Finding, Report, inspect_folders

__all__ = ['KINDS', 'Finding', 'Report', 'inspect_folders']
