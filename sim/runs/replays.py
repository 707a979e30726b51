"""One run of a saved batch, done again alone and compared with what was saved."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array
from sim.errors import UserError
from sim.mechanisms.quantities import OUTCOMES
from sim.runs.chunks import Job, advance, layout_of, world_of
from sim.runs.datasets import path_dataset
from sim.runs.ensemble import make_job
from sim.runs.results import Outcomes, Paths, Read
from sim.runs.run_directory import SavedRun

if TYPE_CHECKING:
    import xarray as xr

    from sim.model.events import Event
    from sim.model.world import World
    from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Replay:
    """One run of a saved batch, done again alone.

    Attributes
    ----------
    run : int
        Its number.
    outcomes : ndarray, shape (outcomes,)
        In the order of `sim.mechanisms.quantities.OUTCOMES`.
    events : list of Event
        What happened, by month.
    same_outcomes : bool
        Whether the outcomes are those of its row in the batch, bit for bit.
    same_paths : bool or None
        Whether its paths are those in the batch, bit for bit; None if the batch holds none of this run.
    """

    run: int
    outcomes: Array
    events: "list[Event]"
    same_outcomes: bool
    same_paths: bool | None


class _Events:
    """A recorder of the events of a single run."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.values: list[Event] = []

    def add(self, month: int, read: Read) -> None:
        self.values += self.world.events()


def replay(saved: SavedRun, run: int) -> Replay:
    """Do one run of a saved batch again, alone, and compare it with what was saved.

    Raises
    ------
    UserError
        If the batch has no such run.
    """
    manifest, scenario = saved.manifest, saved.scenario
    row = run - manifest["first"]
    if not 0 <= row < manifest["runs"]:
        last = manifest["first"] + manifest["runs"] - 1
        raise UserError(f"there is no run {run}; the batch has runs {manifest['first']} to {last}", str(saved.directory))
    given = {name: saved.column(name)[row] for name in manifest["given"]}
    key = given.pop("key", None)
    keys = None if key is None else [key]
    job = make_job(scenario, 1, manifest["months"], manifest["seed"], run, keys, given, manifest["record"])
    done, events, paths = alone(scenario, job)
    rows = np.array([saved.column(outcome.name)[row] for outcome in OUTCOMES])
    same_paths = None
    if run in saved.paths["run"]:
        before = saved.paths.sel(run=[run])
        same_paths = all(paths[name].values.tobytes() == before[name].values.tobytes() for name in job.record)
    return Replay(run, done, events, done.tobytes() == rows.tobytes(), same_paths)


def alone(scenario: "Scenario", job: Job) -> tuple[Array, "list[Event]", "xr.Dataset"]:
    """Do a single run: its outcomes to the end, shape (outcomes,), its events, and its recorded paths (month, holder, run)."""
    world = world_of(scenario, job)
    layout = layout_of(world, scenario)
    outcomes, events = Outcomes(layout, 1, (job.months,)), _Events(world)
    paths = Paths(job.record, layout, job.months, 1)
    advance(world, job.months, (outcomes, paths, events))
    recorded = path_dataset(paths.values, layout, scenario.start, job.months, [job.first])
    return outcomes.values[0, :, 0], events.values, recorded
