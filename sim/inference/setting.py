"""A declaration brought together with a scenario and the record: what varies, what is read, and what has happened."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from sim.errors import UserError, suggest
from sim.evidence import LAST_MONTH, Observation, last_day, observations
from sim.evidence.series import SERIES, Target, targets, why_left_out
from sim.experiments.declarations import fitting
from sim.experiments.ranges import Range
from sim.inference.declaration import Budget, DatedEvent, Declaration
from sim.inference.observations import Reading, ends_of, readings_of
from sim.inference.priors import Prior
from sim.inference.record import first_days, known_rows, last_month, settled, warn_of_unknown
from sim.mechanisms.noise import EVENTS
from sim.runs.datasets import date_of
from sim.runs.ensemble import run
from sim.scenario.files import Problems
from sim.scenario.scenario import Scenario

AFTER = "ends after the last month"


@dataclass(frozen=True)
class Setting:
    """What is inferred, in terms of one scenario and one state of knowledge.

    Attributes
    ----------
    until, vintage : str
        Last month that is fitted, and the date by which its figures had to be known.
    months : int
        From the start of the scenario to ``until``.
    priors : tuple of Prior
        One for each number that varies.
    record : tuple of Observation
        All figures known by the vintage, of any series and month.
    targets : tuple of Target
        Those that are compared, first times at the end.
    readings : tuple of Reading
        How they are.
    happened : dict of tuple of int
        Months in which each event came to pass, by its address; in no other of the months it did.
    shocks : tuple of str
        Addresses of shocks that are moved as numbers are, one coordinate for each month.
    left_out : tuple of (Observation, str)
        Figures that are not read, and why.
    evidence : str
        Table of observations; `shipped` for the project's own.
    """

    base: Scenario
    declaration: Declaration
    budget: Budget
    until: str
    vintage: str
    months: int
    priors: tuple[Prior, ...]
    record: tuple[Observation, ...]
    targets: tuple[Target, ...]
    readings: tuple[Reading, ...]
    happened: dict[str, tuple[int, ...]]
    shocks: tuple[str, ...]
    left_out: tuple[tuple[Observation, str], ...]
    evidence: str

    @property
    def addresses(self) -> tuple[str, ...]:
        """Addresses of the numbers that vary."""
        return tuple(prior.address for prior in self.priors)

    @property
    def read(self) -> tuple[Observation, ...]:
        """Figures that are read, dated events among them."""
        without = {row.id for row, _ in self.left_out}
        return tuple(row for row in self.record if row.id not in without)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of what is fitted: rows, ends and events."""
        rows = [
            (each.observation.id, each.series.name, each.series.kind, repr(each.low), repr(each.high)) for each in self.targets
        ]
        return hashlib.sha256(json.dumps([rows, self.happened], sort_keys=True).encode()).hexdigest()

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts of the likelihood: the readings, then the events."""
        return (*(reading.name for reading in self.readings), "events")


def bring_together(
    base: Scenario,
    declaration: Declaration,
    budget: Budget,
    until: str = LAST_MONTH,
    vintage: str | None = None,
    evidence: str | Path | None = None,
    pinned: Collection[str] = (),
) -> Setting:
    """Bring a declaration together with a scenario and the record.

    Parameters
    ----------
    until : str
        Last month that is fitted, "YYYY-MM".
    vintage : str, optional
        Only what was known by the end of this year, month or day is used; by default the month after ``until``.
    evidence : path, optional
        Another table of observations than the shipped one.
    pinned : collection of str
        Addresses of numbers that keep the scenario's value.

    Raises
    ------
    UserError
        If dates, addresses or series do not fit together.
    """
    months = last_month(base, until, "until")
    vintage = vintage or date_of(months + 1, base.start)
    problems = Problems([declaration.name])
    box, _ = declaration.ranges.box(base, problems)
    priors = _priors(base, declaration, [side for side in box if side.address not in pinned], problems)
    record = known_rows(observations(evidence), vintage)
    days = first_days(base, months)
    warn_of_unknown(record, days, "shipped" if evidence is None else str(evidence))
    read, left_out = _sorted(record, days, declaration)
    problems.check()
    kept = [each for each in targets(read, days) if _is_readable(each, declaration, left_out)]
    watched = {row.series for row in record} if evidence is not None else None
    seen = _first_months(declaration, record, days, watched)
    firsts = [_first_target(name, month, record, days) for name, month in seen.items()]
    drawn = {each.series for each in declaration.events.values()}
    compared = tuple(each for each in kept if each.series.name not in drawn) + tuple(firsts)
    _check_series(base, compared)
    return Setting(
        base=base,
        declaration=declaration,
        budget=budget,
        until=until,
        vintage=vintage,
        months=months,
        priors=priors,
        record=record,
        targets=compared,
        readings=tuple(readings_of(declaration, compared, months, seen)),
        happened=_happened(declaration, base, read, days, watched),
        shocks=_shocks(declaration, base, compared, problems),
        left_out=tuple(left_out),
        evidence="shipped" if evidence is None else str(evidence),
    )


def _priors(base: Scenario, declaration: Declaration, box: Iterable[Range], problems: Problems) -> tuple[Prior, ...]:
    """Give each side of the box its family: that of its measure unless the declaration says otherwise."""
    believed: dict[str, tuple[str, float]] = {}
    for name, belief in declaration.priors.items():
        key = ("priors", name, "addresses")
        for address in fitting(belief.addresses, base.parameters, key, problems):
            if address in believed:
                problems.add(f"'{address}' has a belief already; give each number one", key)
            believed[address] = (belief.family, belief.shape)
    found = []
    for side in box:
        own = "log" if side.measure == "log" else "uniform"
        family, shape = believed.get(side.address, (own, 2.0))
        if family in ("log", "lognormal") and side.low <= 0:
            problems.add(f"{side.address} reaches {side.low:g}, so it has no log; give it the family normal", ("priors",))
            continue
        spec = base.specs[side.address]
        found.append(Prior(side.address, family, side.low, side.high, spec.low, spec.high, shape))
    return tuple(found)


def _sorted(
    record: Iterable[Observation], days: list[date], declaration: Declaration
) -> tuple[list[Observation], list[tuple[Observation, str]]]:
    """Part the figures into those that are read, and those that are not with the reason."""
    declared, last = {name for _, name in declaration.series()}, last_day(f"{days[-1]:%Y-%m}")
    read, left_out = [], []
    for row in record:
        reason = why_left_out(row, days) or declaration.left_out.get(row.id) or declaration.left_out.get(row.series, "")
        if not reason and settled(row) > last:
            reason = AFTER
        if not reason and row.series not in declared:
            reason = "the declaration does not say how its series is read"
        if reason:
            left_out.append((row, reason))
        else:
            read.append(row)
    return read, left_out


def _is_readable(target: Target, declaration: Declaration, left_out: list[tuple[Observation, str]]) -> bool:
    """Whether a row can be read where it stands: a process takes no bound, and nothing tells of a row open at both ends."""
    low, high = ends_of(target, declaration)
    process = any(target.series.name in each.series for each in declaration.processes.values())
    reason = ""
    if low == -float("inf") and high == float("inf"):
        reason = "is open at both ends"
    elif process and not (abs(low) < float("inf") and abs(high) < float("inf")):
        reason = "is open at an end, which a process does not read"
    if reason:
        left_out.append((target.observation, reason))
    return not reason


def _first_months(
    declaration: Declaration, record: Iterable[Observation], days: list[date], watched: Collection[str] | None
) -> dict[str, float | None]:
    """Month in which each first time was seen, by its series; None where none was.

    The shipped record watches for all of them. Another table does for those that it has a row of, ``watched``.
    """
    found: dict[str, float | None] = {}
    for first in declaration.firsts.values():
        starts = [row.start for row in record if row.series == first.series]
        within = [start for start in starts if days[0] <= start <= last_day(f"{days[-1]:%Y-%m}")]
        if watched is None or first.series in watched:
            found[first.series] = float(sum(day <= min(within) for day in days)) if within else None
    return found


def _first_target(name: str, seen: float | None, record: Iterable[Observation], days: list[date]) -> Target:
    """The first month of a series as a target, in the name of its first row, or of none."""
    rows = [row for row in record if row.series == name and row.start >= days[0] and seen is not None]
    end = last_day(f"{days[-1]:%Y-%m}")
    none = Observation(f"no {name}", name, "", days[0], end, None, 0.0, None, "A", "no report", "", end)
    series = replace(SERIES[name], kind="first", unit="month number")
    month = len(days) + 1.0 if seen is None else seen
    return Target(min(rows, key=lambda row: row.start, default=none), series, month, month, month, np.ones(len(days)))


def _happened(
    declaration: Declaration,
    base: Scenario,
    read: Sequence[Observation],
    days: list[date],
    watched: Collection[str] | None,
) -> dict[str, tuple[int, ...]]:
    """Months in which the events came to pass, of those that the record watches for (see `_first_months`)."""
    found = {}
    for event in declaration.events.values():
        if _is_of(event, base) and (watched is None or event.series in watched):
            months = {sum(day <= row.start for day in days) for row in read if event.series and row.series == event.series}
            found[event.event] = tuple(sorted(months))
    return found


def _shocks(declaration: Declaration, base: Scenario, compared: Iterable[Target], problems: Problems) -> tuple[str, ...]:
    """Addresses of the shocks that go with the processes of which rows are read."""
    read = {target.series.name for target in compared}
    pairs = {f"{min(x.exporter, x.importer)}.{max(x.exporter, x.importer)}.trade" for x in base.lanes.values() if x.season}
    found: dict[str, None] = {}
    for name, process in declaration.processes.items():
        for address in process.shocks if read & set(process.series) else ():
            if address not in pairs:
                text = f"'{address}' is no shock of trade; {suggest(address, pairs)}"
                problems.add(text, ("processes", name, "shocks"))
            found[address] = None
    problems.check()
    return tuple(found)


def _is_of(event: DatedEvent, base: Scenario) -> bool:
    """Whether a scenario has the holder of an event."""
    holder, _, name = event.event.rpartition(".")
    return holder == "world" if EVENTS[name] == "world" else holder in base.partnerships


def _check_series(base: Scenario, found: Iterable[Target]) -> None:
    """See that a scenario has what the series tell of, by one month of it."""
    series = {target.series.name: target.series for target in found}
    needs = sorted({name for each in series.values() for name in each.needs})
    if not needs:
        return
    month = run(base, 1, months=1, record=needs, progress=False)
    problems = Problems([base.name])
    for name, each in series.items():
        try:
            each.paths(month)
        except UserError as error:
            problems.add(error.message, ("series", name))
    problems.check()


def beliefs(setting: Setting) -> dict[str, Mapping[str, Prior]]:
    """Other beliefs that the declaration names, each as the priors that differ, by address."""
    own = {prior.address: prior for prior in setting.priors}
    found: dict[str, Mapping[str, Prior]] = {}
    problems = Problems([setting.declaration.name])
    for name, other in setting.declaration.alternatives.items():
        key = ("alternatives", name, "addresses")
        addresses = [each for each in fitting(other.addresses, setting.base.parameters, key, problems) if each in own]
        changed = {address: _believed(own[address], other.scale, logs=other.logs) for address in addresses}
        for address, prior in changed.items():
            if other.scale > 1 and prior.has_hard_edges:
                text = f"'{address}' has hard edges, so its range cannot be widened by weights; give it the family normal"
                problems.add(text, key)
        if other.each:
            found |= {f"{name}: {address}": {address: prior} for address, prior in changed.items()}
        elif changed:
            found[name] = changed
    problems.check()
    return found


def _believed(prior: Prior, scale: float, *, logs: bool) -> Prior:
    return (prior.logged() if logs else prior).scaled(scale)
