"""Memory of a process that simulates: what is freed is kept for the next table, and what a chunk leaves behind is collected."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # names of the two numbers in glibc's malloc.h
MOST_TRIMMED, MOST_HEAP = 1 << 30, 1 << 25  # bytes: never hand back less than 1 GiB; 32 MiB is the largest glibc takes


@cache
def keep_freed_memory() -> None:
    """Tell glibc not to hand freed tables back to the system, which would fault every page in again (a seventh of a run).

    Does nothing where the C library is another.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(TRIM_THRESHOLD, MOST_TRIMMED)
            mallopt(MMAP_THRESHOLD, MOST_HEAP)


@contextmanager
def swept() -> Iterator[None]:
    """Collect what was made within and is held by nothing else, such as a model and its agents, which refer to each other.

    Without this, the arrays of many chunks would pile up. What was there before is not looked at, which takes a tenth of a second
    where large scenarios lie about.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
