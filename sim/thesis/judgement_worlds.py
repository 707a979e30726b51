"""Sections of a judgement over many worlds, and over other ways of writing the model."""

from functools import partial
from typing import TYPE_CHECKING, Literal

from sim.reporting.lazy import ByName
from sim.reporting.records import Interval, Record
from sim.thesis.judgement_base import Date, Dimension, Verdict, Word
from sim.thesis.tables import diagnosis, disagreement, frame, naive
from sim.thesis.told import Told

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.plots.style import Picture


class Curve(Record):
    """The effect along Beijing's tolerance, all else sampled from the declared box. Lists go by level."""

    absolute: list[Interval]
    relative: list[Interval | None]
    words: list[Word]
    crossings: list[float]
    """Tolerances at which the relative effect crosses δ, ascending."""


class Remaining(Record):
    """What the observed openness leaves of the axis of tolerance."""

    observed: str
    """The observation, in words."""
    share: list[Interval]
    """Share of worlds, by level, that show at least what was observed."""
    threshold: float
    """A level is left where the share is not below this."""
    low: float | None
    """Lowest level left; null where none is."""
    high: float | None


class Tolerance(Record):
    """The headline axis."""

    address: str
    levels: list[float]
    curves: dict[Dimension, dict[Date, Curve]]
    remaining: Remaining | None
    worlds: int


class Crowding(Record):
    """Runs whose visible tie lies in the window that ends at an edge, with and without Beijing."""

    edge: Literal["tolerance", "steepest"]
    """`tolerance`, or the tie at which Beijing's reaction is steepest, half a width beyond: partners who heed stay below it."""
    with_beijing: Interval
    without_beijing: Interval
    excess: Interval
    missing: Interval
    """Share of runs above the edge without Beijing less that with it: where the excess came from."""


class Monotone(Record):
    """Whether an outcome never falls as tolerance rises."""

    share: Interval
    """Share of runs in which it never falls."""
    largest: float
    """Largest distance of a run from the nearest curve that never falls, in the unit of the outcome."""


class Ceiling(Record):
    """Is there a ceiling, and does it sit at Beijing's tolerance?"""

    month: int
    """Month at which the visible tie is taken."""
    window: float
    """Width of the window under an edge, as a share of the edge."""
    crowding: list[Crowding]
    levels: list[float]
    q95: list[float]
    """95 % quantile of the visible tie at each level of tolerance."""
    q95_off: float
    """The same without Beijing."""
    slope: Interval
    """Slope of q95 in tolerance: 1 for a ceiling, 0 where another limit binds."""
    monotone: dict[Dimension, Monotone]


class Shares(Record):
    """Shares of the worlds of the declared box under a stated measure. No probabilities."""

    holds: Interval
    fails: Interval
    undecided: Interval
    reversed: Interval
    misclassed: float
    """Share of worlds that the noise within them is expected to have put into the wrong class."""
    noise_within: float | None
    """Variance within worlds over that between them."""


class Sample(Record):
    """Worlds drawn from the declared box, by scrambled Sobol points."""

    measure: Literal["declared", "linear", "log"]
    scramblings: int
    worlds: int
    """In all scramblings together."""
    runs_per_world: int
    shares: dict[Dimension, dict[Date, Shares]]


class Box(Record):
    """A box of parameters in which the failing worlds are dense."""

    edges: dict[str, tuple[float | None, float | None]]
    """Lower and upper edge of each restricted parameter; null for an open side."""
    words: str
    coverage: Interval
    """Share of the failing worlds that lie in it, on fresh seeds."""
    density: Interval
    """Share of the worlds in it that fail, on fresh seeds."""
    mass: float
    """Share of all worlds that lie in it, on fresh seeds."""
    coverage_found: float
    """On the worlds that found it."""
    density_found: float


class Failing(Record):
    """Where the cap on one dimension does not hold, at the headline date. A world fails unless it is classed `holds`."""

    share: Interval
    """Share of worlds that fail, on fresh seeds."""
    boxes: list[Box]
    note: str
    """What to know where there is no box: that no world fails, or all, or that no box is denser than the whole."""
    worlds: int
    fresh_worlds: int


class MeanEffect(Record):
    """The mean effect over many worlds."""

    word: Word
    absolute: Interval
    relative: Interval | None
    """As a share of the mean outcome without Beijing; null where that is as good as zero."""


class EffectGap(Record):
    """Mean effect over the matched worlds less that over the box."""

    absolute: Interval
    relative: Interval | None
    """In shares of the outcome without Beijing; null where either has none."""


class Beside(Record):
    """One dimension at one date over the worlds that the record does not rule out, beside the declared box."""

    matched: Shares
    box: Shares
    difference: dict[Word, Interval]
    """Share of each word among the matched worlds less that in the box."""
    differ: list[Word]
    """Words whose shares can be told apart: zero lies outside the interval of the difference."""
    effect_matched: MeanEffect
    effect_box: MeanEffect
    effect_difference: EffectGap


class Matched(Record):
    """The same verdict over worlds that the record does not rule out: does history change it?"""

    scenario: str
    """Name of the matched scenario, or of the table of worlds."""
    scenario_hash: str
    matched_to: str | None
    """Name of the scenario that was matched; here as below null where the matched scenario does not say."""
    matched_to_hash: str | None
    until: str | None
    """Last month of the record that was fitted."""
    vintage: str | None
    """Date by which its figures had to be known."""
    command: str | None
    """Command that finds these worlds again."""
    stale: str
    """That the worlds belong to something else than what is judged; empty if they belong to it."""
    unfit: str
    """Why nothing is compared; empty if it is."""
    worlds: int
    runs_per_world: int
    beside: dict[Dimension, dict[Date, Beside]]
    """Empty where nothing is compared."""


class VariantCell(MeanEffect):
    """One dimension under one way of writing the model, at the headline date."""

    holds: float
    """Share of worlds classed `holds`."""


class Variant(Record):
    """The verdict under one way of writing the model."""

    bargaining: str
    learning: str
    response: str
    base: bool
    """Whether it is that of the base scenario."""
    cells: dict[Dimension, VariantCell]


class Variants(Record):
    """Does it depend on how the model is written? Side by side, never averaged."""

    worlds: int
    rows: list[Variant]
    worst: dict[Dimension, int]
    """Position in `rows` of the smallest effect."""


class Rival(Record):
    """The verdict of a rival school's scenario, at the headline date."""

    scenario: str
    title: str
    question: str
    verdicts: dict[Dimension, Verdict]
    leading: dict[Dimension, Literal["threat", "deed", "neither", "tied"]]
    months_punished: Interval


class Observation(Record):
    """What one event would tell, were it seen."""

    event: str
    says: str
    """The event, in words."""
    observed: bool | None
    """Whether the record has it; null where it is not known yet."""
    given_binding: Interval
    """Its share in worlds in which Beijing binds."""
    given_not: Interval
    presence: Interval
    """Likelihood ratio of its happening: above 1 it speaks for Beijing."""
    absence: Interval
    """Likelihood ratio of its not happening."""
    bits: float
    """What observing it tells on average from even odds, 0 to 1."""
    test: str
    """`hoop`, `smoking gun`, `doubly decisive`, each perhaps `against`; `straw in the wind`, or `not comparable`."""


class Diagnosis(Record):
    """Which observation would decide whether Beijing binds a dimension, at the headline date; most telling first."""

    binding_worlds: int
    """Worlds classed `holds`."""
    other_worlds: int
    events: list[Observation]


class Diagnoses(Told, dict[Dimension, Diagnosis]):
    """Which observation would decide, by dimension: a dict that shows itself."""

    @property
    def figures(self) -> "ByName[Picture]":
        """``diagnosis``, the likelihood ratios of the events; nothing where no dimension has what to compare."""
        from sim.thesis.chapters.evidence import diagnosis_figure, is_telling

        able = {name: each for name, each in self.items() if is_telling(each)}
        return ByName("figure", {"diagnosis": partial(diagnosis_figure, able)} if able else {})

    @property
    def tables(self) -> "ByName[DataFrame]":
        """``diagnosis``, a row for each dimension and event, as in the tables of a judgement."""
        return ByName("table", {"diagnosis": partial(frame, diagnosis, self)})

    def _told(self) -> list[str]:
        from sim.thesis.chapters.evidence import diagnosis_told

        return [diagnosis_told(name, each) for name, each in self.items()]


class Naive(Record):
    """What an observer concludes who regresses the tie on visible punishments, against the truth of the simulation."""

    unit: str
    """Of the outcome."""
    slope: Interval
    """Change of the outcome per month of punishment, over many cases."""
    cap: Interval
    """What the observer takes for the cap."""
    truth: Interval
    error: Interval
    """The observer's cap less the truth."""
    punished: Interval
    """Share of cases with any punishment."""


class NaiveHistories(Record):
    """What observers conclude of whom each sees a single history, month by month."""

    blind: Interval
    """Share of histories in which punishment never varies."""
    sees_cap: Interval
    sees_nothing: Interval
    sees_opposite: Interval


class NaiveObserver(Told, Record):
    """The selection effect, shown over worlds of the declared box."""

    cases: dict[Dimension, Naive]
    tie: NaiveHistories
    """Of the visible tie, month by month, in the base world."""
    scatter: dict[Dimension, list[tuple[float, float, float]]]
    """Some cases, for a figure: months punished, outcome with Beijing, outcome without."""
    worlds: int

    @property
    def figures(self) -> "ByName[Picture]":
        """``naive``, what the observer sees and what is so."""
        from sim.thesis.chapters.evidence import naive_figure

        return ByName("figure", {"naive": partial(naive_figure, self)})

    @property
    def tables(self) -> "ByName[DataFrame]":
        """``naive``, a row for each dimension, as in the tables of a judgement."""
        return ByName("table", {"naive": partial(frame, naive, self)})

    def _told(self) -> list[str]:
        from sim.thesis.chapters.evidence import naive_told

        return [naive_told(name, each) for name, each in self.cases.items()]


class Difference(Record):
    """One difference between two scenarios, and what it explains."""

    name: str
    first: str
    second: str
    """What each scenario says."""
    value: dict[Dimension, Interval]
    """Its part of the gap between the two effects."""
    alone: dict[Dimension, Interval]
    """Change of the first scenario's effect when only this is taken over."""


class Disagreement(Told, Record):
    """Which assumptions explain that two scenarios give different verdicts, at the headline date."""

    first: str
    second: str
    units: dict[Dimension, str]
    """Of the outcome that stands for each dimension."""
    effects: dict[Dimension, tuple[Interval, Interval]]
    """Absolute cap under each."""
    words: dict[Dimension, tuple[Word, Word]]
    gap: dict[Dimension, Interval]
    """Effect under the second less that under the first, in the unit of the outcome."""
    differences: list[Difference]
    """By their largest part of the gap, in smallest effects of interest."""
    exact: bool
    residual: float

    @property
    def figures(self) -> "ByName[Picture]":
        """``disagreement``, what each difference adds; nothing where no gap is explained."""
        from sim.thesis.chapters.evidence import disagreement_figure, is_explained

        return ByName("figure", {"disagreement": partial(disagreement_figure, self)} if is_explained(self) else {})

    @property
    def tables(self) -> "ByName[DataFrame]":
        """``disagreements``, a row for each difference and dimension, as in the tables of a judgement."""
        return ByName("table", {"disagreements": partial(frame, disagreement, self)})

    def _told(self) -> list[str]:
        from sim.thesis.chapters.evidence import disagreement_told

        return [disagreement_told(self)]
