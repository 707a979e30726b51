"""Where the program starts: what an interrupt does from the first moment on, and then all else."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import PurePath
from types import FrameType

INTERRUPTED = 130  # as shells say it
LATER_SECONDS = 0.05
LOADER = "<frozen importlib"  # as the frames of an import are named
SOBOL = ("scipy", "stats", "_qmc.py")  # whose compiled part goes on after an exception, with wrong numbers


def interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt; where it may be swallowed, or leave something half done, a little later."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(LOADER) or PurePath(file).parts[-3:] == SOBOL:
            return later(number)
        frame = frame.f_back
    raise KeyboardInterrupt


def later(number: int) -> None:
    """Send a signal to this process once more."""
    import threading

    again = threading.Timer(LATER_SECONDS, os.kill, (os.getpid(), number))
    again.daemon = True
    with suppress(RuntimeError):  # the program is at its end already
        again.start()


def unraisable(lost: "sys.UnraisableHookArgs") -> None:
    """Interrupt once more where an interrupt was lost, as in the end of an object; tell of all else."""
    if issubclass(lost.exc_type, KeyboardInterrupt):
        later(signal.SIGINT)
    else:
        sys.__unraisablehook__(lost)


def main() -> None:
    """Load the command line and run it. A termination and a closed terminal clean up as an interrupt does."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        ending = getattr(signal, name, None)
        if ending is not None and signal.getsignal(ending) is not signal.SIG_IGN:  # which nohup sets
            signal.signal(ending, interrupt)
    sys.unraisablehook = unraisable
    try:
        from sim.cli.app import main as run

        run()
    except KeyboardInterrupt:  # before or after the commands, which have their own word for it
        sys.exit(INTERRUPTED)
