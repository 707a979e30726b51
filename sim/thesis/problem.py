"""A declaration brought together with the scenario that it judges: dates as months, patterns as addresses, the box."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.experiments.declarations import fitting
from sim.experiments.ranges import Range, in_box
from sim.mechanisms.quantities import OUTCOMES
from sim.runs.datasets import date_of, month_number
from sim.scenario.files import Problems
from sim.scenario.scenario import Scenario
from sim.thesis.declaration import BUDGETS, Budget, Declaration, Event, Relaxation
from sim.thesis.posterior import NOT_ASKED, Record
from sim.thesis.terms import BudgetName

Ends = dict[str, float]


@dataclass(frozen=True)
class Problem:
    """What is judged, in terms of one scenario.

    Attributes
    ----------
    dates : dict
        Months of the dates of judgement, counted from 1 at the start, by "YYYY-MM", ascending.
    headline : str
        The date that stands for the others.
    box : tuple of Range
        Sides of the declared box.
    left_out : tuple of str
        Addresses that have a plausible range and do not vary.
    relaxed : dict of (tight, loose)
        For each limit, its numbers at the two ends of their evidence.
    rivals, disagreements : tuple
        Scenarios of rival schools, and pairs of scenarios whose difference is explained.
    record : Record
        What the record says of the scenario.
    """

    base: Scenario
    declaration: Declaration
    budget_name: BudgetName
    dates: dict[str, int]
    headline: str
    box: tuple[Range, ...]
    left_out: tuple[str, ...]
    relaxed: dict[str, tuple[Ends, Ends]]
    rivals: tuple[Scenario, ...]
    disagreements: tuple[tuple[Scenario, Scenario], ...]
    record: Record = NOT_ASKED

    @property
    def budget(self) -> Budget:
        """Runs of each stage."""
        return self.declaration.budgets[self.budget_name]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions that are judged."""
        return tuple(self.declaration.dimensions)

    @property
    def units(self) -> dict[str, str]:
        """Unit of each dimension."""
        units = {outcome.name: outcome.unit for outcome in OUTCOMES}
        return {name: units[each.outcome] for name, each in self.declaration.dimensions.items()}

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcome of each dimension."""
        return tuple(dimension.outcome for dimension in self.declaration.dimensions.values())

    @property
    def delta(self) -> Array:
        """Smallest relative effects of interest, shape (dimension,)."""
        return np.array([dimension.delta for dimension in self.declaration.dimensions.values()])

    @property
    def delta_abs(self) -> Array:
        """Smallest absolute effects of interest, shape (dimension,)."""
        return np.array([dimension.delta_abs for dimension in self.declaration.dimensions.values()])

    @property
    def at(self) -> tuple[int, ...]:
        """Months of the dates."""
        return tuple(self.dates.values())

    @property
    def last(self) -> int:
        """Position of the headline date among the dates."""
        return list(self.dates).index(self.headline)

    def month(self, when: int | str) -> int:
        """Number of a month, counted from 1 at the start of the scenario."""
        return month_number(when, self.base.start)

    def worlds(self, unit: Array, measure: str = "declared") -> dict[str, Array]:
        """Values by address of the worlds at points of the unit cube, shape (world, side)."""
        return dict(zip([side.address for side in self.box], in_box(unit, self.box, measure).T, strict=True))


def bring_together(base: Scenario, declaration: Declaration, budget: BudgetName) -> Problem:
    """Bring a declaration together with a scenario.

    Raises
    ------
    UserError
        With everything in the declaration that the scenario does not have.
    """
    if budget not in declaration.budgets:
        raise UserError(f"there is no budget '{budget}'; {suggest(budget, declaration.budgets or BUDGETS)}", "budget")
    problems = Problems([declaration.name])
    dates = sorted({when: _dated(when, base, ("dates",), problems) for when in declaration.dates}.values())
    _check_events(declaration, base, problems)
    axis = declaration.tolerance.address
    if axis not in base.parameters:
        problems.add(f"there is no '{axis}' in the scenario; {suggest(axis, base.parameters)}", ("tolerance", "address"))
    box, left_out = declaration.ranges.box(base, problems)
    relaxed = {
        name: _ends(way, base, ("attribution", "relaxation", name), problems)
        for name, way in declaration.attribution.relaxation.items()
    }
    problems.check()
    return Problem(
        base=base,
        declaration=declaration,
        budget_name=budget,
        dates={date_of(month, base.start): month for month in dates},
        headline=date_of(month_number(declaration.headline, base.start), base.start),
        box=box,
        left_out=left_out,
        relaxed={name: ends for name, ends in relaxed.items() if ends[0]},
        rivals=tuple(Scenario.load(name) for name in declaration.rivals),
        disagreements=tuple((Scenario.load(first), Scenario.load(second)) for first, second in declaration.disagreements),
    )


def _dated(when: int | str, base: Scenario, key: tuple[str, ...], problems: Problems) -> int:
    month = month_number(when, base.start)
    if not 1 <= month <= base.months:
        problems.add(f"{when} is not one of the {base.months} months from {base.start}", key)
    return month


def _check_events(declaration: Declaration, base: Scenario, problems: Problems) -> None:
    def check(event: Event, key: tuple[str, ...]) -> None:
        _dated(event.by, base, (*key, "by"), problems)

    for name, event in declaration.events.items():
        check(event, ("events", name))
    for place, event in enumerate(declaration.tolerance.observed):
        check(event, ("tolerance", "observed", str(place)))
    _dated(declaration.ceiling.month, base, ("ceiling", "month"), problems)


def _ends(way: Relaxation, base: Scenario, key: tuple[str, ...], problems: Problems) -> tuple[Ends, Ends]:
    """Give the numbers of a limit where it is tight, and where it is loose."""
    tight: Ends = {}
    loose: Ends = {}
    for patterns, field in ((way.up, "up"), (way.down, "down")):
        for address in fitting(patterns, base.parameters, (*key, field), problems):
            parameter = base.parameters[address]
            ends = (parameter.low, parameter.high)
            tight[address], loose[address] = ends if field == "up" else ends[::-1]
    return tight, loose
