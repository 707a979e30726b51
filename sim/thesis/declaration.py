"""The declaration of a thesis test: what is asked, judged and varied, written down before any run and checked in full.

A declaration is a TOML file, by default `scenarios/thesis.toml`. Here it is read and checked by itself; whether its addresses and
dates exist in a scenario is seen when it is brought together with one (`sim.thesis.problem`).
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, PlainValidator

from sim.errors import suggest
from sim.experiments.declarations import BaseDeclaration, Names, Ranges, as_tuple
from sim.mechanisms.bargaining import BARGAINS
from sim.mechanisms.knockouts import KNOCKOUTS, UNIONS
from sim.mechanisms.learning import LEARNING
from sim.mechanisms.pressure import RESPONSES
from sim.mechanisms.quantities import OUTCOMES
from sim.scenario.files import Problems
from sim.scenario.tables import Table, Text

TESTS = ("cap", "majority", "threat", "main_limit", "ceiling", "delay", "need")
FEWEST_LEVELS = 9
FEWEST_SCRAMBLINGS = 16
BUDGETS = ("quick", "standard", "full")
LATEST = 720
MONTH = re.compile(r"(1[789]|2[01])\d\d-(0[1-9]|1[0-2])")
WHEN = "must be a month such as '2024-12', or the number of a month counted from 1 at the start"

Count = Annotated[int, Field(ge=1, le=10_000_000)]
Runs = Annotated[int, Field(ge=2, le=10_000_000)]
Share = Annotated[float, Field(ge=0, le=1)]
Smallest = Annotated[float, Field(ge=0)]


def _when(given: Any) -> int | str:
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise ValueError(WHEN)
    if isinstance(given, int) and 1 <= given <= LATEST:
        return given
    if isinstance(given, str) and MONTH.fullmatch(given):
        return given
    raise ValueError(WHEN)


When = Annotated[int | str, PlainValidator(_when)]


class Hypothesis(Table):
    """A hypothesis in words, what would refute it, and the test that decides."""

    says: Text
    refuted_by: Text
    test: str


class Dimension(Table):
    """An outcome that is judged, with its smallest effects of interest: relative, and absolute in its unit."""

    outcome: str
    delta: Smallest
    delta_abs: Smallest


class Event(Table):
    """Something that may be seen: an outcome, to a date, that reaches a number or stays within it."""

    says: Text
    outcome: str
    by: When
    at_least: float | None = None
    at_most: float | None = None
    observed: bool | None = None


class Axis(Table):
    """The headline axis, its levels, and the observation that may leave only a part of it."""

    address: str
    levels: list[float]
    threshold: Share
    observed: list[Event] = Field(default_factory=list)


class CeilingLook(Table):
    """When and how closely the visible tie is looked at, and how far it has to follow Beijing's tolerance."""

    month: When
    window: Annotated[float, Field(gt=0, le=1)]
    tolerated: Share
    slope: Share


class Relaxation(Table):
    """Addresses whose high (`up`) or low (`down`) end is the loose one."""

    up: Names = ()
    down: Names = ()


class Limits(Table):
    """Limits to which the shortfall is attributed, those that belong together, and how each is relaxed."""

    limits: Names
    unions: list[Names] = Field(default_factory=list)
    relaxation: dict[str, Relaxation] = Field(default_factory=dict)


class Forms(Table):
    """Ways of writing the model that are tried beside the scenario's own."""

    bargaining: Names = ()
    learning: Names = ()
    response: Names = ()


class Seeds(Table):
    """Seeds of what is explored, and of what is confirmed on other draws."""

    exploration: Annotated[int, Field(ge=0, lt=2**31)]
    confirmation: Annotated[int, Field(ge=0, lt=2**31)]


class Budget(Table):
    """How many runs each stage has."""

    base_runs: Runs
    tolerance_worlds: Runs
    attribution_runs: Runs
    attribution_orders: Annotated[int, Field(ge=0, le=100_000)]
    needs_runs: Runs
    scramblings: Annotated[int, Field(ge=FEWEST_SCRAMBLINGS, le=10_000)]
    worlds: Count
    runs_per_world: Runs
    refined: Share
    refined_runs: Count
    variant_worlds: Runs
    crossed: bool
    rival_runs: Runs
    history_worlds: Runs
    disagreement_runs: Runs
    disagreement_orders: Annotated[int, Field(ge=4, le=100_000)]
    claim_runs: Runs


class Declaration(BaseDeclaration):
    """What a thesis test asks: hypotheses, dimensions, dates, box, limits, variants, events, seeds and budgets."""

    shipped: ClassVar[str] = "thesis"
    name: Annotated[Text, Field(exclude=True)] = "thesis"
    title: Text
    question: Text
    dates: Annotated[list[When], Field(min_length=1)]
    headline: When
    hypotheses: dict[str, Hypothesis] = Field(default_factory=dict)
    dimensions: Annotated[dict[str, Dimension], Field(min_length=1)]
    delay: Dimension
    ranges: Ranges = Ranges()
    tolerance: Axis
    ceiling: CeilingLook
    attribution: Limits
    variants: Forms = Forms()
    rivals: Names = ()
    disagreements: list[Annotated[tuple[str, str], BeforeValidator(as_tuple)]] = Field(default_factory=list)
    events: dict[str, Event] = Field(default_factory=dict)
    seeds: Seeds
    budgets: dict[str, Budget]

    def check(self, problems: Problems) -> None:
        """Note all that does not fit together within it."""
        _check(self, problems)


def _check(made: Declaration, problems: Problems) -> None:
    outcomes = {outcome.name for outcome in OUTCOMES}
    judged: dict[tuple[str, ...], Dimension] = {("dimensions", name): each for name, each in made.dimensions.items()} | {
        ("delay",): made.delay
    }
    for key, each in judged.items():
        _known(each.outcome, outcomes, "outcome", (*key, "outcome"), problems)
    for name, hypothesis in made.hypotheses.items():
        _known(hypothesis.test, TESTS, "test", ("hypotheses", name, "test"), problems)
    events: dict[tuple[str, ...], Event] = {("events", name): event for name, event in made.events.items()}
    events |= {("tolerance", "observed", str(place)): event for place, event in enumerate(made.tolerance.observed)}
    for key, event in events.items():
        _known(event.outcome, outcomes, "outcome", (*key, "outcome"), problems)
        if (event.at_least is None) == (event.at_most is None):
            problems.add("give either at_least or at_most", key)
    for field, registry in (("bargaining", BARGAINS), ("learning", LEARNING), ("response", _contingent())):
        for variant in getattr(made.variants, field):
            _known(variant, registry, f"{field} variant", ("variants", field), problems)
    if made.headline not in made.dates:
        problems.add(f"is {made.headline!r}, which is not among the dates", ("headline",))
    if made.seeds.exploration == made.seeds.confirmation:
        problems.add("exploration and confirmation need different seeds", ("seeds",))
    _check_levels(made, problems)
    _check_limits(made.attribution, problems)
    made.ranges.check(problems)
    for name, budget in made.budgets.items():
        _known(name, BUDGETS, "budget", ("budgets", name), problems)
        for field in ("worlds", "variant_worlds", "tolerance_worlds", "history_worlds"):
            count = getattr(budget, field)
            if count & (count - 1):
                problems.add(f"is {count}; Sobol points come in powers of two", ("budgets", name, field))
        if 0 < budget.attribution_orders < 4:
            problems.add("give at least 4 orders, or 0 for all sets", ("budgets", name, "attribution_orders"))


def _check_levels(made: Declaration, problems: Problems) -> None:
    levels = made.tolerance.levels
    if len(levels) < FEWEST_LEVELS:
        problems.add(f"has {len(levels)} levels; a curve needs at least {FEWEST_LEVELS}", ("tolerance", "levels"))
    if any(later <= earlier for earlier, later in pairwise(levels)):
        problems.add("must ascend, each level once", ("tolerance", "levels"))


def _check_limits(made: Limits, problems: Problems) -> None:
    if not made.limits:
        problems.add("there is no limit to attribute anything to; name at least one", ("attribution", "limits"))
    for name in made.limits:
        _known(name, KNOCKOUTS, "limit", ("attribution", "limits"), problems)
        if made.limits.count(name) > 1:
            problems.add(f"names '{name}' twice", ("attribution", "limits"))
        both = [part for part in UNIONS.get(name, ()) if part in made.limits]
        if both:
            problems.add(f"names '{name}' and its part '{both[0]}'; name the whole or the parts", ("attribution", "limits"))
    members = [name for union in made.unions for name in union]
    for name in sorted({name for name in members if members.count(name) > 1}):
        problems.add(f"names '{name}' twice", ("attribution", "unions"))
    for name in members:
        _known(name, [*KNOCKOUTS, *made.relaxation], "limit", ("attribution", "unions"), problems)
    for name, way in made.relaxation.items():
        if not way.up and not way.down:
            problems.add("moves nothing; give addresses under up or down", ("attribution", "relaxation", name))


def _contingent() -> list[str]:
    return [name for name, response in RESPONSES.items() if response.contingent]


def _known(name: str, registry: Iterable[str], what: str, key: tuple[str, ...], problems: Problems) -> None:
    if name not in registry:
        problems.add(f"'{name}' is no known {what}; {suggest(name, registry)}", key)
