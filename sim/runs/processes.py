"""Processes of this machine for chunks of runs: pools are kept from one job to the next, and never outlive their caller."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from typing import Any

LOOK_SECONDS = 1.0

_owner: int | None = None  # the process that has the pool


def cores() -> int:
    """How many cores this process may use."""
    from loky import cpu_count

    return int(cpu_count())


def allowed(count: int) -> int:
    """So many processes, or one where this process can have none of its own.

    A daemon may not start any, such as a worker of `multiprocessing`. One that was forked off after its parent had a pool would
    wait for that pool forever.
    """
    return 1 if multiprocessing.current_process().daemon or _owner not in (None, os.getpid()) else count


def pool(count: int) -> Any:
    """Give the pool with this many processes, started if need be."""
    from loky import get_reusable_executor

    global _owner
    _owner = os.getpid()
    return get_reusable_executor(max_workers=count, initializer=serve_parent)


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
