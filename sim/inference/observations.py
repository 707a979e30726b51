"""From rows of the record to what a run must say: each group of series as a reading with a likelihood of its own.

A further series is a row in `sim.evidence.series` with its function, and a line in the declaration.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.evidence.series import Target, conversion_of
from sim.inference.declaration import Amount, Amounts, Counts, Declaration, First, Followed, Process
from sim.inference.likelihood import Amounts as AmountRows
from sim.inference.likelihood import log_count, log_first, log_process, process_covariance
from sim.inference.priors import INSIDE

YEAR = 12  # months


@dataclass(frozen=True)
class Reading:
    """A group of rows and how probable they are.

    Attributes
    ----------
    name, says : str
        Of the group.
    rows : ndarray of int
        Places of its rows among the targets.
    """

    name: str
    says: str
    rows: NDArray[np.intp]

    def log_likelihood(self, predicted: Array) -> Array:
        """Log of the probability of its rows, shape (R,), given what runs say of all targets, shape (target, R)."""
        raise NotImplementedError


@dataclass(frozen=True)
class AmountReading(Reading):
    """Amounts in logs, with the biases of their counters."""

    floor: Array
    model: AmountRows

    def said(self, predicted: Array) -> Array:
        """Logs of what runs say of its rows, shape (row, R)."""
        return np.asarray(np.log(np.maximum(predicted[self.rows], self.floor[:, None])))

    def log_likelihood(self, predicted: Array) -> Array:
        """As `Reading`."""
        return self.model.log_likelihood(self.said(predicted))


@dataclass(frozen=True)
class CountReading(Reading):
    """Counts about what the run counted."""

    low: Array
    high: Array
    dispersion: Array
    floor: Array

    def log_likelihood(self, predicted: Array) -> Array:
        """As `Reading`."""
        total = np.zeros(predicted.shape[1])
        for row, low, high, dispersion, floor in zip(self.rows, self.low, self.high, self.dispersion, self.floor, strict=True):
            total = total + log_count(low, high, np.maximum(predicted[row], floor), float(dispersion))
        return total


@dataclass(frozen=True)
class ProcessReading(Reading):
    """Customs figures, whose errors hang together.

    Attributes
    ----------
    seen, halves : ndarray, shape (row,)
        Middle of each row's range on its scale, and half the width.
    scales : tuple of str
        Of `SCALES`, by row.
    covariances : ndarray, shape (size, row, row)
        Of the errors, for each size of them.
    """

    seen: Array
    halves: Array
    scales: tuple[str, ...]
    covariances: Array

    def said(self, predicted: Array) -> Array:
        """What runs say of its rows on their scales, shape (row, R)."""
        return np.stack([SCALES[scale](predicted[row]) for scale, row in zip(self.scales, self.rows, strict=True)])

    def log_likelihood(self, predicted: Array) -> Array:
        """As `Reading`."""
        return log_process(self.seen[:, None] - self.said(predicted), self.covariances)


@dataclass(frozen=True)
class FirstReading(Reading):
    """The first month of something; ``seen`` is None where it was not seen by the last month."""

    seen: float | None
    last: int
    deviation: float

    def log_likelihood(self, predicted: Array) -> Array:
        """As `Reading`."""
        return log_first(predicted[self.rows[0]], self.seen, self.last, self.deviation)


def _log(amount: Array) -> Array:
    return np.asarray(np.log(np.maximum(amount, 1e-9)))


def _growth(percent: Array) -> Array:
    """Log of a change in percent: minus a hundred is nothing left."""
    return np.asarray(np.log1p(np.maximum(percent, -99.99) / 100.0))


# How what is compared is carried to the scale on which errors are normal, and back.
SCALES: dict[str, Callable[[Array], Array]] = {"log": _log, "growth": _growth}
BACK: dict[str, Callable[[Array], Array]] = {"log": np.exp, "growth": lambda x: 100.0 * np.expm1(x)}


def ends_of(target: Target, declaration: Declaration, amount: Amount | None = None) -> tuple[float, float]:
    """Ends of a row in the unit of the model, as it is read: an open side is infinite.

    What a shared factor converts is converted by its central value; the factor's own uncertainty is its.
    """
    low, high = target.low, target.high
    conversion = conversion_of(target.observation)
    if amount is not None and amount.factor and conversion is not None:
        low, high = low * conversion.central / conversion.low, high * conversion.central / conversion.high
    bound = declaration.bounds.get(target.observation.id)
    if bound is not None:
        return (low, np.inf) if bound.side == "low" else (-np.inf, high)
    return low, high


def amount_rows(group: Amounts, targets: Sequence[Target], declaration: Declaration) -> tuple[AmountRows, Array]:
    """Lay out the rows of a group of amounts, and the least amount of each, shape (row,)."""
    counted_by = {row: name for name, rows in declaration.counters.rows.items() for row in rows}
    counters = [counted_by.get(each.observation.id, f"alone {each.observation.id}") for each in targets]
    places = {name: place for place, name in enumerate(dict.fromkeys(counters))}
    declared = [group.series[each.series.name] for each in targets]
    floor = np.array([each.floor for each in declared])
    ends = np.array([ends_of(target, declaration, each) for target, each in zip(targets, declared, strict=True)])
    low, high = ends.reshape(-1, 2).T
    number = low == high
    with np.errstate(divide="ignore", invalid="ignore"):
        logs_high = np.log(np.maximum(high, floor))
        logs_low = np.where(number, logs_high, np.where(low > floor, np.log(np.maximum(low, floor)), -np.inf))
    return AmountRows(
        low=logs_low,
        high=logs_high,
        deviation=np.array([each.sd for each in declared]),
        counter=np.array([places[name] for name in counters], dtype=np.int64),
        bias=declaration.counters.sd,
        loads=np.array([float(bool(each.factor)) for each in declared]),
        factor=max((_factor(target) for target, each in zip(targets, declared, strict=True) if each.factor), default=0.0),
    ), floor  # fmt: skip


def _factor(target: Target) -> float:
    """Deviation of the log of what converts a row: the range of the conversion holds 90 percent."""
    conversion = conversion_of(target.observation)
    return 0.0 if conversion is None else float(np.log(conversion.high / conversion.low) / (2 * INSIDE))


@dataclass(frozen=True)
class ProcessRows:
    """Rows of a process: weights by month, shape (row, month), deviations, levels of their series, scales."""

    weights: Array
    deviation: Array
    own: Array
    same: NDArray[np.int64]
    scales: tuple[str, ...]

    @classmethod
    def of(cls, process: Process, targets: Sequence[Target], halves: Array) -> "ProcessRows":
        """Lay them out; ``halves`` are half the widths of the rows' own ranges on their scale, shape (row,)."""
        declared = [process.series[target.series.name] for target in targets]
        names = [each.shares or target.series.name for each, target in zip(declared, targets, strict=True)]
        places = {name: place for place, name in enumerate(dict.fromkeys(names))}
        return cls(
            np.stack([_months_of(target, each) for target, each in zip(targets, declared, strict=True)]),
            np.hypot([each.sd for each in declared], halves / INSIDE),
            np.array([each.own for each in declared]),
            np.array([places[name] for name in names], dtype=np.int64),
            tuple(each.scale for each in declared),
        )

    def covariances(self, process: Process) -> Array:
        """Covariance of the errors for each size, shape (size, row, row)."""
        return np.stack([self._covariance(process, size) for size in process.sizes])

    def _covariance(self, process: Process, size: float) -> Array:
        level, walk, drift, noise = (size * part for part in (process.level, process.walk, process.drift, process.noise))
        return process_covariance(self.weights, level, walk, drift, noise, self.deviation, size * self.own, self.same)


def _months_of(target: Target, followed: Followed) -> Array:
    """How the errors of the months make the error of a row: a change on the year has that of the month less the year before's."""
    weights = target.weights / target.weights.sum()
    if followed.scale != "growth":
        return np.asarray(weights)
    before = np.zeros_like(weights)
    np.add.at(before, np.maximum(np.arange(len(weights)) - YEAR, 0), weights)
    return np.asarray(weights - before)


def middle_of(target: Target, scale: str) -> tuple[float, float]:
    """Middle of a row's range on a scale, and half its width."""
    low, high = (float(SCALES[scale](np.array(end))) for end in (target.low, target.high))
    return (low + high) / 2, (high - low) / 2


def readings_of(
    declaration: Declaration, targets: Sequence[Target], last: int, seen: Mapping[str, float | None]
) -> list[Reading]:
    """Make a reading of each group that has rows.

    Parameters
    ----------
    targets : sequence of Target
        What is fitted. First times stand at the end, one for each that is declared and read.
    last : int
        Last month that is fitted.
    seen : mapping
        Month of each first time, by the name of its series; None where it was not seen.
    """
    found: list[Reading] = []

    def places(series: Mapping[str, object]) -> NDArray[np.intp]:
        chosen = [i for i, each in enumerate(targets) if each.series.name in series and each.series.kind != "first"]
        return np.array(chosen, dtype=np.intp)

    for name, group in declaration.amounts.items():
        rows = places(group.series)
        if len(rows):
            model, floor = amount_rows(group, [targets[i] for i in rows], declaration)
            found.append(AmountReading(name, group.says, rows, floor, model))
    for name, counts in declaration.counts.items():
        rows = places(counts.series)
        if len(rows):
            found.append(_counts(name, counts, rows, targets, declaration))
    for name, process in declaration.processes.items():
        rows = places(process.series)
        if len(rows):
            chosen = [targets[i] for i in rows]
            scales = [process.series[each.series.name].scale for each in chosen]
            middles, halves = np.array([middle_of(each, scale) for each, scale in zip(chosen, scales, strict=True)]).T
            laid = ProcessRows.of(process, chosen, halves)
            found.append(ProcessReading(name, process.says, rows, middles, halves, laid.scales, laid.covariances(process)))
    for name, first in declaration.firsts.items():
        found += _first(name, first, targets, last, seen)
    return found


def _counts(
    name: str, counts: Counts, rows: NDArray[np.intp], targets: Sequence[Target], declaration: Declaration
) -> CountReading:
    ends = np.array([ends_of(targets[i], declaration) for i in rows])
    declared = [counts.series[targets[i].series.name] for i in rows]
    return CountReading(
        name,
        counts.says,
        rows,
        ends[:, 0],
        ends[:, 1],
        np.array([each.dispersion for each in declared]),
        np.array([each.floor for each in declared]),
    )


def _first(name: str, first: First, targets: Sequence[Target], last: int, seen: Mapping[str, float | None]) -> list[FirstReading]:
    rows = [i for i, each in enumerate(targets) if each.series.name == first.series and each.series.kind == "first"]
    if not rows:
        return []
    return [FirstReading(name, first.says, np.array(rows[:1]), seen[first.series], last, first.sd)]
