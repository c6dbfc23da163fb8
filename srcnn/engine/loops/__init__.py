"""Loops beside mmengine's own."""

from srcnn.engine.loops.iter_based_train_loop import IterBasedTrainLoop
from srcnn.engine.loops.multi_test_loop import MultiTestLoop
from srcnn.engine.loops.multi_val_loop import MultiValLoop

__all__ = ['IterBasedTrainLoop', 'MultiTestLoop', 'MultiValLoop']
