"""Work in threads that does not run away with the memory."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar('T')
Result = TypeVar('Result')

THREADS = 16  # at most


def in_order(call: Callable[[T], Result], items: Iterable[T]) -> Iterator[Result]:
    """``map`` in threads that work only a little ahead: no more than two results for each wait in memory."""
    threads = min(THREADS, os.cpu_count() or 1)
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in items:
            waiting.append(pool.submit(call, item))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
