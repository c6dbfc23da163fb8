"""Validation on one or several data sets."""

from srcnn.engine.loops.multi_loop import MultiLoop
from srcnn.registry import LOOPS


@LOOPS.register_module()
class MultiValLoop(MultiLoop):
    """``val_cfg = dict(type='MultiValLoop')``; see MultiLoop. All data sets must be there."""

    phase = 'val'
