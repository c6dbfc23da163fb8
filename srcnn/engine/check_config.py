"""Find misspelt keys and unknown types in a config before anything is built from it.

mmengine finds an unknown type when it comes to it, after minutes, and a misspelt key on the top level never.
"""

import difflib
import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any

from mmengine.config import Config
from mmengine.registry import Registry
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from srcnn import registry
from srcnn.errors import InputError
from srcnn.registry import HOOKS, LOOPS, METRICS, MODELS, TRANSFORMS

# Top-level keys that mmengine reads beside the Runner's own.
OTHER_KEYS = {
    'activation_checkpointing',
    'compile',
    'custom_imports',
    'efficient_conv_bn_eval',
    'find_unused_parameters',
    'model_wrapper_cfg',
    'runner_type',
    'sync_bn',
}
LOADER_KEYS = {'dataset', 'sampler', 'batch_sampler', 'collate_fn', 'worker_init_fn', 'num_batch_per_epoch'}

# What mmengine wants all of, or none
GROUPS = [
    ('train_cfg', 'train_dataloader', 'optim_wrapper'),
    ('val_cfg', 'val_dataloader', 'val_evaluator'),
    ('test_cfg', 'test_dataloader', 'test_evaluator'),
]

# Registry of a dict with a `type`, by the key it stands under.
REGISTRY_OF = {
    'dataset': registry.DATASETS,
    'pipeline': TRANSFORMS,
    'sampler': registry.DATA_SAMPLERS,
    'batch_sampler': registry.DATA_SAMPLERS,
    'collate_fn': registry.FUNCTIONS,
    'metrics': METRICS,
    'vis_backends': registry.VISBACKENDS,
    'optimizer': registry.OPTIMIZERS,
}
# What the Runner itself hands to the constructor, so that a config need not.
GIVEN = {
    *('runner', 'dataloader', 'evaluator', 'dataset', 'seed', 'sampler', 'batch_size'),
    *('optimizer', 'params', 'name', 'save_dir'),
}
# Nested dicts that are no objects of a registry of ours.
OPAQUE = {'init_cfg', 'paramwise_cfg', 'metainfo', 'backend_args', 'data_prefix', 'filename_tmpl'}


def check_config(cfg: Config) -> None:
    """Walk everything the Runner will build.

    Raises:
        InputError: For the first unknown type, unknown key or missing key, with its place (``model.generator.…``) and
            the nearest name that is known.
    """
    _check_top_level(cfg)
    _check('model', cfg.get('model'), MODELS)
    for phase in ('train', 'val', 'test'):
        for place, loader in _each(f'{phase}_dataloader', cfg.get(f'{phase}_dataloader')):
            _check_loader(place, loader)
        _check(f'{phase}_cfg', cfg.get(f'{phase}_cfg'), LOOPS)
        for place, evaluator in _each(f'{phase}_evaluator', cfg.get(f'{phase}_evaluator')):
            is_metric = not (isinstance(evaluator, Mapping) and 'metrics' in evaluator)
            _check(place, evaluator, METRICS if is_metric else registry.EVALUATOR)
    _check('optim_wrapper', cfg.get('optim_wrapper'), registry.OPTIM_WRAPPERS)
    _check('param_scheduler', cfg.get('param_scheduler'), registry.PARAM_SCHEDULERS)
    for name, hook in (cfg.get('default_hooks') or {}).items():
        _check(f'default_hooks.{name}', hook, HOOKS)
    _check('custom_hooks', cfg.get('custom_hooks'), HOOKS)
    _check('visualizer', cfg.get('visualizer'), registry.VISUALIZERS)
    _check('log_processor', cfg.get('log_processor'), registry.LOG_PROCESSORS)
    _check_arguments('randomness', cfg.get('randomness') or {}, Runner.set_randomness, given={'seed'})
    _check_keys('env_cfg', cfg.get('env_cfg') or {}, {'cudnn_benchmark', 'mp_cfg', 'dist_cfg', 'resource_limit'})
    _check_complete(cfg)


def _check_top_level(cfg: Config) -> None:
    """Any name may be a variable of the config; one that looks like a known key is taken for a misspelling."""
    known = set(inspect.signature(Runner.__init__).parameters) - {'self', 'cfg'} | OTHER_KEYS
    for name in cfg.keys() - known:
        for key in known:
            if _like(name, key):
                raise InputError(
                    f'{name}: unknown key on the top level of the config; did you mean {key!r}? '
                    '(If it is a variable of your own, give it a name less like it.)'
                )


def _check_complete(cfg: Config) -> None:
    if not cfg.get('model'):
        raise InputError("model is missing from the config; write model = dict(type='SuperResolver', generator=…).")
    for group in GROUPS:
        missing = [key for key in group if cfg.get(key) is None]
        if 0 < len(missing) < len(group):
            raise InputError(f'{missing[0]} is missing from the config; {", ".join(group)} belong together.')


def _check_loader(place: str, loader: Any) -> None:
    if not isinstance(loader, Mapping):
        return
    known = set(inspect.signature(DataLoader.__init__).parameters) - {'self'} | LOADER_KEYS
    _check_keys(place, loader, known)
    for key in ('dataset', 'sampler'):
        if key not in loader:
            raise InputError(f'{place}: the key {key!r} is missing.')
    for key in LOADER_KEYS & REGISTRY_OF.keys() & loader.keys():
        _check(f'{place}.{key}', loader[key], REGISTRY_OF[key])


def _check(place: str, node: Any, names: Registry) -> None:
    """Check a dict with a ``type``, or each of a list of them, and what they hold."""
    if isinstance(node, (list, tuple)):
        for i, item in enumerate(node):
            _check(f'{place}[{i}]', item, names)
        return
    if not isinstance(node, Mapping):
        return
    if 'type' in node:
        built = _resolve(place, node['type'], names)
        _check_arguments(place, node, built, given=GIVEN)
    for key, value in node.items():
        if key not in OPAQUE:
            _check(f'{place}.{key}', value, REGISTRY_OF.get(key, names))


def _resolve(place: str, kind: Any, names: Registry) -> Any:
    """The class or function that ``type`` names; it may also be given itself (pure-Python configs)."""
    if not isinstance(kind, str):
        return kind
    try:
        found = names.get(kind)
    except (KeyError, ImportError) as error:
        raise InputError(f'{place}.type={kind!r} cannot be imported ({error}).') from error
    if found is None:
        known = [*names.module_dict, *(names.parent.module_dict if names.parent else ())]
        raise InputError(f'{place}.type={kind!r} is unknown{_nearest(kind, known)}.')
    return found


def _check_arguments(place: str, node: Mapping, built: Any, given: set[str]) -> None:
    known, required, takes_any = _parameters(built)
    known |= {'type', '_scope_', '_delete_', 'priority', 'constructor'}
    if takes_any:  # then at least nothing that looks like a misspelling
        node = {key: value for key, value in node.items() if key in known or any(_like(key, name) for name in known)}
    _check_keys(place, node, known)
    missing = [name for name in required if name not in node and name not in given]
    if missing:
        raise InputError(f'{place}: the key {missing[0]!r} is missing; {getattr(built, "__name__", built)} needs it.')


def _parameters(built: Any) -> tuple[set[str], list[str], bool]:
    """Names a constructor takes, those without a default, and whether it also takes any other.

    ``**kwargs`` are followed into the base classes.
    """
    functions = [built]
    if inspect.isclass(built):
        functions = [
            vars(base)['__init__'] for base in built.__mro__ if '__init__' in vars(base) and base is not object
        ]
    known: set[str] = set()
    required: list[str] = []
    for depth, function in enumerate(functions):
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):  # written in C
            break
        plain = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL) and p.name != 'self']
        known |= {p.name for p in plain}
        if depth == 0:
            required = [p.name for p in plain if p.default is p.empty]
        if not any(p.kind == p.VAR_KEYWORD for p in parameters):
            return known, required, False
    return known, required, True


def _check_keys(place: str, node: Mapping, known: set[str]) -> None:
    for key in node:
        if key not in known:
            raise InputError(f'{place}: unknown key {key!r}{_nearest(key, known)}.')


def _nearest(name: str, names: Iterable[str]) -> str:
    names = sorted(n for n in names if not n.startswith('_'))
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f'; did you mean {near[0]!r}?' if near else f'; known are {", ".join(names[:20])}'


def _each(place: str, node: Any) -> list[tuple[str, Any]]:
    """A config value and its place, or each of a list of them."""
    if isinstance(node, (list, tuple)):
        return [(f'{place}[{i}]', item) for i, item in enumerate(node)]
    return [(place, node)]


def _like(name: str, known: str) -> bool:
    """Whether ``name`` is ``known`` with a slip of the pen."""
    return len(known) > 4 and _distance(name, known) <= (1 if len(known) < 10 else 2)


def _distance(a: str, b: str) -> int:
    """Slips (insert, delete, replace, swap neighbours) between two names; digits mark a variant, never a slip."""
    if re.sub(r'\D', '', a) != re.sub(r'\D', '', b):
        return len(a) + len(b)
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y)))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], last[j - 2] + 1)
    return row[-1]
