"""Contestants as processes of their own, in turn."""

import json
import shlex
import subprocess
from collections.abc import Mapping, Sequence

from srcnn.errors import InputError


def in_turn(commands: Mapping[str, Sequence[str]], rounds: int, show: str) -> list[dict[str, dict]]:
    """What each command prints after RESULT, for each round; prints the figure ``show`` of each as it comes."""
    results = []
    for _ in range(rounds):
        results.append({name: result_of(command) for name, command in commands.items()})
        print({name: round(figures[show], 4) for name, figures in results[-1].items()}, flush=True)
    return results


def result_of(command: Sequence[str]) -> dict:
    """What ``command`` prints after RESULT.

    Raises:
        InputError: It fails, or prints no such line.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith('RESULT ')]
    if done.returncode or not lines:
        raise InputError(f'{shlex.join(command)}: no RESULT line (exit {done.returncode}).\n{done.stderr[-2000:]}')
    return json.loads(lines[-1].removeprefix('RESULT '))
