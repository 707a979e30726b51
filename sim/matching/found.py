"""What history matching finds, as plain data: the contract between what computes it and the report and figures that show it.

Everything is JSON: `Matching.model_dump_json`, `Matching.model_validate_json`, `Matching.model_json_schema`. The worlds that are
left are in `worlds.parquet`, and the implausibilities of all worlds in `implausibility.parquet`, beside it.
"""

from typing import Literal

from sim.reporting.records import Interval, Record


class Discrepancy(Record):
    """How far the model may lie from a series, as declared before the fit: a standard deviation."""

    series: str
    title: str
    group: str
    relative: float
    """As a share of the end of the range that is missed."""
    floor: float
    """At least, in the unit of the series."""
    unit: str
    reason: str


class LeftOut(Record):
    """A figure that is not compared, and why."""

    id: str
    series: str
    reason: str


class About(Record):
    """What was matched, by which declaration, with what, and on which record."""

    scenario: str
    title: str
    scenario_hash: str
    start: str
    declaration: str
    declaration_hash: str
    until: str
    """Last month that was fitted."""
    vintage: str
    """Date by which the figures had to be known."""
    evidence: str
    """Table of observations; `shipped` for the project's own."""
    record_hash: str
    """Of the figures that are fitted and their ranges."""
    figures: int
    months: int
    budget: str
    worlds: int
    """Of each wave."""
    runs: int
    """Of each world."""
    waves: int
    """At most."""
    cut: float
    rank: int
    """The implausibility at this rank over the groups counts: 2 is the second-highest."""
    seed: int
    command: str
    """Command that gives this again."""
    discrepancies: list[Discrepancy]
    left_out: list[LeftOut]
    unvaried: list[str]
    """Addresses with a plausible range that the declaration keeps at their value."""
    versions: dict[str, str]


class Wave(Record):
    """One wave of worlds."""

    number: int
    worlds: int
    failed: int
    """Worlds of which a run failed."""
    volume: float
    """Of its box, as a share of the declared box."""
    left: int
    """Worlds not ruled out."""
    share: float
    """The same as a share of the wave."""
    ruled_by_group: dict[str, float]
    """Share of its worlds that each group alone would rule out."""
    quantiles: dict[str, list[float | None]]
    """Implausibility at 5, 25, 50, 75 and 95 percent of its worlds, by group, and `overall` at the rank that counts."""


class Figure(Record):
    """One figure of the record, and how the first wave meets it."""

    id: str
    series: str
    group: str
    since: str | None
    """The earlier figure from which it counts, for an increment."""
    to: str
    """Last month of its period."""
    low: float | None
    """Null where the range is open."""
    high: float | None
    unit: str
    prior: tuple[float, float, float]
    """Means of the worlds of the first wave: 5, 50 and 95 percent."""
    matched: tuple[float, float, float]
    """The same of the worlds that are left in the last wave that has any."""
    too_low: float
    """Share of the worlds of the first wave that it alone would rule out because they lie below its range."""
    too_high: float
    """The same of those above it."""
    inside: float
    """Share of them whose mean lies in its range."""
    best: float | None
    """Lowest implausibility of any world of the first wave."""
    reached: Literal["in range", "within discrepancy", "not reached"]
    """Whether the mean of any world lies in it; or none does, but one is not ruled out by it; or every world is."""


class Group(Record):
    """Series that tell of the same thing: what they rule out, and what is lost without them."""

    name: str
    says: str
    series: list[str]
    figures: int
    ruled: float
    """Share of the worlds of the first wave that it alone would rule out."""
    worst: str
    """Id of the figure that rules out most of them by itself."""
    ruled_of_others: float
    """The same among the worlds that the other groups leave: less than `ruled` where the others foretell it."""
    left_without: float
    """Share of the worlds of the first wave that are left if it is taken away."""
    informs: list[str]
    """Addresses of which it tells something by itself, most first."""
    needed_for: list[str]
    """Addresses of which the groups tell something together, and no longer without it."""


class Series(Record):
    """One series: what it rules out by itself, and what is lost without it while the rest of its group stays."""

    name: str
    title: str
    group: str
    figures: int
    ruled: float
    """Share of the worlds of the first wave that it alone would rule out."""
    left_without: float
    """Share of the worlds of the first wave that are left if it is taken away."""
    informs: list[str]
    """Addresses of which it tells something by itself, most first."""


class Parameter(Record):
    """One side of the box, and what is left of it."""

    address: str
    unit: str
    low: float
    high: float
    measure: Literal["linear", "log"]
    left: tuple[float, float, float]
    """5, 50 and 95 percent of the worlds that are left."""
    spread: float
    """Their spread over that of the box, under its measure: 1 where the record says nothing."""
    distance: float
    """Largest distance of their distribution from that of the box (Kolmogorov-Smirnov)."""
    p_value: float
    """Of that distance under chance."""
    informed: bool
    """Whether it is beyond chance, counted over all sides: p below 0.05 divided by their number."""


class Profile(Record):
    """Along one parameter: the best world of each slice of its range, and the share not ruled out there. First wave."""

    address: str
    edges: list[float]
    lowest: list[float | None]
    """Lowest implausibility at the rank that counts; null where the slice has no world."""
    share: list[float | None]


class Pair(Record):
    """Two parameters that trade off: among the worlds that are left, one makes up for the other."""

    first: str
    second: str
    correlation: float
    """Rank correlation."""


class Held(Record):
    """In which share of worlds an explanation holds the outcome down."""

    name: str
    says: str
    before: Interval
    """In the declared box."""
    after: Interval
    """Among the worlds that are left."""
    informed: list[str]
    """Those of its parameters of which the record tells something."""
    parameters: int
    """How many it has."""


class Contest(Record):
    """Two explanations, and whether the record tells them apart."""

    first: str
    second: str
    before: dict[Literal["both", "first", "second", "neither"], float]
    """Shares of worlds in which both hold the outcome down, one alone, or neither: in the declared box."""
    after: dict[Literal["both", "first", "second", "neither"], float]
    """The same among the worlds that are left."""
    told_apart: bool
    """Whether one of them by itself is left in less than the declared share of worlds."""


class Explained(Record):
    """Explanations that the record may or may not tell apart."""

    outcome: str
    effect: float
    least: float
    worlds: tuple[int, int]
    """Of the declared box, and of those that are left."""
    held: list[Held]
    contests: list[Contest]


class Scored(Record):
    """How one forecast does on a series, or on all (shares only)."""

    figures: int
    within_50: float
    """Share of figures whose range meets the band of the middle half."""
    within_90: float
    within_90_discrepancy: float
    """The same for the band widened by the declared discrepancy."""
    crps: float | None
    """Mean continuous ranked probability score, in the unit of the series; null over several series."""


class SeriesScore(Record):
    """A series, and how the worlds that are left, the whole box and two naive forecasts do on it."""

    series: str
    title: str
    unit: str
    matched: Scored
    prior: Scored
    last_value: float | None
    """Mean score of the last figure known; null where there is none."""
    trend: float | None
    """Mean score of a straight line through the known figures; null where there are fewer than two."""


class ScoredFigure(Record):
    """One figure that is scored, with the forecast of the worlds that are left."""

    id: str
    series: str
    to: str
    low: float | None
    high: float | None
    unit: str
    forecast: tuple[float, float, float, float, float]
    """5, 25, 50, 75 and 95 percent."""
    crps: float
    last_value: float | None
    trend: float | None


class Score(Record):
    """Figures that were not used in the fit, against what was forecast."""

    table: str
    """Where they come from."""
    runs: int
    matched: Scored
    prior: Scored
    by_series: list[SeriesScore]
    figures: list[ScoredFigure]
    skipped: list[LeftOut]


class Matching(Record):
    """All that history matching finds."""

    about: About
    waves: list[Wave]
    stopped: str
    """Why there was no further wave."""
    left: int
    """Worlds not ruled out, of all waves."""
    kept: int
    """Those of them that the matched scenario draws from."""
    strictest: float
    """Share of the worlds of the first wave that no group at all would rule out."""
    figures: list[Figure]
    groups: list[Group]
    series: list[Series]
    parameters: list[Parameter]
    """In the order of the scenario."""
    profiles: list[Profile]
    pairs: list[Pair]
    """Strongest first."""
    explained: Explained | None
    score: Score | None
    """Null where there is no figure after the last month that was fitted."""
