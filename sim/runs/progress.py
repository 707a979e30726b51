"""How far the work is: one bar in a terminal or notebook, and a line a minute where standard error is neither.

When it is done, either says how long it took and how many runs a second that was.
"""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sim.numerals import number, share

if TYPE_CHECKING:
    from tqdm import tqdm

LINE_SECONDS = 60.0

Tick = Callable[[float], object]  # is told of runs as they are done; an error that it raises ends the work
Show = bool | Tick | None


class Lines:
    """A line a minute, for logs: the share done, runs per second and time left.

    Parameters
    ----------
    total : int
        Runs to do.
    """

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0.0
        self._began = self._said = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Say how long it took, where that was long enough for a line."""
        took = time.monotonic() - self._began
        if error is None and took >= LINE_SECONDS:
            rate = number(self._done / took, 0)
            print(f"{number(self._done, 0)} runs in {number(took / 60, 1)} min, {rate} runs/s", file=sys.stderr, flush=True)

    def update(self, runs: float) -> None:
        """Count runs, and say so if a minute has gone by since the last line."""
        self._done += runs
        now = time.monotonic()
        if now - self._said < LINE_SECONDS:
            return
        self._said = now
        rate = self._done / (now - self._began)
        left = (self._total - self._done) / rate / 60
        print(
            f"{share(self._done / self._total)}: {number(self._done, 0)} of {self._total:,} runs, "
            f"{number(rate, 0)} runs/s, {number(left, 0)} min left",
            file=sys.stderr,
            flush=True,
        )


class Told:
    """Nothing to see: the caller is told, and shows it in a way of his own."""

    def __init__(self, update: Tick) -> None:
        self.update = update

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Do nothing."""


def is_shown(show: bool | None) -> bool:
    """Whether to show a bar: as asked, or where somebody looks at standard error, in a terminal or a notebook.

    Where standard error is closed nothing can be shown.
    """
    if sys.stderr is None:
        return False
    return sys.stderr.isatty() or "ipykernel" in sys.modules if show is None else show


def progress(runs: int, show: Show, done: int = 0) -> "tqdm[Any] | Lines | Told":
    """Make what shows progress: use it in a ``with`` statement, and tell it of runs by ``update``.

    A bar shows itself at once, with runs per second and time left.

    Parameters
    ----------
    runs : int
        Runs in all.
    show : bool, callable or None
        Whether to show a bar; None: a bar in a terminal or notebook, else a line a minute. Or who is told instead.
    done : int
        Runs that were done before.
    """
    if callable(show):
        return Told(show)
    bar = is_shown(show)
    if show is None and sys.stderr is not None and not bar:
        return Lines(runs - done)
    from tqdm.auto import tqdm

    return tqdm(total=runs, initial=done, unit=" runs", unit_scale=True, disable=not bar)
