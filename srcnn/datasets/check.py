"""Walk every sample through the checks of its pipeline before a run begins."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from mmengine.dist import get_rank, get_world_size

from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.errors import InputError

SHOWN = 10  # of the faults found; the rest are counted


def check_samples(samples: Sequence[Sample], transforms: Sequence[Callable]) -> int | None:
    """Check this process's share of ``samples``; all processes together check all of them.

    Reading and checksumming files runs in threads, which leaves Python's lock alone for the most part.

    Returns:
        The scale of the pairs, if the pipeline finds out and all agree.

    Raises:
        InputError: Naming each faulty sample (the first ten), if any.
    """
    checked = [transform for transform in transforms if isinstance(transform, Transform)]

    def check(sample: Sample) -> tuple[str | None, int | None]:
        sample = dict(sample)
        try:
            for transform in checked:
                transform.check(sample)
        except InputError as error:
            return str(error), None
        return None, sample.get('scale')

    mine = samples[get_rank() :: get_world_size()]
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        findings = set(pool.map(check, mine))
    faults = sorted(fault for fault, _ in findings if fault)
    scales = {scale for _, scale in findings}
    if faults:
        rest = f'\n… and {len(faults) - SHOWN} more' if len(faults) > SHOWN else ''
        count = f'{len(faults)} faults in {len(samples)} samples:\n' if len(faults) > 1 else ''
        raise InputError(count + '\n'.join(faults[:SHOWN]) + rest)
    return scales.pop() if len(scales) == 1 else None
