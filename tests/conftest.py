"""Shared fixtures: where the real test material lies, if it is there."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope='session')
def shared() -> Path:
    """Folder with real images, checkpoints and reference values; tests that need it skip where it is absent."""
    folder = Path(os.environ.get('SRCNN_SHARED', ROOT.parent / 'shared'))
    if not (folder / 'data').is_dir():
        pytest.skip(f'real test data not found at {folder}; set SRCNN_SHARED to the folder that holds it')
    return folder
