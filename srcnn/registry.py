"""Registries: names in config files -> classes. Children of mmengine's, so that its own types resolve too.

``locations`` are imported when a name is looked up for the first time, and not before.
"""

from mmengine import registry as mm
from mmengine.registry import Registry


def _child(parent: Registry, *locations: str) -> Registry:
    return Registry(parent.name, parent=parent, scope='srcnn', locations=list(locations))


DATA_SAMPLERS = _child(mm.DATA_SAMPLERS, 'srcnn.datasets')
DATASETS = _child(mm.DATASETS, 'srcnn.datasets')
HOOKS = _child(mm.HOOKS, 'srcnn.engine.hooks')
LOOPS = _child(mm.LOOPS, 'srcnn.engine.loops')
METRICS = _child(mm.METRICS, 'srcnn.evaluation')
MODELS = _child(mm.MODELS, 'srcnn.models')
OPTIM_WRAPPERS = _child(mm.OPTIM_WRAPPERS, 'srcnn.engine.bf16_optim_wrapper')
TRANSFORMS = _child(mm.TRANSFORMS, 'srcnn.datasets.transforms')
VISBACKENDS = _child(mm.VISBACKENDS, 'srcnn.visualization')
VISUALIZERS = _child(mm.VISUALIZERS, 'srcnn.visualization')

# Nothing of ours in these yet; without a child, mmengine warns of each at every look-up.
EVALUATOR = _child(mm.EVALUATOR, 'mmengine.evaluator')
FUNCTIONS = _child(mm.FUNCTIONS, 'mmengine.dataset')
LOG_PROCESSORS = _child(mm.LOG_PROCESSORS, 'mmengine.runner')
MODEL_WRAPPERS = _child(mm.MODEL_WRAPPERS, 'mmengine.model')
OPTIMIZERS = _child(mm.OPTIMIZERS, 'mmengine.optim')
OPTIM_WRAPPER_CONSTRUCTORS = _child(mm.OPTIM_WRAPPER_CONSTRUCTORS, 'mmengine.optim')
PARAM_SCHEDULERS = _child(mm.PARAM_SCHEDULERS, 'mmengine.optim')
WEIGHT_INITIALIZERS = _child(mm.WEIGHT_INITIALIZERS, 'mmengine.model')
