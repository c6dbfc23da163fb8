"""Hooks beside mmengine's own."""

from srcnn.engine.hooks.basic_visualization_hook import BasicVisualizationHook
from srcnn.engine.hooks.checkpoint_hook import CheckpointHook
from srcnn.engine.hooks.data_wait_hook import DataWaitHook
from srcnn.engine.hooks.resume_state_hook import ResumeStateHook
from srcnn.engine.hooks.runtime_info_hook import RuntimeInfoHook
from srcnn.engine.hooks.stop_signal_hook import StopSignalHook

__all__ = [
    'BasicVisualizationHook',
    'CheckpointHook',
    'DataWaitHook',
    'ResumeStateHook',
    'RuntimeInfoHook',
    'StopSignalHook',
]
