"""Processes of this machine for chunks of runs: pools are kept from one job to the next, and never outlive their caller."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

LOOK_SECONDS = 1.0

_owner: int | None = None  # the process that has the pool
_in_use = threading.Lock()  # by the thread that has it


def cores() -> int:
    """How many cores this process may use."""
    from loky import cpu_count

    return int(cpu_count())


def allowed(count: int) -> int:
    """So many processes, or one where this process can have none of its own.

    A worker of `multiprocessing` may not start any where it is a daemon, and leaves them behind where it is none. A process that
    was forked off after its parent had a pool would wait for that pool forever.
    """
    return 1 if multiprocessing.parent_process() is not None or _owner not in (None, os.getpid()) else count


@contextmanager
def pool(count: int) -> Iterator[Any]:
    """Give the pool with this many processes, started if need be. On an error they are ended: what they are at is of no use.

    While another thread has it, give None: a pool that is changed or ended under its user keeps him waiting forever.
    """
    from loky import get_reusable_executor

    global _owner
    if not _in_use.acquire(blocking=False):
        yield None
        return
    try:
        _owner = os.getpid()
        executor = get_reusable_executor(max_workers=count, initializer=serve_parent)
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=True, kill_workers=True)
            raise
    finally:
        _in_use.release()


def standing_pool(count: int) -> Executor:
    """Give processes of their own to a program that waits for its user: they stay ready as long as it lives."""
    return ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=serve_parent)


def serve_parent() -> None:
    """Leave interrupts to the process that started this one, and end soon after it: it may be killed without a word."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
