import runpy
import sys
import warnings
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
