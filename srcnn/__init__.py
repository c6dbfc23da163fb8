"""Config-driven super-resolution: train, test and use SRCNN and its successors."""

from typing import TYPE_CHECKING, Any

from srcnn.errors import InputError
from srcnn.version import __version__

if TYPE_CHECKING:
    from srcnn.apis.upscaler import Upscaler

__all__ = ['InputError', 'Upscaler', '__version__']


def __getattr__(name: str) -> Any:
    """``srcnn.Upscaler``, loaded when it is asked for: it brings torch and the whole package with it."""
    if name == 'Upscaler':
        from srcnn.apis.upscaler import Upscaler

        return Upscaler
    raise AttributeError(f"module 'srcnn' has no attribute {name!r}")
