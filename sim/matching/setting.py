"""A declaration brought together with a scenario and the record: which figures are compared, with what, over which box."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.evidence import Observation, last_day, observations
from sim.evidence.increments import increments
from sim.evidence.series import Target, targets, unmapped, why_left_out
from sim.experiments.declarations import fitting
from sim.experiments.ranges import Range
from sim.inference.record import first_days, known_rows, last_month, settled, warn_of_unknown
from sim.matching.declaration import Budget, Declaration, Discrepancy
from sim.runs.datasets import date_of
from sim.runs.ensemble import run
from sim.scenario.files import Problems
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Setting:
    """What is matched, in terms of one scenario and one state of knowledge.

    Attributes
    ----------
    budget : Budget
        Worlds, runs and waves.
    until, vintage : str
        Last month that is fitted, and the date by which its figures had to be known.
    months : int
        From the start of the scenario to ``until``.
    box : tuple of Range
        Sides of the declared box.
    unvaried : tuple of str
        Addresses that have a plausible range and do not vary.
    record : tuple of Observation
        All figures known by the vintage, of any series and month.
    targets : tuple of Target
        Those that are fitted.
    left_out : tuple of (Observation, str)
        Those that are not, and why.
    explaining : dict of tuple of str
        Sides of the box that make each explanation, by its name.
    evidence : str
        Table of observations; `shipped` for the project's own.
    """

    base: Scenario
    declaration: Declaration
    budget: Budget
    until: str
    vintage: str
    months: int
    box: tuple[Range, ...]
    unvaried: tuple[str, ...]
    record: tuple[Observation, ...]
    targets: tuple[Target, ...]
    left_out: tuple[tuple[Observation, str], ...]
    explaining: dict[str, tuple[str, ...]]
    evidence: str

    @property
    def addresses(self) -> tuple[str, ...]:
        """Addresses of the sides."""
        return tuple(side.address for side in self.box)

    @property
    def fingerprint(self) -> str:
        """Hash of the figures that are fitted: which, and their ranges."""
        rows = [(target.observation.id, target.series.name, repr(target.low), repr(target.high)) for target in self.targets]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    @cached_property
    def past(self) -> tuple[Target, ...]:
        """Every comparable figure that was known and settled by ``until``, totals as totals: what a naive forecast knows."""
        days, last = first_days(self.base, self.months), last_day(self.until)
        return targets([row for row in self.record if not why_left_out(row, days) and settled(row) <= last], days)

    @cached_property
    def groups(self) -> dict[str, tuple[int, ...]]:
        """Places of the targets of each group that has any."""
        found = {
            name: tuple(place for place, target in enumerate(self.targets) if target.series.name in group.series)
            for name, group in self.declaration.groups.items()
        }
        return {name: places for name, places in found.items() if places}

    @cached_property
    def series(self) -> dict[str, tuple[int, ...]]:
        """Places of the targets of each series that has any."""
        names = dict.fromkeys(target.series.name for target in self.targets)
        return {name: tuple(i for i, target in enumerate(self.targets) if target.series.name == name) for name in names}

    def discrepancies(self, found: Iterable[Target]) -> tuple[Array, Array]:
        """Relative discrepancy and floor of targets, shape (target,) each."""
        declared = discrepancies_of(self.declaration)
        rows = [declared[target.series.name] for target in found]
        return np.array([row.relative for row in rows]), np.array([row.floor for row in rows])


def discrepancies_of(declaration: Declaration) -> dict[str, Discrepancy]:
    """Collect the discrepancy of each declared series."""
    return {name: each for group in declaration.groups.values() for name, each in group.series.items()}


def bring_together(
    base: Scenario,
    declaration: Declaration,
    budget: Budget,
    until: str = "2024-12",
    vintage: str | None = None,
    evidence: str | Path | None = None,
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

    Raises
    ------
    UserError
        If dates, addresses or series do not fit together, or no figure is left to compare with.
    """
    months = last_month(base, until, "until")
    vintage = vintage or date_of(months + 1, base.start)
    problems = Problems([declaration.name])
    box, unvaried = declaration.ranges.box(base, problems)
    everything = observations(evidence)
    if evidence is None:
        _check_ids(declaration, everything, problems)
    record = known_rows(everything, vintage)
    days = first_days(base, months)
    named = "shipped" if evidence is None else str(evidence)
    warn_of_unknown(record, days, named)
    fitted, left_out = _sorted(record, days, declaration, problems)
    sides = {side.address for side in box}
    explaining = {
        name: tuple(
            address
            for address in fitting(limit.addresses, base.parameters, ("explanations", "limits", name, "addresses"), problems)
            if address in sides
        )
        for name, limit in (declaration.explanations.limits if declaration.explanations else {}).items()
    }
    problems.check()
    counters = [counter for each in discrepancies_of(declaration).values() for counter in each.counters]
    found = increments(targets(fitted, days), counters)
    if not found:
        raise UserError(
            f"no figure that was known by {vintage} lies within {base.start} to {until}; give a later date or other evidence",
            "evidence" if evidence is None else str(evidence),
        )
    _check_series(base, found)
    made = Setting(
        base=base,
        declaration=declaration,
        budget=budget,
        until=until,
        vintage=vintage,
        months=months,
        box=box,
        unvaried=unvaried,
        record=record,
        targets=found,
        left_out=tuple(left_out),
        explaining=explaining,
        evidence=named,
    )
    if len(made.groups) < declaration.rank:
        held = f"figures to {until} belong to {len(made.groups)} group{'s' if len(made.groups) > 1 else ''} only"
        raise UserError(
            f"rank is {declaration.rank}, but the {held}, so no world could be ruled out; fit later, give figures of further "
            "groups, or lower the rank in a declaration of your own",
            declaration.name,
        )
    return made


def _sorted(
    record: Iterable[Observation], days: list[date], declaration: Declaration, problems: Problems
) -> tuple[list[Observation], list[tuple[Observation, str]]]:
    """Part the figures into those that are fitted, and those that are not with the reason."""
    declared = discrepancies_of(declaration)
    last = last_day(f"{days[-1]:%Y-%m}")
    fitted, left_out = [], []
    for row in record:
        reason = why_left_out(row, days) or declaration.left_out.get(row.id) or declaration.left_out.get(row.series, "")
        if not reason and settled(row) > last:
            reason = "ends after the last month"
        if reason:
            left_out.append((row, reason))
        elif row.series not in declared:
            text = f"says nothing of the series '{row.series}' of {row.id}; put it into a group, or under left_out with a reason"
            problems.add(text, ("groups",))
        else:
            fitted.append(row)
    return fitted, left_out


def _check_ids(declaration: Declaration, record: Iterable[Observation], problems: Problems) -> None:
    """See that the rows and series that a declaration names are there."""
    ids = {row.id: row.series for row in record}
    for group, content in declaration.groups.items():
        for name, each in content.series.items():
            key = ("groups", group, "series", name, "counters")
            for row in (row for counter in each.counters for row in counter):
                if row not in ids:
                    problems.add(f"there is no row '{row}' in the evidence; {suggest(row, ids)}", key)
                elif ids[row] != name:
                    problems.add(f"row '{row}' is of the series '{ids[row]}'", key)
    known = {*ids, *discrepancies_of(declaration), *(name for name, _ in unmapped())}
    for name in declaration.left_out:
        if name not in known:
            problems.add(f"there is no such row or series; {suggest(name, known)}", ("left_out", name))


def _check_series(base: Scenario, found: Iterable[Target]) -> None:
    """See that a scenario has what the series tell of, by one month of it."""
    series = {target.series.name: target.series for target in found}
    needs = sorted({name for each in series.values() for name in each.needs})
    month = run(base, 1, months=1, record=needs, progress=False)
    problems = Problems([base.name])
    for name, each in series.items():
        try:
            each.paths(month)
        except UserError as error:
            problems.add(error.message, ("series", name))
    problems.check()


def finite(value: float) -> float | None:
    """Give a number as JSON can hold it: None for one that is infinite or unknown."""
    return float(value) if np.isfinite(value) else None
