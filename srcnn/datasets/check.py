"""Walk every sample through the checks of its pipeline before a run begins."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from mmengine.dist import get_rank, get_world_size

from srcnn.datasets.faults import all_faults
from srcnn.datasets.transforms.transform import Sample, Transform
from srcnn.errors import InputError


def check_samples(samples: Sequence[Sample], transforms: Sequence[Callable]) -> int | None:
    """Check this process's share of ``samples``; all processes together check all of them.

    Reading and checksumming files runs in threads, which leaves Python's lock alone for the most part.

    Returns:
        The scale of the pairs, if the pipeline finds out and all agree.

    Raises:
        InputError: Naming each faulty sample (the first ten), if any.
    """
    checked = [transform for transform in transforms if isinstance(transform, Transform)]

    def check(share: Sequence[Sample]) -> set[tuple[str | None, int | None]]:
        findings: set[tuple[str | None, int | None]] = set()
        for sample in map(dict, share):
            try:
                for transform in checked:
                    transform.check(sample)
                findings.add((None, sample.get('scale')))
            except InputError as error:
                findings.add((str(error), None))
        return findings

    mine = samples[get_rank() :: get_world_size()]
    threads = min(8, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads) as pool:
        findings = set().union(*pool.map(check, (mine[i::threads] for i in range(threads))))
    if faults := {fault for fault, _ in findings if fault}:
        raise all_faults(faults, f'{len(samples)} samples')
    scales = {scale for _, scale in findings}
    return scales.pop() if len(scales) == 1 else None
