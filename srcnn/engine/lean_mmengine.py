"""Import mmengine without its code for sharded training, which nothing here uses.

``mmengine.runner`` imports torch's FSDP and ZeRO in any case, and with them DTensor and sympy: about a third of the
time from a command to its first iteration. Importing this module first leaves them out; what is left out says so when
it is used. Nothing happens where mmengine's runner has been imported already.
"""

import importlib
import sys
from types import ModuleType

# Module that is not imported -> the one name that others take from it
LEFT_OUT = {
    'mmengine.runner._flexible_runner': 'FlexibleRunner',
    'mmengine.model.wrappers.fully_sharded_distributed': 'MMFullyShardedDataParallel',
}
ZERO = 'torch.distributed.optim'  # mmengine does without it where it cannot be imported


def _placeholder(module: str, name: str) -> ModuleType:
    def refuse(self: object, *args: object) -> None:
        raise NotImplementedError(f'srcnn leaves out {module}.{name}; import mmengine.runner before srcnn to have it.')

    stand_in = ModuleType(module)
    setattr(stand_in, name, type(name, (), {'__init__': refuse}))
    return stand_in


def import_lean() -> None:
    """Import ``mmengine.runner`` with placeholders, then take them away again, so that others find the real modules."""
    if 'mmengine.runner' in sys.modules or ZERO in sys.modules:
        return
    stand_ins = {module: _placeholder(module, name) for module, name in LEFT_OUT.items()}
    sys.modules.update(stand_ins)
    sys.modules[ZERO] = None  # type: ignore[assignment]  # Python's own way of saying: not to be imported
    try:
        importlib.import_module('mmengine.runner')
    finally:
        for module in (*stand_ins, ZERO):
            sys.modules.pop(module, None)


import_lean()
