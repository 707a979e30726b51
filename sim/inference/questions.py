"""Does a limit hold an outcome down? Its removal, on the particles' own shocks, before the record and after it, by belief.

A particle has one vector of numbers and one history of shocks. With the limit taken out it meets the same shocks, so that the
difference is the limit's doing. The difference is *without less with*: positive where the outcome is larger without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import EPSILON, Array
from sim.evidence.series import Target
from sim.inference.declaration import Questions
from sim.inference.priors import log_ratio, values
from sim.inference.sampler import Plan, State, prior_particles, scatter
from sim.inference.setting import Setting, beliefs
from sim.inference.simulation import Ahead, Course, Particles, Simulator, Tick
from sim.mechanisms.quantities import OUTCOMES
from sim.runs.datasets import date_of, month_number
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

PRIOR_STREAM = 10_000  # of the draws of the prior that are set beside the posterior
PLACE = {outcome.name: place for place, outcome in enumerate(OUTCOMES)}
OWN = "as declared"
FEWEST = 30  # independent draws on which a probability under another belief has to rest


@dataclass(frozen=True)
class Arms:
    """Particles with and without a limit.

    Attributes
    ----------
    particles : Particles
    weights : dict of ndarray, shape (particle,)
        By belief.
    worth : float
        Independent draws that they are worth when all weigh alike.
    on, off : Course
        With the limit and without it.
    """

    particles: Particles
    weights: dict[str, Array]
    worth: float
    on: Course
    off: Course

    def held_down(self, date: int, outcome: str, delta: float) -> Array:
        """Whether the limit holds an outcome down by more than a share of what it would be without it, shape (particle,)."""
        on, off = (course.outcomes[date, PLACE[outcome]] for course in (self.on, self.off))
        return (off - on > delta * np.abs(off)) & (off - on > EPSILON)

    def difference(self, date: int, outcome: str) -> tuple[Array, Array]:
        """Without less with, and without, shape (particle,) each."""
        on, off = (course.outcomes[date, PLACE[outcome]] for course in (self.on, self.off))
        return off - on, off


@dataclass(frozen=True)
class Probability:
    """A weighted share with its Monte Carlo error, and the independent draws on which it rests."""

    value: float
    error: float
    effective: float


def probability(happens: Array, weights: Array, worth: float) -> Probability:
    """Weighted share of particles in which something happens.

    Weights are cut at √R times their mean (Ionides 2008), so that single particles do not decide. The error is the scatter of
    islands, and no less than that of as many independent draws as the particles are worth.
    """
    cut = np.minimum(weights, weights.mean() * np.sqrt(len(weights)))
    value, error = scatter(happens.astype(float), cut)
    effective = worth / len(weights) * float(cut.sum() ** 2 / (cut**2).sum())
    least = np.sqrt(max(value * (1 - value), 1 / max(effective, 1.0)) / max(effective, 1.0))
    return Probability(value, float(max(error, least)), effective)


def weights_by_belief(setting: Setting, particles: Particles, weights: Array) -> dict[str, Array]:
    """Weights of particles under each belief that differs in numbers, by its name, from those under the one they have."""
    numbers = values(setting.priors, particles.z[: len(setting.priors)])
    found = {OWN: weights}
    for name, changed in beliefs(setting).items():
        ratio = log_ratio(setting.priors, changed, numbers)
        found[name] = weights * np.exp(ratio - ratio.max())
    return {name: each for name, each in found.items() if each.sum() > 0}


def asked_months(questions: Questions, base: Scenario) -> tuple[int, ...]:
    """Months of the dates that are asked about, in rising order, within the scenario."""
    months = {month_number(date, base.start) for date in questions.dates}
    return tuple(sorted(month for month in months if 1 <= month <= base.months))


def last_date(setting: Setting) -> str:
    """The last date that is asked about."""
    return date_of(asked_months(setting.declaration.questions, setting.base)[-1], setting.base.start)


def prior_arms(setting: Setting, plan: Plan, simulator: Simulator, count: int, tick: Tick = lambda runs: None) -> Arms:
    """Both arms of draws of the prior, which follow no events. Their first arm says what the prior says of the record, too."""
    particles = prior_particles(plan, count, PRIOR_STREAM)
    nothing = np.zeros((0, plan.months, count))
    return _arms(setting, simulator, particles, nothing, np.ones(count), float(count), setting.targets, tick)


def posterior_arms(
    setting: Setting, simulator: Simulator, state: State, tick: Tick = lambda runs: None, targets: Sequence[Target] = ()
) -> Arms:
    """Both arms of particles that the record has left; the first says what is asked of further rows, ``targets``, too."""
    return _arms(setting, simulator, state.particles, state.found.draws, state.weights, state.worth, targets, tick)


def _arms(
    setting: Setting,
    simulator: Simulator,
    particles: Particles,
    draws: Array,
    weights: Array,
    worth: float,
    targets: Sequence[Target],
    tick: Tick,
) -> Arms:
    months = asked_months(setting.declaration.questions, setting.base)
    ahead = Ahead(months, tuple(targets))
    without = Ahead(months, knockouts=(setting.declaration.questions.knockout,))
    on, off = (simulator.go_on(each, particles, draws, tick) for each in (ahead, without))
    return Arms(particles, weights_by_belief(setting, particles, weights), worth, on, off)


def verdict_table(setting: Setting, prior: Arms, posterior: Arms, halved: Mapping[str, Arms]) -> "pd.DataFrame":
    """Probability that the limit holds each outcome down by more than delta, a row for each outcome, date and belief.

    Parameters
    ----------
    halved : mapping of Arms
        Particles under a record that counts less, by the name of the alternative.

    Returns
    -------
    pandas.DataFrame
        ``outcome``, ``date``, ``belief``; ``prior`` and ``posterior`` with ``_error`` and ``_effective``; the size of the effect
        as a share of the outcome without the limit, ``effect``, with its 5, 50 and 95 percent quantiles over particles.
    """
    import pandas as pd

    asked, rows = setting.declaration.questions, []
    for place, month in enumerate(asked_months(asked, setting.base)):
        for name, outcome in asked.outcomes.items():
            pairs = {belief: (prior, posterior, belief) for belief in posterior.weights if belief in prior.weights}
            pairs |= {belief: (prior, arms, OWN) for belief, arms in halved.items()}
            for belief, (before, after, weighed) in pairs.items():
                row: dict[str, object] = {"outcome": name, "date": date_of(month, setting.base.start), "belief": belief}
                for when, arms in (("prior", before), ("posterior", after)):
                    happens = arms.held_down(place, outcome, asked.delta)
                    found = probability(happens, arms.weights[weighed], arms.worth)
                    row |= {when: found.value, f"{when}_error": found.error, f"{when}_effective": found.effective}
                rows.append(row | _effect(after, place, outcome, after.weights[weighed]))
    return pd.DataFrame(rows)


def _effect(arms: Arms, date: int, outcome: str, weights: Array) -> dict[str, float]:
    difference, off = arms.difference(date, outcome)
    shares = np.where(off > EPSILON, difference / np.maximum(off, EPSILON), 0.0)
    low, middle, high = weighted_quantiles(shares, weights, (0.05, 0.5, 0.95))
    total = float(weights @ off)
    return {
        "effect": float(weights @ difference) / total if total > EPSILON else float("nan"),
        "effect_q05": low,
        "effect_q50": middle,
        "effect_q95": high,
    }


def weighted_quantiles(numbers: Array, weights: Array, levels: tuple[float, ...]) -> list[float]:
    """Quantiles of a weighted sample."""
    order = np.argsort(numbers)
    reached = np.cumsum(weights[order]) / weights.sum()
    return [float(numbers[order][min(int(np.searchsorted(reached, level)), len(order) - 1)]) for level in levels]


def headline_table(table: "pd.DataFrame") -> "pd.DataFrame":
    """A row for each outcome and date: probability before and after, its error, and its range over all beliefs.

    Beliefs under which fewer than `FEWEST` independent draws are left are counted in ``not_told``; a larger budget tells them.
    """
    import pandas as pd

    rows = []
    for (outcome, date), group in table.groupby(["outcome", "date"], sort=False):
        own = group[group["belief"] == OWN].iloc[0]
        told = group[(group["posterior_effective"] >= FEWEST) | (group["belief"] == OWN)]
        lowest, highest = told.loc[told["posterior"].idxmin()], told.loc[told["posterior"].idxmax()]
        rows.append(
            {
                "outcome": outcome,
                "date": date,
                "prior": own["prior"],
                "posterior": own["posterior"],
                "error": own["posterior_error"],
                "low": lowest["posterior"],
                "low_belief": lowest["belief"],
                "high": highest["posterior"],
                "high_belief": highest["belief"],
                "not_told": len(group) - len(told),
                "effect": own["effect"],
                "effect_q05": own["effect_q05"],
                "effect_q95": own["effect_q95"],
            }
        )
    return pd.DataFrame(rows)
