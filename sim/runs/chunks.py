"""A job cut into chunks of runs, done one after the other or on several processes, and handed back in the order of runs.

A run is the same whatever the chunk, the processes or the order: the world keys its draws by run, and all that is made
of a run is made for that run alone.
"""

import importlib
import pickle
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.errors import UserError
from sim.mechanisms.noise import Past
from sim.mechanisms.pressure import RESPONSES, Response
from sim.mechanisms.quantities import QUANTITY
from sim.runs.arguments import whole_number
from sim.runs.memory import keep_freed_memory, swept
from sim.runs.processes import allowed, cores, pool
from sim.runs.progress import Tick
from sim.runs.results import Fans, Into, Layout, LimitCounts, Outcomes, Paths, Recorder
from sim.runs.software import versions

if TYPE_CHECKING:
    from sim.model.world import World
    from sim.scenario.scenario import Scenario

CHUNK = 10_000  # runs that advance in lockstep: half as many cost a fifth more a run, twice as many save nothing
USUAL_MONTHS = 60
LARGE = 20_000 * USUAL_MONTHS  # runs times months from which a second process is worth its start
MOST_RUNS = 10**9  # of a job or a sweep: a day and a half on one core
MOST_PROCESSES = 1_024
MOST_AHEAD = 2  # chunks in work beyond one for each process: none waits, and few lie about in memory


@dataclass(frozen=True)
class Job:
    """Which runs, and what to keep of them, checked and complete. `sim.runs.ensemble.run` says what each means."""

    runs: int
    months: int
    seed: int = 0
    first: int = 0
    keys: NDArray[np.int64] | None = None
    values: Mapping[str, float | Array] = field(default_factory=dict)
    record: tuple[str, ...] = ()
    at: tuple[int, ...] = ()
    knockouts: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    beliefs_of: "Scenario | None" = None
    past: Past | None = None

    def numbers(self) -> NDArray[np.int64]:
        """Give the number of each run."""
        return np.arange(self.first, self.first + self.runs, dtype=np.int64)

    def given(self) -> dict[str, NDArray[Any]]:
        """Give what each run was given on entry, by column of the table of outcomes: a key, and values by address."""
        keys: dict[str, NDArray[Any]] = {} if self.keys is None else {"key": self.keys}
        return {**keys, **{name: np.broadcast_to(value, self.runs) for name, value in self.values.items()}}

    def part(self, chunk: "Chunk") -> "Job":
        """Cut out the runs of one chunk, as a job of its own."""
        span = chunk.span
        return replace(
            self,
            runs=chunk.runs,
            first=self.first + chunk.start,
            keys=None if self.keys is None else self.keys[span],
            values={name: value[span] if isinstance(value, np.ndarray) else value for name, value in self.values.items()},
            knockouts={name: mask[span] for name, mask in self.knockouts.items()},
            past=None if self.past is None else self.past.part(span),
        )


@dataclass(frozen=True)
class Chunk:
    """Which runs of a job, counted from zero, of how many of them paths are kept, and whether quantiles and limits are taken."""

    start: int
    runs: int
    path_runs: int
    fans: bool = False

    @property
    def span(self) -> slice:
        """Place of its runs among those of the job."""
        return slice(self.start, self.start + self.runs)


@dataclass(frozen=True)
class Part:
    """What a chunk gives back.

    Attributes
    ----------
    outcomes : ndarray, shape (1 + at, outcomes, runs)
        To the end first, then to each month of ``at``.
    limits : ndarray of int, shape (dimensions, limits, months)
        How often each limit bound; zero where it was not counted.
    paths : dict of ndarray, shape (months, holders, path runs)
    fans : dict of ndarray, shape (quantiles, months, holders)
    seconds : float
        Wall time.
    """

    chunk: Chunk
    layout: Layout
    outcomes: Array
    limits: NDArray[np.int64]
    paths: dict[str, Array]
    fans: dict[str, Array]
    seconds: float


def layout_of(world: "World", scenario: "Scenario") -> Layout:
    """Say who holds what in a world."""
    return Layout(
        own={name: tuple(world.holders(name)) for name in QUANTITY},
        everyone={
            "world": ("world",),
            "country": tuple(scenario.countries),
            "partnership": tuple(scenario.partnerships),
            "rule": tuple(scenario.rules),
            "lane": tuple(world.commerce.flows),
        },
        kinds={
            "country": {name: country.role for name, country in scenario.countries.items()},
            "rule": {name: rule.kind for name, rule in world.rules.items()},
        },
        lanes={name: (flow.exporter, flow.importer, flow.good) for name, flow in world.commerce.flows.items()},
    )


def world_of(scenario: "Scenario", job: Job) -> "World":
    """Make the world in which the runs of a job advance together."""
    from sim.model.world import World

    return World(
        scenario,
        runs=job.runs,
        seed=job.seed,
        first=job.first,
        keys=job.keys,
        values=job.values,
        knockouts=job.knockouts,
        past=job.past,
    )


def advance(
    world: "World", months: int, recorders: Sequence[Recorder], tick: Tick = lambda share: None, model: "World | None" = None
) -> None:
    """Let a world go through its months and show each to the recorders. ``tick`` is told the share of the way gone.

    With a ``model`` the world does not learn: it takes over what the countries of that world, which goes along, believe.
    """
    for month in range(1, months + 1):
        if model is not None:
            world.believe(model.believed())
            model.step()
        world.step()
        read = cache(world.rows)
        for recorder in recorders:
            recorder.add(month, read)
        tick(1.0 / months)


@swept()
def simulate(scenario: "Scenario", job: Job, chunk: Chunk, tick: Tick = lambda share: None, into: Into | None = None) -> Part:
    """Do one chunk. ``job`` is its part of the whole, ``chunk`` its place in it; ``into`` are the tables for its paths."""
    began = time.perf_counter()
    keep_freed_memory()
    world = world_of(scenario, job)
    layout = layout_of(world, scenario)
    outcomes = Outcomes(layout, job.runs, (job.months, *job.at))
    limits = LimitCounts(job.months)
    paths = Paths(job.record if chunk.path_runs else (), layout, job.months, chunk.path_runs, into)
    fans = Fans([name for name in job.record if chunk.fans and QUANTITY[name].unit != "code"], layout, job.months)
    # To name the limit that bound costs a fifth of a run, so limits are counted only where quantiles are made.
    model = None if job.beliefs_of is None else world_of(job.beliefs_of, replace(job, knockouts={}))
    advance(world, job.months, (outcomes, paths, fans, *([limits] if chunk.fans else [])), tick, model)
    return Part(chunk, layout, outcomes.values, limits.values, paths.values, fans.values, time.perf_counter() - began)


@lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> "Scenario":
    scenario: Scenario = pickle.loads(packed)
    get_ready()
    return scenario


@cache
def get_ready() -> None:
    """Load what a process needs for its chunks."""
    importlib.import_module("sim.model.world")


def _simulate_packed(packed: bytes, own: dict[str, Response], job: Job, chunk: Chunk) -> Part:
    """Do one chunk in another process, which unpacks a scenario once and keeps it, and learns the user's own responses."""
    RESPONSES.update(own)
    return simulate(_unpacked(packed), job, chunk)


def parts(
    scenario: "Scenario",
    job: Job,
    chunks: Sequence[Chunk],
    processes: int | None,
    tick: Tick,
    into: Callable[[Chunk], Into] | None = None,
) -> Generator[Part]:
    """Do the chunks of a job, and give back what each yields, in their order.

    Parameters
    ----------
    processes : int or None
        How many; None is one for small work, and as many as there are cores for large.
    tick : callable
        Is told of runs as they are done, in whole chunks or shares of a run.
    into : callable, optional
        Gives the tables to which the paths of a chunk are written. Other processes cannot reach them.

    Raises
    ------
    UserError
        If the scenario cannot be run with the values given, or a process dies.
    """
    count = process_count(processes, job, chunks)
    return _on_processes(scenario, job, chunks, count, tick) if count > 1 else _here(scenario, job, chunks, tick, into)


def _here(
    scenario: "Scenario", job: Job, chunks: Sequence[Chunk], tick: Tick, into: Callable[[Chunk], Into] | None
) -> Generator[Part]:
    for chunk in chunks:
        room = None if into is None else into(chunk)
        yield simulate(scenario, job.part(chunk), chunk, partial(_tick_runs, tick, chunk.runs), room)


def _tick_runs(tick: Tick, runs: int, share: float) -> None:
    tick(share * runs)


def process_count(processes: int | None, job: Job, chunks: Sequence[Chunk]) -> int:
    """Decide how many processes to use."""
    check_processes(processes)
    if processes is None:
        if job.runs * job.months < LARGE:
            return 1
        processes = cores()
    return allowed(min(processes, len(chunks)))


def check_processes(processes: int | None) -> None:
    """Refuse a number of processes that makes no sense, with a `UserError`."""
    if processes is not None:
        whole_number(processes, "processes", 1, MOST_PROCESSES)


@contextmanager
def early_processes(runs: int, processes: int | None) -> Iterator[None]:
    """Let the processes of a large job start while its scenario is still being read, which saves half a second.

    If that fails, they are ended.
    """
    if processes is not None or runs * USUAL_MONTHS < LARGE or allowed(cores()) == 1:
        yield
        return
    with pool(cores()) as executor:
        for _ in range(cores() if executor is not None else 0):
            executor.submit(get_ready)
        yield


def own_responses() -> dict[str, Response]:
    """Give the user's own responses: another process knows only the shipped ones. Functions of a notebook go by value."""
    return {name: form for name, form in RESPONSES.items() if form.value.__module__ != Response.__module__}


def _on_processes(scenario: "Scenario", job: Job, chunks: Sequence[Chunk], count: int, tick: Tick) -> Generator[Part]:
    packed, own = pickle.dumps(scenario), own_responses()
    waiting: deque[Future[Part]] = deque()
    with pool(count) as executor:
        if executor is None:
            yield from _here(scenario, job, chunks, tick, None)
            return
        try:
            for chunk in chunks:
                waiting.append(executor.submit(_simulate_packed, packed, own, job.part(chunk), chunk))
                if len(waiting) == count + MOST_AHEAD:
                    yield _taken(waiting, tick)
            while waiting:
                yield _taken(waiting, tick)
        except BrokenExecutor as error:
            raise UserError("a process died, perhaps for want of memory; try again with processes=1", "processes") from error


def _taken(waiting: deque[Future[Part]], tick: Tick) -> Part:
    part = waiting[0].result()
    waiting.popleft()
    tick(part.chunk.runs)
    return part


def chunks_of(runs: int, size: int, path_runs: int = 0, *, fans: bool = False) -> list[Chunk]:
    """Cut runs into chunks of a size. Paths are kept of the first ``path_runs``, quantiles made in the first chunk alone."""
    return [
        Chunk(start, min(size, runs - start), max(0, min(path_runs - start, size, runs - start)), fans and start == 0)
        for start in range(0, runs, size)
    ]


def about(scenario: "Scenario", job: Job) -> dict[str, str | int]:
    """Say where a result comes from, as attributes of a Dataset."""
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "knockouts": ", ".join(scenario.knockouts),
        "hash": scenario.hash,
        "seed": job.seed,
        "versions": ", ".join(f"{name} {version}" for name, version in versions().items()),
    }
