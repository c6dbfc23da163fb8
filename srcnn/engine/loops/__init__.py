"""Loops beside mmengine's own."""

from srcnn.engine.loops.iter_based_train_loop import IterBasedTrainLoop
from srcnn.engine.loops.multi_test_loop import MultiTestLoop
from srcnn.engine.loops.multi_val_loop import MultiValLoop
from srcnn.engine.loops.resident_train_loop import ResidentTrainLoop

__all__ = ['IterBasedTrainLoop', 'MultiTestLoop', 'MultiValLoop', 'ResidentTrainLoop']
