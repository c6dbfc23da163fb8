"""Pictures of results."""

from srcnn.visualization.concat_image_visualizer import ConcatImageVisualizer

__all__ = ['ConcatImageVisualizer']
