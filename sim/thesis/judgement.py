"""What the thesis test finds, as plain data: the contract between the stages that compute it and the report that shows it.

Everything is JSON: `Judgement.model_dump_json`, `Judgement.model_validate_json`, `Judgement.model_json_schema`. Keys are names
of dimensions (`munitions`), dates of judgement (`2024-12`), limits (`supply`) and addresses (`china.tolerance`). An effect is
always *without Beijing less with it*: positive where Beijing holds the outcome down.
"""

from typing import Literal

from sim.experiments.records import Interval, Record

Kind = Literal["complete", "relaxed"]
BudgetName = Literal["quick", "standard", "full"]
Word = Literal["holds", "fails", "undecided", "reversed"]
Dimension = str
Date = str


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


class VariantCell(Record):
    """One dimension under one way of writing the model, at the headline date."""

    word: Word
    """Of the mean effect over the worlds."""
    absolute: Interval
    relative: Interval | None
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


class Naive(Record):
    """What an observer concludes who regresses the tie on visible punishments, against the truth of the simulation."""

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


class NaiveObserver(Record):
    """The selection effect, shown over worlds of the declared box."""

    cases: dict[Dimension, Naive]
    tie: NaiveHistories
    """Of the visible tie, month by month, in the base world."""
    scatter: dict[Dimension, list[tuple[float, float, float]]]
    """Some cases, for a figure: months punished, outcome with Beijing, outcome without."""
    worlds: int


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


class Disagreement(Record):
    """Which assumptions explain that two scenarios give different verdicts, at the headline date."""

    first: str
    second: str
    effects: dict[Dimension, tuple[Interval, Interval]]
    """Absolute cap under each."""
    words: dict[Dimension, tuple[Word, Word]]
    gap: dict[Dimension, Interval]
    """Effect under the second less that under the first, in the unit of the outcome."""
    differences: list[Difference]
    """By their largest part of the gap, in smallest effects of interest."""
    exact: bool
    residual: float


class Experiment(Record):
    """One outcome as a number that stands for a claim moves from low to high, all else at the base, to the last date."""

    address: str
    outcome: str
    unit: str
    low: float
    """Mean at the low end of the number."""
    high: float
    change: Interval
    """High less low."""


class Claim(Record):
    """One claim of the article, and what was found."""

    number: int
    kind: str
    bearing: str
    claim: str
    found: str
    """What was found, in words."""
    word: Word | None
    """For a claim that a verdict bears on; a premise has none."""
    experiments: list[Experiment]


class Hypothesis(Record):
    """A declared hypothesis, and its verdict at the headline date."""

    name: str
    says: str
    refuted_by: str
    test: str
    words: dict[str, Word]
    """By dimension, or by whatever it is about."""


class Judgement(Record):
    """Everything that the thesis test found."""

    about: About
    hypotheses: list[Hypothesis]
    verdicts: dict[Dimension, dict[Date, Verdict]]
    channels: dict[Dimension, dict[Date, Channels]]
    punishment: dict[Date, Punishment]
    tolerance: Tolerance
    ceiling: Ceiling
    delay: dict[Date, Delay]
    attribution: dict[Kind, dict[Dimension, dict[Date, Attribution]]]
    """`complete`: limits removed. `relaxed`: each moved from the tight to the loose end of its evidence."""
    needs: list[Need]
    """By loss, largest first."""
    worlds: list[Sample]
    fails: dict[Dimension, Failing]
    variants: Variants
    rivals: list[Rival]
    diagnosis: dict[Dimension, Diagnosis]
    naive: NaiveObserver
    disagreements: list[Disagreement]
    claims: list[Claim]
