"""Keep freed memory in the process: a simulation frees and takes tables of the same size thousands of times a second."""

import ctypes
import sys
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
