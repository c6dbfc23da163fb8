"""The one exception users are meant to see."""


class InputError(ValueError):
    """Something the user gave is wrong: a file, a folder, a config key, a checkpoint.

    The message is one or two sentences that name the file or key, say what was expected and what to do. The command
    lines in ``tools/`` print it alone, without a traceback, and exit with status 1; a program that uses the package
    catches it as the ``ValueError`` it is.
    """


class MissingDataError(InputError):
    """A data set is not there (as opposed to being there and broken), so a run over several sets may go on without."""
