"""Notice a machine that is gone.

A process that ends closes its connections, and those that wait for it fail at once. A machine without power or network
closes nothing: the others would wait for half an hour (gloo) or ten minutes (nccl). So every few seconds each process
adds to a number of its own, kept where the processes found each other, and looks at that of the next process.
"""

import os
import sys
import threading
import time

import torch.distributed as dist

TICK = 5.0  # seconds
# Ticks without a sign of life. Not seconds on a clock, which runs on while a job is suspended.
PATIENCE = 6
GRACE = 5.0  # seconds before any but the first process on a machine speaks; by then its launcher has ended it


class Heartbeat(threading.Thread):
    """Ends this process with a message and exit status 1, when another has been silent for half a minute."""

    def __init__(self) -> None:
        super().__init__(name='heartbeat', daemon=True)
        self.rank = dist.get_rank()
        self.next = (self.rank + 1) % dist.get_world_size()
        address, port = os.environ['MASTER_ADDR'], int(os.environ['MASTER_PORT'])
        begun = [str(time.time_ns())]  # after a restart, the numbers of the time before may still be there
        dist.broadcast_object_list(begun)
        # A connection of its own, as one operation that waits holds up all others
        self._store = dist.PrefixStore(begun[0], dist.TCPStore(address, port, is_master=False))
        self._lost = f'{address}, where the processes found each other,'
        self._silent = 0
        self._finished = threading.Event()

    def run(self) -> None:
        """Count the ticks of silence."""
        threading.Thread(target=self._talk, name='heartbeat talk', daemon=True).start()
        while not self._finished.wait(TICK):
            self._silent += 1
            if self._silent > PATIENCE + 1:  # one more, in which the others are told
                self._end()

    def stop(self) -> None:
        """To be called by all processes, when they have waited for each other."""
        self._finished.set()

    def _talk(self) -> None:
        """Say that this process lives, and see whether the next does. Blocks for ever where the network is cut."""
        heard = 0
        try:
            while not self._finished.wait(TICK):
                self._store.add(str(self.rank), 1)
                count = self._store.add(str(self.next), 0)
                if count > heard:
                    heard, self._silent = count, 0
                if self._silent >= PATIENCE:
                    self._store.set('lost', str(self.next))
                if self._store.check(['lost']):
                    self._lost = f'process {self._store.get("lost").decode()}'
                    self._silent = PATIENCE + 1
        except RuntimeError:  # the machine that keeps the numbers has closed the connection
            pass

    def _end(self) -> None:
        if int(os.environ['LOCAL_RANK']):
            time.sleep(GRACE)
        print(
            f'error: Nothing has been heard of {self._lost} for {PATIENCE * TICK:.0f} seconds: a machine or its '
            'network is down. Go on from the last checkpoint with --resume.',
            file=sys.stderr,
            flush=True,
        )
        os._exit(1)
