"""Work that the page waits for: a thread of its own, how far it is, and a button that ends it. It ends with its tab as well."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import solara
import solara.lab

from sim.dashboard.tally import Unwanted
from sim.errors import UserError

BEAT = 0.1  # seconds between two looks at how far the work is

Tell = Callable[[float], object]  # is told of the runs that are done so far


@dataclass(frozen=True)
class Shown[A]:
    """What has come of a work: what was asked, and what is to be shown of it or what is wrong with it."""

    asked: A | None = None
    html: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Job[A]:
    """A work as the page sees it. What was shown before stays until there is something new."""

    shown: Shown[A]
    pending: bool
    done: float
    start: Callable[[A], None]
    cancel: Callable[[], None]


def use_job[A](work: Callable[[A, Tell], str]) -> Job[A]:
    """Give a work to a component, done as often as it is started.

    Parameters
    ----------
    work : callable
        Makes what is shown from what is asked. It tells of the runs that are done so far, and is ended by that where nobody
        waits any more.
    """
    said = solara.use_ref(0.0)

    def do(asked: A) -> Shown[A]:
        def tell(done: float) -> None:
            if not task.is_current():
                raise Unwanted
            if time.monotonic() - said.current >= BEAT:
                said.current = time.monotonic()
                task.progress = done

        try:
            return Shown(asked, html=work(asked, tell))
        except UserError as error:
            return Shown(asked, problem=str(error))

    task: solara.lab.Task[[A], Shown[A]] = solara.lab.use_task(do, dependencies=None)

    def cancel() -> None:
        if task.pending:
            task.cancel()

    solara.use_effect(lambda: cancel, [])
    return Job(task.latest or Shown(), task.pending, task.progress or 0.0, task, cancel)


def ask(says: str, start: Callable[[], None], job: Job[Any], runs: int) -> None:
    """Show the button that starts a work, how far it is of so many runs, and the button that ends it."""
    solara.Button(says, on_click=start, classes=["cap-button", "cap-main"], disabled=job.pending, text=True)
    if job.pending:
        solara.HTML(tag="progress", attributes={"max": str(runs), "value": f"{job.done:.0f}", "aria-label": says})
        solara.HTML(tag="span", unsafe_innerHTML=f"{job.done:,.0f} of {runs:,} runs", classes=["cap-running"])
        solara.Button("Cancel", on_click=job.cancel, classes=["cap-button"], text=True)
