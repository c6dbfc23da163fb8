"""What is added to mmengine's Runner, one file per concern."""

from srcnn.engine.runner import Runner

__all__ = ['Runner']
