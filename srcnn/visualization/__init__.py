"""Pictures of results."""

from srcnn.visualization.concat_image_visualizer import ConcatImageVisualizer
from srcnn.visualization.local_vis_backend import LocalVisBackend

__all__ = ['ConcatImageVisualizer', 'LocalVisBackend']
