"""For programs that use a trained network."""

from srcnn.apis.inference import init_model, upscale_image

__all__ = ['init_model', 'upscale_image']
