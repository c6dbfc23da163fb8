"""Registries: names in config files -> classes. Children of mmengine's, so that its own types resolve too.

``locations`` are imported when a name is looked up for the first time, and not before.
"""

from mmengine.registry import DATASETS as _DATASETS
from mmengine.registry import HOOKS as _HOOKS
from mmengine.registry import LOOPS as _LOOPS
from mmengine.registry import METRICS as _METRICS
from mmengine.registry import MODELS as _MODELS
from mmengine.registry import OPTIM_WRAPPERS as _OPTIM_WRAPPERS
from mmengine.registry import TRANSFORMS as _TRANSFORMS
from mmengine.registry import VISUALIZERS as _VISUALIZERS
from mmengine.registry import Registry

DATASETS = Registry('dataset', parent=_DATASETS, scope='srcnn', locations=['srcnn.datasets'])
HOOKS = Registry('hook', parent=_HOOKS, scope='srcnn', locations=['srcnn.engine.hooks'])
LOOPS = Registry('loop', parent=_LOOPS, scope='srcnn', locations=['srcnn.engine.loops'])
METRICS = Registry('metric', parent=_METRICS, scope='srcnn', locations=['srcnn.evaluation'])
MODELS = Registry('model', parent=_MODELS, scope='srcnn', locations=['srcnn.models'])
OPTIM_WRAPPERS = Registry(
    'optimizer wrapper', parent=_OPTIM_WRAPPERS, scope='srcnn', locations=['srcnn.engine.bf16_optim_wrapper']
)
TRANSFORMS = Registry('transform', parent=_TRANSFORMS, scope='srcnn', locations=['srcnn.datasets.transforms'])
VISUALIZERS = Registry('visualizer', parent=_VISUALIZERS, scope='srcnn', locations=['srcnn.visualization'])
