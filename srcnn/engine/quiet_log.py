"""mmengine's log, without the lines that tell a user nothing."""

import logging
import sys
from collections.abc import Callable

# Warnings of mmengine about its own hooks, and a reassurance that only frightens
NOISE = (
    '"FileClient" will be deprecated',
    '"HardDiskBackend" is the alias',
    'Distributed training is not used, all SyncBatchNorm',
    'Resumed iteration number is not divisible by',  # ResumeStateHook brings back the gradients that it misses
    'Resumed iteration number is not divisible by',  # ResumeStateHook restores the gradients that this misses
)
# For the log file; they would push all else off the screen
BULKY = ('Config:\n', 'Exp name: ')


def quieten(logger: logging.Logger) -> None:
    """Drop the noise, keep what is bulky from the console, and say once where a log file cannot be written."""
    logger.addFilter(_is_news)
    for handler in logger.handlers:
        if isinstance(handler, logging.FileHandler):
            handler.handleError = _said_once(handler.baseFilename)  # type: ignore
        else:
            handler.addFilter(_is_short)


def _is_news(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(NOISE)


def _is_short(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(BULKY)


def _said_once(path: str) -> Callable[[logging.LogRecord], None]:
    """In the place of logging's own answer to a line that it cannot write: a traceback for each."""
    said = False

    def say(record: logging.LogRecord) -> None:
        nonlocal said
        if not said:
            print(f'warning: {path} cannot be written ({sys.exc_info()[1]}); the run goes on', file=sys.stderr)
        said = True

    return say
