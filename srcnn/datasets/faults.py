"""Many faults in one error."""

from collections.abc import Collection

from srcnn.errors import InputError

SHOWN = 10  # of the faults found; the rest are counted


def all_faults(faults: Collection[str], among: str) -> InputError:
    """The error that names the first ten of ``faults``, found ``among`` so many things, such as '40 images'."""
    rest = f'\n… and {len(faults) - SHOWN} more' if len(faults) > SHOWN else ''
    count = f'{len(faults)} faults in {among}:\n' if len(faults) > 1 else ''
    return InputError(count + '\n'.join(sorted(faults)[:SHOWN]) + rest)
