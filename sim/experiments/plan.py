"""A plan: every run of a sweep, decided before the first is done, and the identity by which a stored sweep is known again."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.experiments.design import Design
from sim.experiments.identity import behaviour
from sim.experiments.levers import Structure
from sim.mechanisms.quantities import OUTCOMES, QUANTITY
from sim.runs.chunks import CHUNK

if TYPE_CHECKING:
    import xarray as xr

    from sim.scenario.scenario import Scenario

FORMAT = 2  # of the directory; it grows when an older one can no longer be read
PATH_BYTES = 200 * 2**20  # that the paths of one chunk may take, for measures
WORD = 8  # bytes of a double


@runtime_checkable
class Measures(Protocol):
    """Further columns of each run, made from its paths where it is simulated. It has to be picklable.

    Attributes
    ----------
    columns : mapping
        Names and units.
    needs : sequence of str
        Quantities whose paths it reads.
    about : mapping
        What tells it from another, as JSON can hold it.
    """

    columns: Mapping[str, str]
    needs: Sequence[str]
    about: Mapping[str, Any]

    def __call__(self, runs: "xr.Dataset") -> Array:
        """Give the columns, shape (columns, runs), from the paths (month, holder, run)."""


@dataclass(frozen=True, eq=False)
class Task:
    """The runs of one part: some points with all their runs, or a piece of the runs of one point.

    Attributes
    ----------
    number : int
        Of the part.
    structure : int
        Which scenario, by its place among the structures.
    first_point, points : int
        Which points, all of that structure.
    first_run, runs : int
        Which runs of each of them.
    first_keys : ndarray, shape (points,)
        Replicate key of run 0 of each of these points.
    columns : dict
        What each of these points was given, shape (points,), by column: numbers by address, and labels of levers.
    """

    number: int
    structure: int
    first_point: int
    points: int
    first_run: int
    runs: int
    first_keys: NDArray[np.intp]
    columns: dict[str, NDArray[Any]]

    @property
    def rows(self) -> int:
        """Number of its runs."""
        return self.points * self.runs


@dataclass(frozen=True, eq=False)
class Plan:
    """Every run of a sweep. Points are numbered with levers outermost, so that those of one structure lie together.

    Attributes
    ----------
    structures : tuple of Structure
    design : Design or None
        None: nothing but levers varies.
    numeric : dict of ndarray
        Options of the levers that are numbers.
    runs : int
        Runs of each point.
    own_shocks : bool
        Whether each point of the design meets shocks of its own; see `first_keys`.
    months, seed, at, record, measures
        As in `sim.experiments.sweeps.sweep`.
    """

    structures: tuple[Structure, ...]
    design: Design | None
    numeric: dict[str, Array]
    runs: int
    months: int
    seed: int
    at: tuple[int, ...] = ()
    record: tuple[str, ...] = ()
    measures: Measures | None = None
    own_shocks: bool = False

    @property
    def start(self) -> str:
        """First month."""
        return self.structures[0].scenario.start

    @property
    def shape(self) -> tuple[int, ...]:
        """Numbers of structures, of options of each numeric lever, and of points of the design."""
        return (len(self.structures), *(len(options) for options in self.numeric.values()), self._sampled)

    @property
    def points(self) -> int:
        """Number of points."""
        return prod(self.shape)

    @property
    def rows(self) -> int:
        """Number of runs in all."""
        return self.points * self.runs

    @property
    def _sampled(self) -> int:
        return 1 if self.design is None else self.design.points

    @cached_property
    def columns(self) -> dict[str, NDArray[Any]]:
        """What each point was given, shape (points,): numbers of the design by address, then labels and numbers of levers."""
        place, *options, sampled = np.unravel_index(np.arange(self.points), self.shape)
        columns: dict[str, NDArray[Any]] = {}
        if self.design is not None:
            columns |= {address: column[sampled] for address, column in self.design.columns.items()}
        for name in self.structures[0].labels:
            columns[name] = np.array([structure.labels[name] for structure in self.structures])[place]
        for (name, numbers), chosen in zip(self.numeric.items(), options, strict=True):
            columns[name] = numbers[chosen]
        return columns

    def tasks(self) -> Iterator[Task]:
        """Cut the sweep into parts, each as large as a chunk, and each of one structure."""
        points, runs = self._cut
        each = self.points // len(self.structures)
        number = 0
        for structure in range(len(self.structures)):
            for first in range(structure * each, (structure + 1) * each, points):
                many = min(points, (structure + 1) * each - first)
                columns = {name: column[first : first + many] for name, column in self.columns.items()}
                keys = first_keys(np.arange(first, first + many), self._sampled, self.runs, self.own_shocks)
                for first_run in range(0, self.runs, runs):
                    few = min(runs, self.runs - first_run)
                    yield Task(number, structure, first, many, first_run, few, keys, columns)
                    number += 1

    @property
    def parts(self) -> int:
        """Number of parts."""
        points, runs = self._cut
        return len(self.structures) * -(-self.points // len(self.structures) // points) * -(-self.runs // runs)

    @property
    def _cut(self) -> tuple[int, int]:
        """How many points a part has at most, and how many runs of each."""
        return max(1, self.chunk // self.runs), min(self.runs, self.chunk)

    @property
    def chunk(self) -> int:
        """Runs that advance in lockstep: fewer than usual where measures need many paths."""
        needs = () if self.measures is None else self.measures.needs
        held = [_holders(structure.scenario, name) for structure in self.structures[:1] for name in needs]
        return min(CHUNK, max(1, PATH_BYTES // max(1, sum(held) * self.months * WORD)))

    def units(self) -> dict[str, str]:
        """Units of the columns of the table that have one."""
        parameters = {
            name: structure.scenario.parameters[name].unit
            for structure in reversed(self.structures)
            for name in self.columns
            if name in structure.scenario.parameters
        }
        outcomes = {
            f"{outcome.name}{end}": outcome.unit for end in ("", *(f"@{month}" for month in self.at)) for outcome in OUTCOMES
        }
        measured = {} if self.measures is None else dict(self.measures.columns)
        return {**{name: parameters[name] for name in self.columns if name in parameters}, **outcomes, **measured}

    def identity(self) -> dict[str, Any]:
        """All on which the bytes of the parts depend, as JSON can hold it; two plans with one identity make the same parts."""
        return {
            "format": FORMAT,
            "points": self.points,
            "runs": self.runs,
            "months": self.months,
            "seed": self.seed,
            "own_shocks": self.own_shocks,
            "at": list(self.at),
            "record": list(self.record),
            "shape": list(self.shape),
            "chunk": self.chunk,
            "scenarios": {self._label(each): each.scenario.hash for each in self.structures},
            "design": {
                "kind": "none" if self.design is None else self.design.kind,
                "about": {} if self.design is None else self.design.about,
                "columns": [] if self.design is None else list(self.design.columns),
                "hash": _hash_columns({} if self.design is None else self.design.columns),
            },
            "levers": {
                **{
                    name: list(dict.fromkeys(each.labels[name] for each in self.structures)) for name in self.structures[0].labels
                },
                **{name: options.tolist() for name, options in self.numeric.items()},
            },
            "measures": None if self.measures is None else dict(self.measures.about),
            **behaviour({rule.response for each in self.structures for rule in each.scenario.rules.values()}),
            "units": self.units(),
        }

    @staticmethod
    def _label(structure: Structure) -> str:
        return ", ".join(f"{name}={value}" for name, value in structure.labels.items()) or structure.scenario.name


def first_keys(point: NDArray[np.intp], sampled: int, runs: int, own_shocks: bool) -> NDArray[np.intp]:
    """Replicate key of run 0 of each point, shape (points,): 0 where all points meet the same shocks.

    Where the points of the design meet shocks of their own, the options of a lever still meet the same at each of these, so that
    they can be compared run by run.
    """
    return point % sampled * runs if own_shocks else 0 * point


def _holders(scenario: "Scenario", name: str) -> int:
    """How many holders a quantity has at most."""
    kinds: dict[str, Collection[str]] = {
        "country": scenario.countries,
        "partnership": scenario.partnerships,
        "rule": scenario.rules,
        "lane": scenario.lanes,
    }
    return len(kinds.get(QUANTITY[name].holder, ("world",)))


def _hash_columns(columns: Mapping[str, NDArray[Any]]) -> str:
    """SHA-256 of the points of a design, by columns."""
    digest = hashlib.sha256()
    for name, column in columns.items():
        digest.update(name.encode() + b"\0" + column.tobytes())
    return digest.hexdigest()
