"""Hooks beside mmengine's own."""

from srcnn.engine.hooks.basic_visualization_hook import BasicVisualizationHook

__all__ = ['BasicVisualizationHook']
