"""mmengine's log, without the lines that tell a user nothing."""

import logging

# Warnings of mmengine about its own hooks, and a reassurance that only frightens
NOISE = (
    '"FileClient" will be deprecated',
    '"HardDiskBackend" is the alias',
    'Distributed training is not used, all SyncBatchNorm',
)
# For the log file; they would push all else off the screen
BULKY = ('Config:\n', 'Exp name: ')


def quieten(logger: logging.Logger) -> None:
    """Drop the noise, and keep what is bulky from the console."""
    logger.addFilter(_is_news)
    for handler in logger.handlers:
        if not isinstance(handler, logging.FileHandler):
            handler.addFilter(_is_short)


def _is_news(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(NOISE)


def _is_short(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(BULKY)
