"""Where the program starts: what an interrupt does from the first moment on, and then all else."""

import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130  # as shells say it
LATER_SECONDS = 0.05
LOADER = "<frozen importlib"  # as the frames of an import are named


def interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt; within an import, which may swallow it or be left half done, a little later."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(LOADER):
            import threading

            again = threading.Timer(LATER_SECONDS, os.kill, (os.getpid(), number))
            again.daemon = True
            again.start()
            return
        frame = frame.f_back
    raise KeyboardInterrupt


def main() -> None:
    """Load the command line and run it. A termination and a closed terminal clean up as an interrupt does."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        ending = getattr(signal, name, None)
        if ending is not None and signal.getsignal(ending) is not signal.SIG_IGN:  # which nohup sets
            signal.signal(ending, interrupt)
    try:
        from sim.cli.app import main as run

        run()
    except KeyboardInterrupt:  # before or after the commands, which have their own word for it
        sys.exit(INTERRUPTED)
