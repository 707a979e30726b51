"""The declaration of history matching: what is compared, how strictly, and why, written down before any run.

A TOML file, by default `scenarios/matching.toml`. Here it is read and checked by itself; it is brought together with a scenario
and the record in `sim.matching.setting`.
"""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from sim.errors import suggest
from sim.evidence.series import SERIES, unmapped
from sim.experiments.declarations import BaseDeclaration, Names, Ranges, as_tuple
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.quantities import OUTCOMES
from sim.scenario.files import Problems
from sim.scenario.tables import Table, Text

Count = Annotated[int, Field(ge=1, le=10_000_000)]
Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0)]
Counters = Annotated[tuple[Names, ...], BeforeValidator(as_tuple)]


class Discrepancy(Table):
    """How far the model may lie from a series for reasons of its own: a standard deviation, and why.

    It is ``relative`` times the end of the range that is missed, at least ``floor``. ``counters`` are ids of rows that one
    source counted, whose totals are compared by what came in between.
    """

    relative: Share
    floor: Amount
    reason: Text
    counters: Counters = ()


class Group(Table):
    """Series that tell of the same thing, and count once together."""

    says: Text
    series: Annotated[dict[str, Discrepancy], Field(min_length=1)]


class Budget(Table):
    """Worlds of each wave, runs of each world, and waves at most."""

    worlds: Count
    runs: Annotated[int, Field(ge=2, le=10_000)]
    waves: Annotated[int, Field(ge=1, le=50)]


class Limit(Table):
    """One explanation of what is observed: limits whose removal shows what it holds down, and the numbers that make it."""

    says: Text
    without: Names
    addresses: Names = ()


class Explanations(Table):
    """Explanations that the record may or may not tell apart."""

    outcome: str
    effect: Annotated[float, Field(gt=0)]
    least: Annotated[float, Field(gt=0, lt=1)]
    worlds: Count
    runs: Count
    limits: Annotated[dict[str, Limit], Field(min_length=2)]


class Declaration(BaseDeclaration):
    """What history matching asks: groups of series with their discrepancy, the box, the cut, budgets and explanations."""

    shipped: ClassVar[str] = "matching"
    name: Annotated[Text, Field(exclude=True)] = "matching"
    title: Text
    question: Text
    cut: Annotated[float, Field(gt=0)]
    rank: Count
    shrinking: Annotated[float, Field(ge=0, lt=1)]
    kept: Annotated[int, Field(ge=1, le=2_000)]
    forecasts: Annotated[int, Field(ge=100, le=1_000_000)]
    seed: Annotated[int, Field(ge=0, lt=2**31)]
    ranges: Ranges = Ranges()
    budgets: Annotated[dict[str, Budget], Field(min_length=1)]
    groups: Annotated[dict[str, Group], Field(min_length=1)]
    left_out: dict[str, Text] = Field(default_factory=dict)
    explanations: Explanations | None = None

    def check(self, problems: Problems) -> None:
        """Note all that does not fit together within it."""
        self.ranges.check(problems)
        if self.rank > len(self.groups):
            problems.add(f"is {self.rank}, but there are {len(self.groups)} groups to rank", ("rank",))
        seen: dict[str, str] = {}
        for group, content in self.groups.items():
            for name, discrepancy in content.series.items():
                key = ("groups", group, "series", name)
                if name not in SERIES:
                    mapped = "the model has no outcome for it" if any(name == other for other, _ in unmapped()) else ""
                    problems.add(mapped or f"unknown series '{name}'; {suggest(name, SERIES)}", key)
                if name in seen:
                    problems.add(f"stands in group '{seen[name]}', too; a series counts once", key)
                seen[name] = group
                ids = [row for counter in discrepancy.counters for row in counter]
                for row in sorted({row for row in ids if ids.count(row) > 1}):
                    problems.add(f"names '{row}' twice", (*key, "counters"))
        self._check_explanations(problems)

    def _check_explanations(self, problems: Problems) -> None:
        if self.explanations is None:
            return
        outcomes = [outcome.name for outcome in OUTCOMES]
        if self.explanations.outcome not in outcomes:
            text = f"'{self.explanations.outcome}' is no known outcome; {suggest(self.explanations.outcome, outcomes)}"
            problems.add(text, ("explanations", "outcome"))
        for name, limit in self.explanations.limits.items():
            key = ("explanations", "limits", name, "without")
            if not limit.without:
                problems.add("names no limit to take away", key)
            for each in limit.without:
                if each not in KNOCKOUTS:
                    problems.add(f"'{each}' is no known limit; {suggest(each, KNOCKOUTS)}", key)
