"""What is added to mmengine's Runner, one file per concern."""

from srcnn.engine import lean_mmengine  # isort: skip  # before anything that imports mmengine's runner
from srcnn.engine.runner import Runner

__all__ = ['Runner', 'lean_mmengine']
