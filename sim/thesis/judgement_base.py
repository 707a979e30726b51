"""Sections of a judgement on the base world: the cap, its channels, the limits and the needs. Also the terms of all sections."""

from typing import Literal

from sim.reporting.records import Interval, Record

Kind = Literal["complete", "relaxed"]
BudgetName = Literal["quick", "standard", "full"]
Word = Literal["holds", "fails", "undecided", "reversed"]
PartWord = Word | Literal["not applicable"]  # of a part of a claim, where the claim itself fails
Dimension = str
Date = str


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


class Channels(Record):
    """By threat or by deed: what each removal adds."""

    threat: Effect
    action: Effect
    """The deed, beliefs relearned (total)."""
    action_direct: Effect
    """The deed, beliefs replayed from the world with both (direct)."""
    both: Effect
    interaction: Effect
    """What removing both adds to the sum of the two: above zero each hides the other."""
    leading: Literal["threat", "deed", "neither", "tied"]
    """Which of threat and deed (total) is the larger, if any effect and their difference can be told from zero."""


class Punishment(Record):
    """How much punishment is seen with Beijing in force, to one date. Few punishments are no sign of a weak cap."""

    months: Interval
    """Mean months with a punishment above 0.05."""
    share_punished: Interval
    """Share of runs with any such month."""
    snubs: Interval
    """Mean months with a snub above 0.05."""


class Delay(Record):
    """Time to the first visit, cut at the date: does Beijing put it off? (claim 9)"""

    on: Interval
    """Restricted mean time in months, with Beijing."""
    off: Interval
    delay: Interval
    """With Beijing less without it: above zero where the visit comes later."""
    happened_on: Interval
    """Share of runs with a visit by the date."""
    happened_off: Interval


class LimitValue(Record):
    """What one limit accounts for."""

    limit: str
    value: Interval
    """Owen value: its part of the shortfall."""
    share: float | None
    """Value over the shortfall; null where the shortfall is below the smallest effect of interest."""
    last_in: Interval
    """Gain from removing it alone, all others in force."""
    first_in: Interval
    """Loss from having it alone in force."""


class Attribution(Record):
    """The shortfall of one dimension to one date, shared out among the limits."""

    limits: list[LimitValue]
    """By value, largest first."""
    unions: dict[str, Interval]
    """Values of limits that belong together, such as `beijing_threat+beijing_action`."""
    shortfall: Interval
    """Outcome without any limit less that with all."""
    rival: str | None
    """Strongest limit, or union, other than Beijing's; null where Beijing, or a rival, is not among the limits."""
    ahead: Interval | None
    """Value of Beijing's limits together less that of the rival: Beijing is the main limit where all of it lies above zero."""
    residual: float
    """Largest distance, over runs, between the sum of the values and the shortfall."""
    exact: bool
    """Whether every set was simulated; otherwise orders of removal were sampled."""
    sets: int
    runs: int


class Need(Record):
    """Welfare that a country loses when all lanes between two countries, or their partnership, are cut."""

    country: str
    role: str
    partner: str
    loss: Interval
    """In million USD to the last date."""
    per_month: float
    rank: int
    """Among the partners of this country, 1 for the dearest loss."""
