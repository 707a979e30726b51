"""What a tab holds is given back when it is closed.

Solara keeps for good what components ask for at the start of later tabs, and the C library what Python has freed in small pieces.
"""

import ctypes
import gc
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import solara.lifecycle
from solara.server.kernel_context import get_current_context, has_current_context

PAUSE = 1.0  # seconds until a tab that is being closed is gone

Cleanup = Callable[[], None]

_keep = solara.lifecycle.on_kernel_start


def give_back() -> None:
    """Have whatever a tab holds go with it, from now on."""
    closed = threading.Event()
    _keep(lambda: closed.set)
    solara.lifecycle.on_kernel_start = _keep_as_long_as_its_tab
    # One thread for all, started outside any tab: Solara ties a thread to the tab that starts it.
    threading.Thread(target=_trim_after, args=(closed,), daemon=True).start()


def _keep_as_long_as_its_tab(call: Callable[[], Cleanup | None]) -> Cleanup:
    """Register a call for the start of later tabs, until the tab that has registered it is closed.

    Each task of a component registers one, which holds the task, and by it the run that its tab shows.
    """
    forget = _keep(call)
    if has_current_context():
        get_current_context().on_close(forget)
    return forget


def _trim_after(closed: threading.Event) -> None:
    while closed.wait():
        time.sleep(PAUSE)
        closed.clear()
        gc.collect()
        with suppress(AttributeError, OSError, TypeError):  # where it is not glibc
            ctypes.CDLL(None).malloc_trim(0)
