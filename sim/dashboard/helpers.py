"""Processes that stand by for the ensemble, and are replaced where one has died."""

import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

from sim.runs.processes import standing_pool


class Helpers(Executor):
    """A pool of processes that is started anew before the next work once one of its processes was killed.

    Parameters
    ----------
    count : int
        How many processes.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = standing_pool(count)
        self._lock = threading.Lock()  # several tabs may ask at once

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand a call to one of the processes."""
        with self._lock:
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except BrokenExecutor:
                self._pool.shutdown(wait=False)  # which lets go of its semaphores
                self._pool = standing_pool(self._count)
                return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)
