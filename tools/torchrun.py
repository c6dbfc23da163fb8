"""torchrun as dist_*.sh use it: the process that failed has the last word, and a stop on request is no failure."""

import logging
import os
import signal
import socket
import sys
import threading
import time
from types import FrameType

from torch.distributed import DistError
from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError, ProcessFailure
from torch.distributed.elastic.rendezvous import RendezvousError
from torch.distributed.run import get_args_parser, main

EXIT_STOPPED = 75  # as in StopSignalHook: try again
SHUTDOWN = 300  # seconds from a signal, for the processes to save; torchrun kills after 30 (before torch 2.10, always)


def arguments(given: list[str]) -> list[str]:
    """Those of torchrun that only Python knows."""
    more = []
    if '--shutdown-timeout' in get_args_parser().format_help():
        more.append(f'--shutdown-timeout={SHUTDOWN}')
    if (address := os.environ.get('MASTER_ADDR')) and '--standalone' not in given:
        more.append(f'--local-addr={own_address(address)}')
    return more + given


def own_address(host: str, patience: float = 300) -> str:
    """This machine's address on the way to ``host``, whose name may take a while to appear (Kubernetes)."""
    deadline = time.monotonic() + patience
    while True:
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, 9, type=socket.SOCK_DGRAM)[0]
            with socket.socket(family, kind) as probe:
                probe.connect(address)  # sends nothing
                return probe.getsockname()[0]
        except OSError as error:
            if time.monotonic() > deadline:
                sys.exit(f'error: MASTER_ADDR={host}: this machine cannot be reached ({error.strerror}).')
            time.sleep(1)


def watch(host: str, port: int, tick: float = 5.0, patience: int = 8) -> None:
    """End when the first machine has been silent for ``patience`` ticks; torchrun waits for its answer for ever."""
    silent, known = 0, False
    while silent < patience:
        time.sleep(tick)
        try:
            socket.create_connection((host, port), timeout=tick).close()
            silent, known = 0, True
        except OSError:
            silent += known
    print(f'error: {host} is out of reach. Start the job again on all machines.', file=sys.stderr, flush=True)
    os._exit(1)  # the training processes find out for themselves


def stop(number: int, frame: FrameType | None) -> None:
    """torchrun knows what to do on SIGTERM; SIGUSR1 would end it alone."""
    os.kill(os.getpid(), signal.SIGTERM)


def report(failure: ProcessFailure) -> int:
    """Exit status for ``failure``; a message if it had no chance to leave one."""
    if failure.exitcode >= 0:
        return failure.exitcode
    name = signal.Signals(-failure.exitcode).name
    cause = '; is there enough memory?' if name == 'SIGKILL' else '.'
    print(f'error: The process with local rank {failure.local_rank} was ended by {name}{cause}', file=sys.stderr)
    return 1


if __name__ == '__main__':
    logging.disable(logging.ERROR)  # what fails says so itself; who leaves first is no error
    if os.name != 'nt':
        signal.signal(signal.SIGUSR1, stop)
    if any(argument.startswith('--rdzv-conf=is_host=0') for argument in sys.argv):  # elastic, and not the first machine
        place = os.environ.get('MASTER_ADDR', '127.0.0.1'), int(os.environ.get('PORT', 29500))
        threading.Thread(target=watch, args=place, daemon=True).start()
    try:
        main(arguments(sys.argv[1:]))
    except ChildFailedError as error:
        sys.exit(report(error.get_first_failure()[1]))
    except SignalException:
        sys.exit(EXIT_STOPPED)
    except (DistError, RendezvousError) as error:
        sys.exit(
            f'error: The machines have not found each other at MASTER_ADDR and PORT, or one of them is gone ({error}).'
        )
