"""For programs that use a trained network."""

from srcnn.apis.inference import init_model
from srcnn.apis.upscaler import Upscaler, upscale_image

__all__ = ['Upscaler', 'init_model', 'upscale_image']
