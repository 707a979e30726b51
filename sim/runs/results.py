"""What is kept of a run. Recorders are handed each month's values and keep outcomes, paths, quantiles or counts of limits.

They know nothing of the world: they take a function that reads a quantity by name, one array of shape (runs,) for each
holder, which they must not change. Everything is done run by run in a fixed order, so that the bits of a run do not depend
on which other runs stand beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import numpy as np

from sim.arrays import Array
from sim.mechanisms.ledger import total
from sim.mechanisms.quantities import DIMENSIONS, LIMITS, OUTCOMES, QUANTITY, Holder, Outcome

Read = Callable[[str], Sequence[Array]]

QUANTILES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


@dataclass(frozen=True, slots=True)
class Layout:
    """Who holds what in a world, as plain data: enough to name every axis of its results.

    Attributes
    ----------
    own : mapping
        Holders of each quantity, in the order of its rows.
    everyone : mapping
        All countries, partnerships, rules and lanes.
    kinds : mapping
        The role of each country and the limit to which each rule belongs, by name of the holder.
    lanes : mapping
        Exporter, importer and good of each lane.
    """

    own: Mapping[str, tuple[str, ...]]
    everyone: Mapping[Holder, tuple[str, ...]]
    kinds: Mapping[Holder, Mapping[str, str]]
    lanes: Mapping[str, tuple[str, str, str]]


Into = Mapping[str, tuple[Array, Sequence[int]]]


class Recorder(Protocol):
    """Anything that is shown every month once, counted from 1, in order."""

    def add(self, month: int, read: Read) -> None:
        """Take what is wanted of this month."""


def members(outcome: Outcome, layout: Layout) -> tuple[int, ...]:
    """Rows of the holders that count for an outcome: all that have its quantity, or those of one kind."""
    own = layout.own[outcome.quantity]
    if not outcome.among:
        return tuple(range(len(own)))
    kind = layout.kinds[QUANTITY[outcome.quantity].holder]
    return tuple(row for row, name in enumerate(own) if kind[name] == outcome.among)


def across(values: Sequence[Array], rows: Sequence[int], how: str) -> Array:
    """Make one number per run, shape (runs,), of the chosen among the holders. With no holder it is zero, shape (1,)."""
    if not rows:
        return np.zeros(1)
    if len(rows) == 1:
        return values[rows[0]]
    if how == "max":
        return reduce(np.maximum, (values[row] for row in rows))
    summed = total(values[row] for row in rows)
    return summed / len(rows) if how == "mean" else summed


def _add(state: Array, now: Array, month: int, above: float) -> None:
    state += now


def _keep(state: Array, now: Array, month: int, above: float) -> None:
    state[:] = now


def _top(state: Array, now: Array, month: int, above: float) -> None:
    np.maximum(state, now, out=state)


def _first(state: Array, now: Array, month: int, above: float) -> None:
    state[(state == 0) & (now > 0)] = month


def _count(state: Array, now: Array, month: int, above: float) -> None:
    state += now > above


# How each month changes what is kept of the months before, in place.
_FOLD = {"sum": _add, "mean": _add, "last": _keep, "max": _top, "first": _first, "count": _count}


def _finish(how: str, state: Array, month: int) -> Array:
    """Make the outcome to a month from what is kept of the months to it."""
    if how == "mean":
        return state / month
    if how == "first":
        return np.where(state == 0, month + 1.0, state)
    return state


class Outcomes:
    """The outcomes of `sim.mechanisms.quantities.OUTCOMES`, without keeping paths.

    Parameters
    ----------
    layout : Layout
        Who holds what.
    runs : int
        Number of runs R.
    at : sequence of int
        Months, counted from 1, whose outcomes are kept.

    Attributes
    ----------
    values : ndarray, shape (len(at), outcomes, R)
        The outcomes to each of these months, in the units of the table.
    """

    def __init__(self, layout: Layout, runs: int, at: Sequence[int]) -> None:
        self._rows = [members(outcome, layout) for outcome in OUTCOMES]
        self._state = np.zeros((len(OUTCOMES), runs))
        self._state[[outcome.how == "max" for outcome in OUTCOMES]] = -np.inf
        self._at = tuple(at)
        self.values = np.empty((len(self._at), len(OUTCOMES), runs))

    def add(self, month: int, read: Read) -> None:
        """Take one month, and keep the outcomes to it if they are wanted."""
        for outcome, rows, state in zip(OUTCOMES, self._rows, self._state, strict=True):
            if outcome.how == "last" and month not in self._at:
                continue
            _FOLD[outcome.how](state, across(read(outcome.quantity), rows, outcome.across), month, outcome.above)
        for place, wanted in enumerate(self._at):
            if wanted == month:
                for row, outcome in enumerate(OUTCOMES):
                    self.values[place, row] = _finish(outcome.how, self._state[row], month)


class Paths:
    """Full paths of chosen quantities, of the first runs.

    Parameters
    ----------
    into : dict of (ndarray, sequence of int), optional
        Tables to write to in place of new ones, with the places of the holders there.

    Attributes
    ----------
    values : dict of ndarray, shape (months, holders, runs)
        By name of the quantity.
    """

    def __init__(self, names: Sequence[str], layout: Layout, months: int, runs: int, into: Into | None = None) -> None:
        own = {name: len(layout.own[name]) for name in names}
        self._into = into or {name: (np.empty((months, count, runs)), range(count)) for name, count in own.items()}
        self.values = {name: kept for name, (kept, _) in self._into.items()}

    def add(self, month: int, read: Read) -> None:
        """Take one month of the first runs."""
        for name, (kept, rows) in self._into.items():
            for row, values in zip(rows, read(name), strict=True):
                kept[month - 1, row] = values[: kept.shape[2]]


def quantiles(values: Array) -> Array:
    """Exact quantiles over the last axis, (..., runs) to (quantiles, ...): exactly what ``np.quantile`` gives.

    Sorting is four times as fast as the partition that ``np.quantile`` does.
    """
    ordered = np.sort(values, axis=-1)
    place = QUANTILES * (ordered.shape[-1] - 1)
    below = np.floor(place).astype(int)
    part = place - below
    low, high = ordered[..., below], ordered[..., np.minimum(below + 1, ordered.shape[-1] - 1)]
    step = high - low
    return np.moveaxis(np.where(part >= 0.5, high - step * (1.0 - part), low + step * part), -1, 0)


class Fans:
    """Exact quantiles by month, made at once and never from kept paths: memory does not grow with runs times months.

    Attributes
    ----------
    values : dict of ndarray, shape (quantiles, months, holders)
        By name of the quantity.
    """

    def __init__(self, names: Sequence[str], layout: Layout, months: int) -> None:
        self.values = {name: np.empty((len(QUANTILES), months, len(layout.own[name]))) for name in names}

    def add(self, month: int, read: Read) -> None:
        """Take the quantiles of one month."""
        for name, kept in self.values.items():
            for row, values in enumerate(read(name)):
                kept[:, month - 1, row] = quantiles(values)


class LimitCounts:
    """How often each limit bound.

    Attributes
    ----------
    values : ndarray of int, shape (dimensions, limits, months)
        Runs, times partnerships, in which that limit was the one that bound.
    """

    def __init__(self, months: int) -> None:
        self.values = np.zeros((len(DIMENSIONS), len(LIMITS), months), dtype=np.int64)

    def add(self, month: int, read: Read) -> None:
        """Count one month."""
        for place, dimension in enumerate(DIMENSIONS):
            for codes in read(f"limit_{dimension}"):
                self.values[place, :, month - 1] += np.bincount(codes.astype(np.int64), minlength=len(LIMITS))
