import threading

from srcnn.datasets.storage.in_order import THREADS, in_order


def test_keeps_the_order_and_does_not_run_ahead():
    started, lock = [], threading.Lock()

    def call(i):
        with lock:
            started.append(i)
        return i * i

    results = in_order(call, range(200))
    assert next(results) == 0
    assert len(started) <= 2 * THREADS + 1
    assert list(results) == [i * i for i in range(1, 200)]
