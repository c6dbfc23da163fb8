"""Training steps that a CUDA graph can hold."""

from srcnn.engine.resident.device_steps import DeviceSteps, Found

__all__ = ['DeviceSteps', 'Found']
