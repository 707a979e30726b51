"""Particles simulated: what each says of every row, how probable that makes the record, and what comes after.

A particle is a vector of numbers, by their standard normal coordinates, and the key of one history of shocks for each month. All
is keyed, so that it is the same on any executor and in any company.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cloudpickle
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from sim.arrays import Array
from sim.evidence.series import Target
from sim.experiments.executors import completed
from sim.inference.observations import Reading
from sim.inference.predictions import Predictions
from sim.inference.priors import Prior, values
from sim.inference.setting import Setting
from sim.mechanisms.ledger import total
from sim.mechanisms.noise import Past, Site
from sim.mechanisms.pressure import RESPONSES, Response
from sim.model.draws import site_of
from sim.runs.chunks import Job, advance, get_ready, layout_of, own_responses, world_of
from sim.runs.datasets import path_dataset
from sim.runs.memory import keep_freed_memory, swept
from sim.runs.results import Outcomes, Paths
from sim.scenario.scenario import Scenario

CHUNK = 5_000  # particles that advance together
IMPOSSIBLE = -1e300  # log of a probability of nil with which sums go on

Keys = NDArray[np.int64]  # shape (month, particle)
Tick = Callable[[float], object]


@dataclass(frozen=True)
class Particles:
    """Vectors of numbers with their shocks.

    Attributes
    ----------
    z : ndarray, shape (number, particle)
        Standard normal coordinates: of the numbers, then of the shocks that are moved as numbers are, month by month.
    keys : ndarray of int64, shape (month, particle)
    """

    z: Array
    keys: Keys

    def __len__(self) -> int:
        return self.z.shape[1]

    def __getitem__(self, chosen: Any) -> "Particles":
        return Particles(self.z[:, chosen], self.keys[:, chosen])


@dataclass(frozen=True)
class Evaluation:
    """What particles say of the record.

    Attributes
    ----------
    parts : ndarray, shape (part, particle)
        Log likelihood by part: the readings, then the events.
    predicted : ndarray, shape (target, particle)
    draws : ndarray, shape (event, month, particle)
        Uniform numbers under which the events came to pass as they did.
    """

    parts: Array
    predicted: Array
    draws: Array

    @property
    def log_likelihood(self) -> Array:
        """Of all parts, shape (particle,)."""
        return np.maximum(total(list(self.parts)), IMPOSSIBLE)

    def __getitem__(self, chosen: Any) -> "Evaluation":
        return Evaluation(self.parts[:, chosen], self.predicted[:, chosen], self.draws[..., chosen])

    @classmethod
    def joined(cls, several: Sequence["Evaluation"]) -> "Evaluation":
        """Put evaluations of parts of the particles together."""
        return cls(
            *(np.concatenate([getattr(each, name) for each in several], axis=-1) for name in ("parts", "predicted", "draws"))
        )


def shock_draws(particles: Particles, numbers: int, shocks: int) -> Array:
    """Uniform numbers of the shocks that are moved as numbers are, shape (shock, month, particle)."""
    months = len(particles.keys)
    z = particles.z[numbers : numbers + shocks * months]
    return np.asarray(ndtr(z.reshape(shocks, months, len(particles))))


@dataclass(frozen=True)
class Shared:
    """What all chunks have in common, sent along with each of them."""

    scenario: Scenario
    seed: int
    months: int
    priors: tuple[Prior, ...]
    targets: tuple[Target, ...]
    readings: tuple[Reading, ...]
    happened: Mapping[Site, frozenset[int]]
    keys: int
    batches: Mapping[str, float]
    shocks: tuple[Site, ...] = ()
    responses: dict[str, Response] = field(default_factory=own_responses)

    @classmethod
    def of(cls, setting: Setting) -> "Shared":
        """Take it from a setting."""
        happened = {site_of(setting.base, name): frozenset(months) for name, months in setting.happened.items()}
        return cls(
            setting.base,
            setting.declaration.seed,
            setting.months,
            setting.priors,
            setting.targets,
            setting.readings,
            happened,
            setting.declaration.shocks,
            setting.declaration.batches(),
            tuple(site_of(setting.base, address) for address in setting.shocks),
        )

    def pack(self) -> bytes:
        """Give it as bytes that any process can read."""
        return bytes(cloudpickle.dumps(self))

    def past(self, particles: Particles, draws: Array | None = None) -> Past:
        """What is given of the shocks of particles: they follow the events, or meet the draws under which these came to pass."""
        given = dict(zip(self.shocks, shock_draws(particles, len(self.priors), len(self.shocks)), strict=True))
        if draws is None:
            return Past(self.seed, particles.keys, self.happened, given)
        return Past(self.seed, particles.keys, draws={**given, **dict(zip(self.happened, draws, strict=False))})

    def predictions(self, targets: Sequence[Target]) -> Predictions:
        """Say what figures would be by the model."""
        return Predictions(targets, self.batches, self.seed, self.keys)

    def job(self, particles: Particles, months: int, past: Past, first: int = 0) -> Job:
        """Make the job of some particles with what is given of their shocks; after it, run r has the key first + r."""
        numbers = values(self.priors, particles.z[: len(self.priors)])
        return Job(runs=len(particles), months=months, seed=self.seed, first=first, values=numbers, past=past)


@swept()
def evaluate_here(shared: Shared, particles: Particles) -> Evaluation:
    """Simulate particles over the months of the record, and weigh what they say of it."""
    keep_freed_memory()
    job = shared.job(particles, shared.months, shared.past(particles))
    world = world_of(shared.scenario, job)
    layout = layout_of(world, shared.scenario)
    predict = shared.predictions(shared.targets)
    paths = Paths(tuple(predict.needs), layout, shared.months, len(particles))
    advance(world, shared.months, (paths,))
    runs = path_dataset(paths.values, layout, shared.scenario.start, shared.months, range(len(particles)))
    predicted = predict(runs, particles.keys)
    whole = np.isfinite(predicted).all(axis=0)
    said = np.where(whole, predicted, 1.0)
    parts = np.array([*(reading.log_likelihood(said) for reading in shared.readings), world.noise.log_chance])
    parts = np.where(whole & ~np.isnan(parts), np.maximum(parts, IMPOSSIBLE), IMPOSSIBLE)
    draws = np.empty((len(shared.happened), shared.months, len(particles)))
    for place, (site, slot) in enumerate(shared.happened):
        for month in range(shared.months):
            draws[place, month] = world.noise.conditioned[site, slot, month + 1]
    return Evaluation(parts, predicted, draws)


def slices(count: int, size: int) -> Iterator[slice]:
    """Cut a range into parts of a size, the last of what is left."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


@dataclass(frozen=True)
class Course:
    """How particles go on.

    Attributes
    ----------
    outcomes : ndarray, shape (date, outcome, particle)
        To each month asked for, in the order of `sim.mechanisms.quantities.OUTCOMES`.
    predicted : ndarray, shape (target, particle)
    """

    outcomes: Array
    predicted: Array

    @classmethod
    def joined(cls, several: Sequence["Course"]) -> "Course":
        """Put courses of parts of the particles together."""
        return cls(*(np.concatenate([getattr(each, name) for each in several], axis=-1) for name in ("outcomes", "predicted")))


@dataclass(frozen=True)
class Ahead:
    """What is asked of particles that go on from their history.

    Attributes
    ----------
    months : tuple of int
        To which outcomes are given, in rising order.
    targets : tuple of Target
        Of which the model's value is given as well.
    knockouts : tuple of str
        What is taken out. It meets the same shocks, and other events may come of them.
    """

    months: tuple[int, ...]
    targets: tuple[Target, ...] = ()
    knockouts: tuple[str, ...] = ()

    @property
    def horizon(self) -> int:
        """Last month that has to be simulated."""
        return max([*self.months, *(len(target.weights) for target in self.targets)])


@swept()
def go_on_here(shared: Shared, ahead: Ahead, particles: Particles, draws: Array, first: int) -> Course:
    """Let particles go on from the history that they have, with shocks of their own after it.

    Parameters
    ----------
    draws : ndarray, shape (event, month, particle)
        As `Evaluation` has them; without events where the particles follow none.
    first : int
        Number of the first of them, which is the key of its later shocks.
    """
    keep_freed_memory()
    job = shared.job(particles, ahead.horizon, shared.past(particles, draws), first)
    scenario = shared.scenario.without(*ahead.knockouts) if ahead.knockouts else shared.scenario
    world = world_of(scenario, job)
    layout = layout_of(world, scenario)
    predict = shared.predictions(ahead.targets)
    paths = Paths(tuple(predict.needs), layout, job.months, job.runs)
    outcomes = Outcomes(layout, job.runs, ahead.months)
    advance(world, job.months, (outcomes, paths))
    runs = path_dataset(paths.values, layout, scenario.start, job.months, range(job.runs))
    later = np.broadcast_to(job.numbers() % shared.keys, (job.months - len(particles.keys), job.runs))
    return Course(outcomes.values, predict(runs, np.concatenate([particles.keys, later])))


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> Shared:
    shared: Shared = cloudpickle.loads(packed)
    get_ready()
    return shared


def _do_packed(given: tuple[int, bytes, Callable[..., Any], tuple[Any, ...]]) -> tuple[int, Any]:
    """Do one chunk in another process, which learns the user's own responses."""
    number, packed, function, arguments = given
    shared = _unpacked(packed)
    RESPONSES.update(shared.responses)
    return number, function(shared, *arguments)


class Simulator:
    """Simulates particles here or on an executor, in chunks; the answer does not depend on either.

    Parameters
    ----------
    shared : Shared
    crew : Executor, optional
        Where to run; here by default.
    chunk : int
        Particles that advance together.
    """

    def __init__(self, shared: Shared, crew: Executor | None = None, chunk: int = CHUNK) -> None:
        self.shared, self._crew, self._chunk = shared, crew, chunk
        self._packed = shared.pack() if crew is not None else b""

    def evaluate(self, particles: Particles, tick: Tick = lambda runs: None) -> Evaluation:
        """Weigh particles by the record; ``tick`` is told of runs as they are done."""
        tasks = [((particles[chosen],), _size(chosen)) for chosen in self._slices(len(particles))]
        return Evaluation.joined(self._do(evaluate_here, tasks, tick))

    def go_on(self, ahead: Ahead, particles: Particles, draws: Array, tick: Tick = lambda runs: None) -> Course:
        """Let particles go on; see `go_on_here`."""
        tasks = [
            ((ahead, particles[chosen], draws[..., chosen], chosen.start), _size(chosen))
            for chosen in self._slices(len(particles))
        ]
        return Course.joined(self._do(go_on_here, tasks, tick))

    def _slices(self, count: int) -> list[slice]:
        """Cut particles into chunks; where others do them, into two at least, since a machine has two cores or more."""
        size = self._chunk if self._crew is None else min(self._chunk, max(1, -(-count // 2)))
        return [slice(start, min(start + size, count)) for start in range(0, count, size)]

    def _do(self, function: Callable[..., Any], tasks: Sequence[tuple[tuple[Any, ...], int]], tick: Tick) -> list[Any]:
        found: dict[int, Any] = {}
        for number, done in self._done(function, [arguments for arguments, _ in tasks]):
            found[number] = done
            tick(tasks[number][1])
        return [found[number] for number in range(len(tasks))]

    def _done(self, function: Callable[..., Any], tasks: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
        if self._crew is None:
            for number, arguments in enumerate(tasks):
                yield number, function(self.shared, *arguments)
            return
        packed = ((number, self._packed, function, arguments) for number, arguments in enumerate(tasks))
        yield from completed(self._crew, _do_packed, packed)


def _size(chosen: slice) -> int:
    return int(chosen.stop - chosen.start)
