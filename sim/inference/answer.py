"""The answer as plain data: all that a report needs to say what the record tells of the claim.

`infer` writes it as ``answer.json``; the thesis test reads it. A part that was not asked for is null.
"""

from sim.reporting.records import Record


class About(Record):
    """What was inferred, from what, and how."""

    title: str
    scenario: str
    scenario_hash: str
    declaration: str
    declaration_hash: str
    record_hash: str
    start: str
    until: str
    """Last month of the record that was fitted."""
    vintage: str
    """Date by which its figures had to be known."""
    budget: str
    seed: int
    command: str
    delta: float
    """Smallest effect that counts, a share of the outcome without the limit."""
    knockout: str
    """The limit that is taken out."""
    rows: int
    """Rows of the record that were read."""
    particles: int
    effective_size: float
    log_evidence: float
    log_evidence_error: float
    versions: dict[str, str]


class Believed(Record):
    """Probability that the limit holds an outcome down by more than delta by a date."""

    outcome: str
    date: str
    prior: float
    posterior: float
    error: float
    """Monte Carlo standard error of the posterior."""
    low: float
    """Least posterior under any declared belief."""
    low_belief: str
    high: float
    high_belief: str
    not_told: int
    """Beliefs for which too few draws are left."""
    effect: float | None
    """Mean effect as a share of the outcome without the limit."""
    effect_q05: float
    effect_q95: float


class Number(Record):
    """A number that varies, before and after."""

    address: str
    unit: str
    family: str
    prior_q05: float
    prior_q50: float
    prior_q95: float
    posterior_q05: float
    posterior_q50: float
    posterior_q95: float
    told: float
    """What the record tells of it, in nats."""
    chance: float
    """What it would seem to tell by chance alone."""


class Seen(Record):
    """A row of the record beside what the model says of it, before and after."""

    id: str
    series: str
    kind: str
    date: str
    """Last month that it covers."""
    low: float | None
    high: float | None
    unit: str
    prior_q05: float
    prior_q50: float
    prior_q95: float
    posterior_q05: float
    posterior_q50: float
    posterior_q95: float


class Forecast(Record):
    """A series in a quarter to come."""

    series: str
    date: str
    unit: str
    q05: float
    q25: float
    q50: float
    q75: float
    q95: float


class Month(Record):
    """The probability of an outcome, had the record ended with a month."""

    until: str
    outcome: str
    date: str
    """By which the outcome is judged."""
    posterior: float
    error: float


class Move(Record):
    """A figure or an event that moved the verdict: what one month added to the record."""

    until: str
    ids: list[str]
    """Rows that the month added."""
    says: str
    outcome: str
    change: float
    error: float


class Group(Record):
    """The probability of an outcome without one group of figures, by inference run again without it."""

    group: str
    says: str
    rows: int
    outcome: str
    date: str
    without: float
    error: float
    change: float
    """What the group adds: posterior less ``without``."""
    log_evidence: float
    """Log of the marginal likelihood without it."""
    log_evidence_error: float


class SchoolWeight(Record):
    """A school, weighed by the record; each is as likely as the others before it."""

    school: str
    title: str
    log_evidence: float
    error: float
    weight: float
    low: float
    high: float


class Watched(Record):
    """An event that anyone can code, and what it would tell."""

    event: str
    says: str
    by: str
    """Month by which it is seen or not."""
    chance: float
    outcome: str
    date: str
    if_seen: float
    if_not: float
    error: float
    """Monte Carlo standard error of the difference of the two."""
    nats: float
    """Information to be expected of watching for it."""


class Answer(Record):
    """All that the record says of the claim."""

    about: About
    headline: list[Believed]
    numbers: list[Number]
    record: list[Seen]
    forecasts: list[Forecast]
    watch: list[Watched]
    months: list[Month] | None = None
    moves: list[Move] | None = None
    groups: list[Group] | None = None
    schools: list[SchoolWeight] | None = None
    history: list[str] | None = None
    """One history, told: the weighty months of the run that lies nearest the medians."""
