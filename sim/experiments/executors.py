"""Where parts are done: here, on processes of this machine, or on any `concurrent.futures.Executor`, such as a cluster's."""

import socket
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from sim.errors import UserError, install
from sim.runs.chunks import LARGE, MOST_AHEAD
from sim.runs.processes import allowed, cores, pool

CONNECT_SECONDS = 10
WORKER_SECONDS = 60
LOOK_SECONDS = 10  # after which a wait is looked into
UNKNOWN_WORKERS = 64  # parts in work where an executor does not say how many workers it has


@contextmanager
def workers(executor: Executor | None, processes: int | None, work: int, parts: int) -> Iterator[Executor | None]:
    """Give the executor to use, or None for this process.

    Parameters
    ----------
    executor : Executor, optional
        The user's own; it stays open.
    processes : int, optional
        Number of processes; by default one for small work, and as many as there are cores for large.
    work : int
        Runs times months.
    parts : int
        Number of parts.
    """
    if executor is not None:
        yield executor
        return
    count = allowed(min(parts, (1 if work < LARGE else cores()) if processes is None else processes))
    if count <= 1:
        yield None
        return
    with pool(count) as own:
        yield own


def completed[T, R](executor: Executor, function: Callable[[T], R], tasks: Iterable[T]) -> Generator[R]:
    """Do tasks on an executor, a few ahead, and give back results as they come.

    When a Dask cluster has lost all its workers, it warns and waits for others.

    Raises
    ------
    UserError
        If a process dies.
    """
    waiting: set[Future[R]] = set()
    todo = iter(tasks)
    warned = False
    try:
        while True:
            ahead = _workers_of(executor) + MOST_AHEAD
            waiting |= {executor.submit(function, task) for task in islice(todo, ahead - len(waiting))}
            if not waiting:
                return
            finished, waiting = wait(waiting, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            deserted = not finished and _is_deserted(executor)
            if deserted and not warned:
                text = "the Dask cluster has no workers any more; the sweep waits, and goes on when others join it"
                warnings.warn(text, RuntimeWarning, stacklevel=2)
            warned = deserted
            for future in finished:
                yield future.result()
    except Exception as error:
        # A cluster that is lost cancels what it had, or says that a part has killed too many of its workers.
        lost = isinstance(error, BrokenExecutor | CancelledError) or type(error).__module__.startswith("distributed")
        if not lost:
            raise
        text = "a process died, perhaps for want of memory. What was written is kept; the same call goes on from there"
        raise UserError(f"{text}, with fewer processes if need be", "processes") from error
    finally:
        # What is ahead is of no use any more. The program's own pool is killed next, and would trip over a cancelled future.
        if not type(executor).__module__.startswith("loky"):
            for future in waiting:
                future.cancel()


def _knock(address: str) -> None:
    """See that something listens at an address, since Dask takes half a minute and a traceback to say that nothing does."""
    parts = urlsplit(address)
    try:
        if parts.scheme not in ("tcp", "tls") or not parts.hostname or not parts.port:
            raise UserError(f"write the scheduler's address as tcp://HOST:PORT, not '{address}'", "--dask")
        socket.create_connection((parts.hostname, parts.port), timeout=CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        raise UserError(f"no Dask scheduler answers at {address} ({error})", "--dask") from None


def _is_deserted(executor: Executor) -> bool:
    """Whether it is a Dask cluster without workers, as far as its scheduler says."""
    client = getattr(executor, "_client", None)
    try:
        return client is not None and not client.nthreads()
    except OSError:  # of a scheduler that is gone; the parts in work tell of it
        return False


def _workers_of(executor: Executor) -> int:
    """How many parts an executor does at once, as far as it says."""
    client = getattr(executor, "_client", None)  # of Dask, whose workers come and go
    if client is not None:
        return max(UNKNOWN_WORKERS, sum(client.nthreads().values()))
    known = getattr(executor, "_max_workers", None)
    return known if isinstance(known, int) and known > 0 else UNKNOWN_WORKERS


@contextmanager
def dask_executor(address: str) -> Iterator[Executor]:
    """Connect to a Dask scheduler, such as ``tcp://127.0.0.1:8786``.

    Raises
    ------
    UserError
        If Dask is not installed, or nothing answers at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UserError(f"Dask is not there; {install('cluster')}", "--dask") from None
    _knock(address)
    try:
        make: Any = Client  # it has no types
        client = make(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UserError(f"no Dask scheduler answers at {address} ({error})", "--dask") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)  # under Slurm or Kubernetes they come later than the scheduler
        except TimeoutError:
            text = (
                f"the Dask scheduler at {address} has no workers after {WORKER_SECONDS} s; start some with: dask worker {address}"
            )
            raise UserError(text, "--dask") from None
        yield client.get_executor()
