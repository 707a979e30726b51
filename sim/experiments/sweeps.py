"""Sweeps: a scenario at many points, each with the same runs, on any executor, into a directory that survives a crash."""

import platform
import time
import weakref
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UserError
from sim.experiments.design import Design
from sim.experiments.executors import completed, workers
from sim.experiments.plan import Measures, Plan
from sim.experiments.samplers import Levels
from sim.experiments.saved import SavedSweep, open_sweep
from sim.experiments.store import Store, opened
from sim.experiments.sweep_arguments import SweepArguments
from sim.experiments.worker import Shared, do, do_packed
from sim.runs.arguments import folder_path
from sim.runs.chunks import check_processes
from sim.runs.progress import progress as shown
from sim.scenario.scenario import Scenario
from sim.whole_files import temporary_folder

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.worker import Done


def sweep(
    scenario: Scenario | str | Path,
    uncertainties: "Mapping[str, Any] | Sequence[str] | str | None" = None,
    levers: Mapping[str, Sequence[Any]] | None = None,
    *,
    design: "str | Design | pd.DataFrame | Path" = "latin_hypercube",
    points: int | None = None,
    levels: Levels | None = None,
    runs: int = 1,
    seed: int = 0,
    months: int | None = None,
    at: Sequence[int | str] | None = None,
    record: Sequence[str] = (),
    measures: Measures | None = None,
    own_shocks: bool = False,
    out: str | Path | None = None,
    executor: Executor | None = None,
    processes: int | None = None,
    progress: bool | None = None,
) -> SavedSweep:
    """Run a scenario at many points.

    Parameters
    ----------
    scenario : Scenario, str or Path
        What to run: a scenario, the name of a shipped one, or the path of a TOML file.
    uncertainties : mapping, sequence or "all", optional
        What the design samples: ``{address: (low, high)}``, or addresses and patterns such as ``"china.*"`` over their own
        plausible ranges, or ``"all"`` of them.
    levers : mapping, optional
        What a planner could choose, crossed with every point: options by name. A name is an address of a number,
        ``"scenario"``, ``"without"`` (limits to knock out; ``""`` for none), ``"variants.bargaining"``,
        ``"variants.learning"``, or ``"rules.NAME"`` (True to keep it, False to drop it).
    design : str, Design, DataFrame or path
        "latin_hypercube", "sobol", "saltelli", "morris", "factorial" or "one_at_a_time"; or the points themselves, with a
        column for each address.
    points : int, optional
        Points of the design; for "morris" trajectories, for "saltelli" base points.
    levels : int or mapping, optional
        Levels of each parameter, for "factorial", "one_at_a_time" and "morris".
    runs : int
        Runs of each point.
    seed : int
        Seed of the shocks and of the design.
    months : int, optional
        Number of months; the scenario's own by default.
    at : sequence of int or str, optional
        Months, by number from 1 or as "YYYY-MM", to which outcomes are given besides those to the end.
    record : sequence of str
        Quantities whose quantiles are kept by month and point. They are exact over the runs of the point (of its first
        10,000 if there are more): the standard error of the probability of quantile q over n runs is √(q (1 − q) / n).
    measures : Measures, optional
        Further columns made from the paths of each run.
    own_shocks : bool
        Whether each point of the design meets shocks of its own, for points that are a sample and are not compared one with
        another; the options of a lever meet the same still. By default run r meets the same shocks at every point.
    out : path, optional
        Directory. If it holds a part of the same sweep, the sweep goes on from there. By default a temporary one that goes
        with the result.
    executor : concurrent.futures.Executor, optional
        Where to run, such as ``distributed.Client(...).get_executor()``.
    processes : int, optional
        Number of processes of this machine; decided by the work by default.
    progress : bool, optional
        Whether to show a bar; by default in a terminal or notebook, else a line a minute.

    Returns
    -------
    SavedSweep
        A row for each run.

    Raises
    ------
    UserError
        If an argument makes no sense, there would be too many runs, or the directory cannot be written or holds another
        sweep.
    """
    plan = SweepArguments(
        scenario,
        uncertainties,
        levers,
        design=design,
        points=points,
        levels=levels,
        runs=runs,
        seed=seed,
        months=months,
        at=at,
        record=record,
        measures=measures,
        own_shocks=own_shocks,
    ).plan()
    if out is None:
        keeper = _Temporary()
        return run_plan(plan, keeper.folder, executor, processes, progress).with_keeper(keeper)
    return run_plan(plan, folder_path(out, "out"), executor, processes, progress)


class _Temporary:
    """A folder that goes with whoever holds on to it last, without a word. That of the library warns of it."""

    def __init__(self) -> None:
        stay = ExitStack()
        self.folder = stay.enter_context(temporary_folder("sweep"))
        weakref.finalize(self, stay.close)


def run_plan(
    plan: Plan, folder: Path, executor: Executor | None = None, processes: int | None = None, progress: bool | None = None
) -> SavedSweep:
    """Do all parts of a plan that are not in its directory yet.

    Raises
    ------
    UserError
        As `sweep`.
    KeyboardInterrupt
        On an interrupt; all parts that were done are kept.
    """
    began, folder = time.perf_counter(), folder.resolve()
    check_processes(processes)
    if executor is not None and not isinstance(executor, Executor):
        raise UserError(f"needs a concurrent.futures.Executor, not {type(executor).__name__}", "executor")
    with opened(folder, plan) as store:
        there = store.whole()
        todo = [task for task in plan.tasks() if task.number not in there]
        rows = sum(task.rows for task in todo)
        store.log("started", host=platform.node(), parts=plan.parts, left=len(todo))
        try:
            with (
                workers(executor, processes, rows * plan.months, len(todo)) as crew,
                shown(plan.rows, progress, plan.rows - rows) as bar,
            ):
                for done in _parts(plan, store, todo, crew, bar.update):
                    store.write(done)
                    about = {"failed": done.failed, "error": done.first_error} if done.failed else {}
                    seconds = round(done.seconds, 3)
                    store.log("part", number=done.number, rows=done.rows, seconds=seconds, **about)
        except MemoryError as error:
            text = "there is not enough memory for another part; what was written is kept, and the same call goes on"
            raise UserError(f"{text}, with fewer processes", "processes") from error
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                error.add_note(f"The parts that were done are kept in {folder}; the same call goes on from them.")
            with suppress(UserError):  # a disk that is full takes no line either
                store.log("stopped", by=type(error).__name__)
            raise
        store.finish()
        store.log("finished", seconds=round(time.perf_counter() - began, 3), rows=rows)
    return open_sweep(folder)


def _parts(plan: Plan, store: Store, todo: Sequence[Any], crew: Executor | None, tick: Any) -> Iterable["Done"]:
    @cache
    def shared(structure: int) -> Shared:
        return Shared.of(plan, store.sweep, structure)

    @cache
    def packed(structure: int) -> bytes:
        return shared(structure).pack()

    if crew is None:
        for task in todo:
            yield do(shared(task.structure), task, tick)
        return
    for done in completed(crew, do_packed, ((packed(task.structure), task) for task in todo)):
        tick(done.rows)
        yield done
