import runpy
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

TOOLS = Path(__file__).resolve().parents[2] / 'tools'


class Done(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """What it says was wrong; nothing else may be in sight that looks like it."""
        assert 'Traceback' not in self.out + self.err
        return [line for line in self.err.splitlines() if line.startswith('error: ')]


@pytest.fixture
def call(monkeypatch, capfd):
    """``call('train.py', 'config.py', '--amp')``: what the command line does, without the seconds of a new process."""

    def run(tool: str, *arguments: object) -> Done:
        monkeypatch.setattr(sys, 'argv', [tool, *map(str, arguments)])
        monkeypatch.syspath_prepend(TOOLS)
        monkeypatch.setattr(warnings, 'formatwarning', warnings.formatwarning)  # put back what the tools change
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(TOOLS / tool), run_name='__main__')
        return Done(int(ended.value.code or 0), *capfd.readouterr())

    return run


@pytest.fixture
def write(tiny, tmp_path):
    """``write(**changes)``: the tiny config as a file."""

    def make(**changes) -> Path:
        path = tmp_path / 'tiny.py'
        tiny(**changes).dump(path)
        return path

    return make


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope='session')
def serve() -> Callable[[Path], AbstractContextManager[str]]:
    """``with serve(folder) as address``: its files by http."""

    @contextmanager
    def run(folder: Path) -> Iterator[str]:
        with ThreadingHTTPServer(('127.0.0.1', 0), partial(Silent, directory=str(folder))) as server:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            yield f'http://127.0.0.1:{server.server_port}'
            server.shutdown()

    return run
