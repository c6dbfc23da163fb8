"""The rules of the code (CONTRIBUTING.md), read off its syntax trees, its configs and its documents."""

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from importlib.util import resolve_name
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import DefaultScope

from srcnn.registry import MODELS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = sorted((ROOT / 'srcnn').rglob('*.py'))
TOOLS = sorted((ROOT / 'tools').rglob('*.py'))
CONFIGS = sorted(path for path in (ROOT / 'configs').rglob('*.py') if '_base_' not in path.parts)
DOCUMENTS = sorted(
    path for pattern in ('*.md', 'docs/**/*.md', 'configs/**/*.md', 'data/*.md') for path in ROOT.glob(pattern)
)
# Top to bottom; an import points up this list
LAYERS = [
    'errors',
    'version',
    'registry',
    'image',
    'preparation',
    'datasets',
    'models.networks',
    'models.losses',
    'models',
    'evaluation',
    'engine',
    'visualization',
    'apis',
    'command',
    '__main__',
]
STRANGERS = {'models.networks', 'models.losses', 'evaluation'}  # these do not know each other
COMMANDS = {'srcnn.command'}  # what pip makes of it has to be in the package; the others are in tools/
FORWARDERS = {('multi_loop.py', '_call')}  # hands its keywords to mmengine's call_hook, which checks them

each_module = pytest.mark.parametrize('path', PACKAGE, ids=lambda path: path.relative_to(ROOT).as_posix())
each_source = pytest.mark.parametrize('path', PACKAGE + TOOLS, ids=lambda path: path.relative_to(ROOT).as_posix())
each_config = pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.relative_to(ROOT).as_posix())
each_document = pytest.mark.parametrize('path', DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding='utf-8'), str(path))


def module_name(path: Path) -> str:
    """``srcnn/models/__init__.py`` is ``srcnn.models``."""
    return '.'.join(path.relative_to(ROOT).with_suffix('').parts).removesuffix('.__init__')


MODULES = {module_name(path): path for path in PACKAGE}


def imports(path: Path) -> Iterator[str]:
    """Modules of this package that a file imports, at its top or inside a function."""
    package = module_name(path) if path.name == '__init__.py' else module_name(path).rpartition('.')[0]
    for node in ast.walk(parse(path)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name('.' * node.level + (node.module or ''), package)
            submodules = [f'{base}.{alias.name}' for alias in node.names]
            names = [name if name in MODULES else base for name in submodules]
        yield from (name for name in names if name in MODULES)


def layer(module: str) -> str | None:
    """The most specific entry of LAYERS that holds ``module``; None for the package itself."""
    inside = module.removeprefix('srcnn').lstrip('.')
    return max((name for name in LAYERS if f'{inside}.'.startswith(f'{name}.')), key=len, default=None)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def calls(tree: ast.AST, name: str) -> list[ast.Call]:
    """Calls of ``name``, such as ``hasattr`` or ``torch.load``."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == name]


def registered(tree: ast.AST) -> list[str]:
    """Names of the classes that carry ``@SOMETHING.register_module(...)``."""
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any('.register_module' in ast.unparse(d) for d in node.decorator_list)
    ]


def snake_case(name: str) -> str:
    return re.sub(r'(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])', '_', name).lower()


# Rule 1: imports point one way


@each_module
def test_imports_point_up_the_layout(path):
    here = layer(module_name(path))
    if here is None:
        return
    for module in imports(path):
        there = layer(module)
        assert there is None or LAYERS.index(there) <= LAYERS.index(here), f'{here} imports {module}'
        assert there == here or not {here, there} <= STRANGERS, f'{here} and {there} do not know each other'


def test_every_folder_has_its_place_in_the_layout():
    assert {layer(name) for name in MODULES if name != 'srcnn'} <= set(LAYERS)
    assert [name for name in MODULES if name != 'srcnn' and layer(name) is None] == []


def test_no_import_cycle():
    # a package's __init__ lists what is in it; a file inside does not import through it
    TopologicalSorter({name: set(imports(path)) - {name} for name, path in MODULES.items()}).prepare()


# Rule 2: one registered class per file, its file and its test named after it


@each_module
def test_one_registered_class_per_file(path):
    names = registered(parse(path))
    assert len(names) <= 1
    for name in names:
        assert path.stem == snake_case(name)
        test = ROOT / 'tests' / path.parent.relative_to(ROOT / 'srcnn') / f'test_{path.name}'
        assert test.is_file(), f'{name} needs {test.relative_to(ROOT)}'


def test_there_is_no_utils():
    assert [
        path for path in PACKAGE + TOOLS if {'util', 'utils', 'misc', 'helpers'} & set(path.with_suffix('').parts)
    ] == []


# Rule 3: nothing is swallowed, shared or guessed


@each_module
def test_plain_signatures(path):
    tree = parse(path)
    for function in functions(tree):
        where = f'{path.name}:{function.lineno} {function.name}'
        assert function.args.kwarg is None or (path.name, function.name) in FORWARDERS, f'{where} takes **kwargs'
        for default in [*function.args.defaults, *filter(None, function.args.kw_defaults)]:
            mutable = isinstance(default, ast.List | ast.Dict | ast.Set) or (
                isinstance(default, ast.Call) and ast.unparse(default.func) in ('list', 'dict', 'set')
            )
            assert not mutable, f'{where} has a mutable default'
    assert calls(tree, 'hasattr') == []
    assert [node for node in ast.walk(tree) if isinstance(node, ast.Global)] == []
    if module_name(path) not in COMMANDS:
        assert 'argparse' not in {
            name.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for name in node.names
        }


# Rule 6: short, and said what it is


@each_source
def test_short(path):
    assert len(path.read_text(encoding='utf-8').splitlines()) <= 300
    for function in functions(parse(path)):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= 60, f'{path.name}:{function.lineno} {function.name} has {length} lines'


@each_module
def test_documented(path):
    module = import_module(module_name(path))
    for name, thing in vars(module).items():
        if name.startswith('_') or getattr(thing, '__module__', None) != module.__name__:
            continue
        assert not inspect.isclass(thing) or thing.__doc__, f'{path.name}: {name} needs a docstring'
        members = vars(thing).items() if inspect.isclass(thing) else [(name, thing)]
        for member, function in members:
            if member.startswith('_') or not inspect.isfunction(function):
                continue
            # a method may inherit its docstring
            documented = inspect.getdoc(getattr(thing, member) if inspect.isclass(thing) else function)
            assert documented or len(inspect.getsourcelines(function)[0]) <= 12, (
                f'{path.name}: {member} needs a docstring'
            )


# Rule 7: a config says what it reproduces, and its model builds


@each_config
def test_config(path):
    docstring = ast.get_docstring(parse(path))
    assert docstring, 'a config opens with what it reproduces'
    assert 'tools/' in docstring or 'make ' in docstring, 'and with the command to run it'
    cfg = Config.fromfile(path)
    assert cfg.default_scope == 'srcnn'
    with DefaultScope.overwrite_default_scope('srcnn'):
        MODELS.build(cfg.model)


# Rule 9: a light start


def test_import_is_light():
    code = (
        'import sys, srcnn; '
        'heavy = ("cv2", "skimage", "scipy", "lmdb", "tqdm", "matplotlib", "torchvision"); '
        'print([name for name in heavy if name in sys.modules])'
    )
    assert subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True).stdout == '[]\n'


# Files from others are never allowed to run code


@each_source
def test_nothing_unpickles_at_will(path):
    tree = parse(path)
    for call in calls(tree, 'torch.load'):
        assert 'weights_only=True' in [ast.unparse(keyword) for keyword in call.keywords], f'line {call.lineno}'
    assert calls(tree, 'pickle.load') + calls(tree, 'pickle.loads') == []


# What the documents name is there


@each_document
def test_documents_name_what_exists(path):
    text = path.read_text(encoding='utf-8')
    for tool in re.findall(r'(?<![\w/.-])(?:\./)?(tools/[\w/.-]+\.(?:py|sh))\b', text):
        assert (ROOT / tool).is_file(), f'{path.name} names {tool}'
    targets = set(re.findall(r'^([\w-]+):(?!=)', (ROOT / 'Makefile').read_text(encoding='utf-8'), re.MULTILINE))
    assert set(re.findall(r'(?:^\s*(?:\$ )?|`)make ([a-z]+)\b', text, re.MULTILINE)) <= targets
    for link in re.findall(r'\]\((?!https?:|mailto:|#)([^)#\s]+)', text):
        assert (path.parent / link).exists(), f'{path.name} links to {link}'
