"""Terms of the thesis test: the records that several questions share, and the words for what is found."""

from math import inf
from typing import Any, Literal

from sim.numerals import number, share
from sim.reporting.records import Interval, Record
from sim.reporting.words import after
from sim.thesis.statistics.words import PartWord, Word, Words, word

Kind = Literal["complete", "relaxed"]
BudgetName = Literal["quick", "standard", "full"]
Leading = Literal["threat", "deed", "neither", "tied"]
Dimension = str
Date = str
HALF = 0.5
HOLDING_DOWN: tuple[Word, ...] = ("holds", "undecided")  # verdicts that leave something to ask about how


class JudgementDate(Record):
    """A date of judgement. Outcomes count from the start of the scenario to it."""

    date: Date
    month: int
    """Months from the start, that month included."""


class JudgedDimension(Record):
    """A dimension that is judged apart, with its smallest effects of interest."""

    name: Dimension
    outcome: str
    """Name of the outcome of a run that stands for it."""
    meaning: str
    unit: str
    delta: float
    """Smallest relative effect of interest, a share of the outcome without Beijing."""
    delta_abs: float
    """Smallest absolute effect of interest, in the unit of the outcome."""


class Side(Record):
    """One side of the declared box: a parameter that varies."""

    address: str
    low: float
    high: float
    measure: Literal["linear", "log"]
    unit: str
    source: str


class About(Record):
    """What was judged, by which declaration, and with what."""

    scenario: str
    """Name of the base scenario."""
    title: str
    scenario_hash: str
    start: str
    months: int
    declaration: str
    """Name of the declaration."""
    declaration_hash: str
    budget: BudgetName
    command: str
    """Command that gives this judgement again."""
    seeds: dict[Literal["exploration", "confirmation"], int]
    dates: list[JudgementDate]
    headline: Date
    """Date to which sections refer that show one date only."""
    dimensions: list[JudgedDimension]
    box: list[Side]
    """The declared box; it holds every number that varies from world to world."""
    left_out: list[str]
    """Addresses with a plausible range that the declaration keeps at their value."""
    runs: dict[str, int]
    """Runs simulated for each stage."""
    versions: dict[str, str]


class Hypothesis(Record):
    """A declared hypothesis, and its verdict at the headline date."""

    name: str
    says: str
    refuted_by: str
    test: str
    words: dict[str, PartWord]
    """By dimension, or by whatever it is about; `not applicable` where it is a part of a claim that fails there."""


class Verdict(Record):
    """The cap on one dimension at one date, in the base world."""

    word: Word
    absolute: Interval
    """E[Y(off)] − E[Y(on)], in the unit of the outcome."""
    relative: Interval | None
    """The same as a share of E[Y(off)]; null where that is as good as zero."""
    on: float
    """Mean outcome with Beijing."""
    off: float
    """Mean outcome without Beijing."""
    correlation: float | None
    """Correlation of the paired arms."""
    pairing: float | None
    """Variance of the paired difference over that of independent arms: above 1 pairing hurts."""
    runs: int


class Effect(Record):
    """One effect of the 2 × 2 of threat and deed."""

    absolute: Interval
    relative: Interval | None
    """As a share of the outcome with neither threat nor deed; null where that is as good as zero."""


class MeanEffect(Record):
    """The mean effect over many worlds."""

    word: Word
    absolute: Interval
    relative: Interval | None
    """As a share of the mean outcome without Beijing; null where that is as good as zero."""


def smallest(dimension: JudgedDimension) -> str:
    """The smallest effects of interest of a dimension: 10% and 100 thousand rounds."""
    return f"{share(dimension.delta)} and {number(dimension.delta_abs)}{after(dimension.unit)}"


def word_of(words: Words, *place: int) -> Any:
    """One word of an array; the record that takes it checks which words it may have."""
    return words[place].item()


def above(found: Interval | None, edge: float = 0.0, opposite: float = -inf) -> Any:
    """The word for an interval, whose unknown ends are without bound; nothing found leaves it undecided."""
    low, high = (None, None) if found is None else (found.low, found.high)
    return word_of(word(-inf if low is None else low, inf if high is None else high, edge, opposite))
