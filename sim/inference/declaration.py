"""The declaration of inference: beliefs before the record, other beliefs to show, and how each series of the record is read.

A TOML file, by default `scenarios/inference.toml`. Here it is read and checked by itself; it is brought together with a scenario
and the record in `sim.inference.observations`.
"""

from collections.abc import Collection, Iterator
from itertools import chain
from math import inf
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from sim.arrays import Array
from sim.errors import suggest
from sim.evidence.series import SERIES, unmapped
from sim.experiments.declarations import BaseDeclaration, Names, Ranges, as_tuple
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.noise import EVENTS
from sim.mechanisms.quantities import OUTCOMES
from sim.scenario.files import Problems
from sim.scenario.tables import Table, Text

Count = Annotated[int, Field(ge=1, le=10_000_000)]
Deviation = Annotated[float, Field(ge=0, le=10)]
Positive = Annotated[float, Field(gt=0)]
Sizes = Annotated[tuple[Positive, ...], BeforeValidator(as_tuple), Field(min_length=1)]
Dates = Annotated[tuple[str | int, ...], BeforeValidator(as_tuple), Field(min_length=1)]
Family = Literal["uniform", "log", "normal", "lognormal", "beta"]
PARTS_OF_LIKELIHOOD = ("amounts", "counts", "processes", "events", "firsts")


class Budget(Table):
    """Runs of the prior, particles, and how often these are moved after each step and after the last.

    What is asked beside the posterior has a budget of its own, ``part``, and asks for every so-manieth month.
    """

    bank: Annotated[int, Field(ge=10, le=1_000_000)]
    particles: Annotated[int, Field(ge=10, le=100_000)]
    moves: Count
    last: Annotated[int, Field(ge=0, le=10_000)]
    every: Annotated[int, Field(ge=1, le=120)] = 1
    part: "Budget | None" = None


class Belief(Table):
    """A family for some numbers instead of that of their measure."""

    family: Family
    addresses: Names
    reason: Text
    shape: Positive = 2.0


class Alternative(Table):
    """Another belief: ranges scaled about their middle or believed in logs, or a record that counts less."""

    says: Text
    addresses: Names = ()
    scale: Positive = 1.0
    logs: bool = False
    each: bool = False
    likelihood: Annotated[float, Field(ge=0, le=1)] = 1.0


class Counters(Table):
    """Rows that one source counted share a bias; a row of none has one of its own."""

    sd: Deviation
    reason: Text
    rows: dict[str, Names] = Field(default_factory=dict)


class Factor(Table):
    """What all rows of a series share: how its unit is converted."""

    reason: Text


class Bound(Table):
    """A row that says from which side it bounds, whatever the source writes."""

    side: Literal["low", "high"]
    reason: Text


class Amount(Table):
    """How a series of amounts is read: deviation of a row in logs, the least amount told from none, and a shared factor.

    What comes in ``batches``, so many a month, is in by a day within the month as far as they go; without, it comes evenly.
    """

    sd: Positive
    floor: Positive
    reason: Text
    factor: str = ""
    batches: Annotated[float, Field(ge=1, le=1000)] | None = None


class Amounts(Table):
    """Series of amounts that are read together, since sources count several of them."""

    says: Text
    series: Annotated[dict[str, Amount], Field(min_length=1)]


class Counted(Table):
    """How a series of counts is read: variance m + m² / dispersion about the model's count m, which is at least the floor."""

    dispersion: Positive
    floor: Positive
    reason: Text


class Counts(Table):
    """Series of counts."""

    says: Text
    series: Annotated[dict[str, Counted], Field(min_length=1)]


class Followed(Table):
    """How a series of a process is read: its own deviation, and that of a level of its own, shared with another series."""

    sd: Positive
    own: Deviation
    reason: Text
    shares: str = ""
    scale: Literal["log", "growth"] = "log"


class Process(Table):
    """Series whose errors hang together over the months: a level, a walk, a drift and noise, times each of some sizes.

    ``shocks`` are addresses of shocks of the model that the figures tell of month by month: they are moved as numbers are.
    """

    says: Text
    level: Deviation
    walk: Deviation
    drift: Deviation
    noise: Deviation
    sizes: Sizes
    reason: Text
    shocks: Names = ()
    series: Annotated[dict[str, Followed], Field(min_length=1)]


class DatedEvent(Table):
    """An event that is drawn in the model; its rows say in which months it came to pass. Without a series it never did."""

    says: Text
    event: str
    reason: Text
    series: str = ""


class First(Table):
    """The first month of a series; its deviation in months."""

    says: Text
    series: str
    sd: Positive
    reason: Text


class Watch(Table):
    """An event to watch for: what is reported of a series by a month, ``within`` months after the last that is fitted.

    Totals are those so far; a mean or a number of events is that of the last ``over`` months, by default of all. It is seen where
    the report is ``above`` and ``below`` a figure in the unit of the model.
    """

    says: Text
    series: str
    within: Annotated[int, Field(ge=1, le=12)]
    over: Annotated[int, Field(ge=0, le=12)] = 0
    above: float | None = None
    below: float | None = None

    @property
    def months(self) -> int:
        """How many months at the end a mean or a number of events is taken over."""
        return self.over or self.within

    def is_seen(self, report: Array) -> Array:
        """Whether each report is such an event, as 1 and 0."""
        above = -inf if self.above is None else self.above
        below = inf if self.below is None else self.below
        return ((report > above) & (report < below)).astype(float)


class Questions(Table):
    """What is asked of the posterior: is an outcome held down by a limit by more than a share, by some dates?

    The verdict as history unfolded is told from the month ``since`` on.
    """

    dates: Dates
    knockout: str
    delta: Annotated[float, Field(gt=0, lt=1)]
    outcomes: dict[str, str]
    schools: Names = ()
    since: str = ""


class Declaration(BaseDeclaration):
    """Everything that inference takes for granted."""

    shipped: ClassVar[str] = "inference"
    name: Annotated[Text, Field(exclude=True)] = "inference"
    title: Text
    question: Text
    seed: Annotated[int, Field(ge=0, lt=2**31)]
    shocks: Annotated[int, Field(ge=2, le=2**20)]
    effective: Annotated[float, Field(gt=0, lt=1)]
    ranges: Ranges = Ranges()
    budgets: Annotated[dict[str, Budget], Field(min_length=1)]
    priors: dict[str, Belief] = Field(default_factory=dict)
    alternatives: dict[str, Alternative] = Field(default_factory=dict)
    counters: Counters
    factors: dict[str, Factor] = Field(default_factory=dict)
    bounds: dict[str, Bound] = Field(default_factory=dict)
    amounts: dict[str, Amounts] = Field(default_factory=dict)
    counts: dict[str, Counts] = Field(default_factory=dict)
    processes: dict[str, Process] = Field(default_factory=dict)
    events: dict[str, DatedEvent] = Field(default_factory=dict)
    firsts: dict[str, First] = Field(default_factory=dict)
    left_out: dict[str, Text] = Field(default_factory=dict)
    groups: dict[str, Names] = Field(default_factory=dict)
    watch: dict[str, Watch] = Field(default_factory=dict)
    questions: Questions

    def series(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """List the series that are read, each with the key at which it stands; first times are read besides."""
        for kind in ("amounts", "counts", "processes"):
            groups: dict[str, Any] = getattr(self, kind)
            for group, content in groups.items():
                yield from (((kind, group, "series", name), name) for name in content.series)
        yield from ((("events", name, "series"), each.series) for name, each in self.events.items() if each.series)

    def batches(self) -> dict[str, float]:
        """Give the batches of a month of the series that come in them."""
        rows = [pair for group in self.amounts.values() for pair in group.series.items()]
        return {name: each.batches for name, each in rows if each.batches is not None}

    def without(self, parts: Collection[str]) -> "Declaration":
        """Leave out some parts of the likelihood, by their names; no groups are told apart and nothing is watched for then."""
        left = {
            kind: {name: each for name, each in getattr(self, kind).items() if name not in parts} for kind in PARTS_OF_LIKELIHOOD
        }
        return self.changed(**left, groups={}, watch={})

    def changed(self, **changes: Any) -> "Declaration":
        """The same with something else in it."""
        return Declaration.from_dict({**self.model_dump(), "name": self.name, **changes}, self.name)

    def check(self, problems: Problems) -> None:
        """Note all that does not fit together within it."""
        self.ranges.check(problems)
        seen: dict[str, str] = {}
        firsts = ((("firsts", name, "series"), each.series) for name, each in self.firsts.items())
        for key, name in chain(self.series(), firsts):
            if name not in SERIES:
                mapped = "the model has no outcome for it" if any(name == other for other, _ in unmapped()) else ""
                problems.add(mapped or f"unknown series '{name}'; {suggest(name, SERIES)}", key)
            elif key[0] != "firsts" and name in seen:
                problems.add(f"stands under {seen[name]}, too; a series counts once", key)
            else:
                seen.setdefault(name, ".".join(key[:2]))
        for group, content in self.amounts.items():
            for name, amount in content.series.items():
                if amount.factor and amount.factor not in self.factors:
                    text = f"'{amount.factor}' is no declared factor; {suggest(amount.factor, self.factors)}"
                    problems.add(text, ("amounts", group, "series", name, "factor"))
        for group, process in self.processes.items():
            for name, followed in process.series.items():
                if followed.shares and followed.shares not in process.series:
                    text = f"'{followed.shares}' is no series of the process; {suggest(followed.shares, process.series)}"
                    problems.add(text, ("processes", group, "series", name, "shares"))
        for name, event in self.events.items():
            if event.event.rpartition(".")[2] not in EVENTS:
                text = f"'{event.event}' is no event that is drawn; its last part is one of {', '.join(EVENTS)}"
                problems.add(text, ("events", name, "event"))
        self._check_rows(problems)
        self._check_alternatives(problems)
        self._check_questions(problems)
        self._check_watch(problems)
        names = [name for kind in PARTS_OF_LIKELIHOOD for name in getattr(self, kind)]
        for group, parts in self.groups.items():
            for part in parts:
                if part not in names:
                    problems.add(f"'{part}' is no part of the likelihood; {suggest(part, names)}", ("groups", group))

    def _check_watch(self, problems: Problems) -> None:
        read = {name for _, name in self.series()}
        for name, watch in self.watch.items():
            if watch.series not in read:
                text = f"'{watch.series}' is no series that is read; {suggest(watch.series, read)}"
                problems.add(text, ("watch", name, "series"))
            if watch.above is None and watch.below is None:
                problems.add("give above or below, or both", ("watch", name))
            if watch.months > watch.within:
                problems.add("is taken over more months than are watched", ("watch", name, "over"))

    def _check_rows(self, problems: Problems) -> None:
        named = [row for rows in self.counters.rows.values() for row in rows]
        for row in sorted({row for row in named if named.count(row) > 1}):
            problems.add(f"names '{row}' twice; one source counted it", ("counters", "rows"))

    def _check_alternatives(self, problems: Problems) -> None:
        for name, each in self.alternatives.items():
            if each.scale == 1.0 and not each.logs and each.likelihood == 1.0:
                problems.add("changes nothing; give a scale, logs or likelihood", ("alternatives", name))
            if (each.scale != 1.0 or each.logs) and not each.addresses:
                problems.add("names no number that is believed otherwise; give addresses", ("alternatives", name))

    def _check_questions(self, problems: Problems) -> None:
        asked = self.questions
        outcomes = [outcome.name for outcome in OUTCOMES]
        for name, outcome in asked.outcomes.items():
            if outcome not in outcomes:
                text = f"'{outcome}' is no known outcome; {suggest(outcome, outcomes)}"
                problems.add(text, ("questions", "outcomes", name))
        if asked.knockout not in KNOCKOUTS:
            text = f"'{asked.knockout}' is no known limit; {suggest(asked.knockout, KNOCKOUTS)}"
            problems.add(text, ("questions", "knockout"))
