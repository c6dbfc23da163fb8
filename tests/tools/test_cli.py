import io
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from srcnn import InputError

ROOT = Path(__file__).resolve().parents[2]
WORKER = """Caught InputError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "load.py", line 1, in fetch
srcnn.errors.InputError: a.png: this image is damaged.
"""


@pytest.fixture
def cli(monkeypatch):
    """tools/_cli.py, imported as the tools do."""
    monkeypatch.syspath_prepend(ROOT / 'tools')
    monkeypatch.setattr(warnings, 'formatwarning', warnings.formatwarning)
    monkeypatch.delenv('LOCAL_RANK', raising=False)
    return __import__('_cli')


def end(cli, main) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.run(main)
    return ended.value.code


def fail(error):
    def main():
        raise error

    return main


@pytest.mark.parametrize(
    ('error', 'status', 'said'),
    [
        (InputError('a.png: not there.'), 1, 'error: a.png: not there.\n'),
        (InputError(WORKER), 1, 'error: a.png: this image is damaged.\n'),
        (KeyboardInterrupt(), 130, 'interrupted\n'),
    ],
)
def test_how_a_command_ends(cli, capsys, error, status, said):
    assert end(cli, fail(error)) == status
    assert capsys.readouterr() == ('', said)


def test_all_is_well(cli, capsys):
    assert end(cli, lambda: None) == 0
    assert capsys.readouterr() == ('', '')


def test_a_fault_of_the_program_keeps_its_traceback(cli):
    with pytest.raises(ZeroDivisionError):
        cli.run(lambda: 1 // 0)


def test_other_processes_speak_when_the_first_does_not(cli, capsys, monkeypatch):
    waited = []
    monkeypatch.setattr(cli.time, 'sleep', waited.append)
    monkeypatch.setenv('LOCAL_RANK', '1')
    assert end(cli, fail(InputError('why'))) == 1
    assert waited == [cli.GRACE]  # by then it has been ended, if the first failed too
    assert capsys.readouterr().err == 'error: why\n'


def test_warnings_are_one_line(cli, monkeypatch):
    monkeypatch.setattr(sys, 'stderr', io.StringIO())
    end(cli, lambda: None)
    assert warnings.formatwarning('this is dead', UserWarning, 'a.py', 3) == 'warning: this is dead\n'


@pytest.mark.parametrize('spelling', ['--local-rank=3', '--local_rank=3'])
def test_both_spellings_of_the_local_rank(cli, monkeypatch, write, spelling):
    monkeypatch.delenv('LOCAL_RANK', raising=False)
    parser = cli.make_parser('')
    cli.load_config(parser.parse_args([str(write()), spelling]))
    assert os.environ.pop('LOCAL_RANK') == '3'


@pytest.mark.parametrize('tool', ['train.py', 'test.py', 'analysis_tools/print_config.py'])
def test_help_names_the_options(tool):
    """The options that MMagic's users know; nobody takes one away without a word."""
    command = [sys.executable, str(ROOT / 'tools' / tool), '--help']
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    options = {
        'train.py': ['--work-dir', '--resume', '--amp', '--auto-scale-lr', '--cfg-options', '--launcher'],
        'test.py': ['checkpoint', '--work-dir', '--out', '--cfg-options', '--launcher'],
        'analysis_tools/print_config.py': ['--cfg-options'],
    }
    assert [option for option in options[tool] if option not in text] == []
