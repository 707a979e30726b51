"""What to watch for next: events that anyone can code, and what each would tell of the question.

An event is what would be *reported* of a series within a year, with the declared errors of those who count, so that nothing has
to be known that only the model knows.
"""

from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import EPSILON, Array
from sim.evidence import Observation, last_day
from sim.evidence.series import SERIES, Target
from sim.inference.declaration import Watch
from sim.inference.forecasts import reported
from sim.inference.questions import OWN, Arms, asked_months, last_date
from sim.inference.record import first_days
from sim.inference.sampler import scatter
from sim.inference.setting import Setting
from sim.runs.datasets import date_of

if TYPE_CHECKING:
    import pandas as pd

REPORT_STREAM = 4  # of the errors of those who count
TELLING = 2.0  # standard errors by which the two probabilities have to differ


def watched(setting: Setting) -> dict[str, Watch]:
    """Events that are declared and that end within the scenario, by name."""
    every = setting.declaration.watch
    return {name: watch for name, watch in every.items() if setting.months + watch.within <= setting.base.months}


def watch_targets(setting: Setting) -> tuple[Target, ...]:
    """What is reported of each event: all so far for totals, else the last months of the time that is watched."""
    days, found = first_days(setting.base, setting.base.months), []
    for name, watch in watched(setting).items():
        series, last = SERIES[watch.series], setting.months + watch.within
        first = setting.months + watch.within - watch.months
        weights = np.zeros(last)
        weights[0 if series.kind == "total" else first :] = 1.0 / watch.months if series.kind == "mean" else 1.0
        end = last_day(date_of(last, setting.base.start))
        row = Observation(name, watch.series, "", days[first], end, None, 0.0, None, "A", "watched for", "", end)
        found.append(Target(row, series, np.nan, np.nan, np.nan, weights))
    return tuple(found)


def watch_table(setting: Setting, past: Array, arms: Arms) -> "pd.DataFrame":
    """What each event would tell of each outcome at the last date, the most telling first.

    Events that tell nothing beyond the Monte Carlo error are left out.

    Parameters
    ----------
    past : ndarray, shape (target of the setting, particle)
        What the particles say of the record.
    arms : Arms
        The particles run on, with what they say of `watch_targets`.

    Returns
    -------
    pandas.DataFrame
        ``event``, ``says``, ``by``, ``chance`` that it is seen, ``outcome``, ``date``, the probability ``if_seen`` and
        ``if_not``, the ``error`` of their difference, and the information to be expected, ``nats``.
    """
    import pandas as pd

    asked, targets = setting.declaration.questions, watch_targets(setting)
    columns = ["event", "says", "by", "chance", "outcome", "date", "if_seen", "if_not", "error", "nats"]
    if not targets:
        return pd.DataFrame(columns=columns)
    said = reported(setting, past, targets, arms.on.predicted, REPORT_STREAM)
    date, weights, last = last_date(setting), arms.weights[OWN], len(asked_months(asked, setting.base)) - 1
    held_down = {name: arms.held_down(last, measure, asked.delta).astype(float) for name, measure in asked.outcomes.items()}
    rows = []
    for target, report, (name, watch) in zip(targets, said, watched(setting).items(), strict=True):
        seen = watch.is_seen(report)
        for outcome, happens in held_down.items():
            told = tells(seen, happens, weights, arms.worth)
            if told is not None:
                about = {"event": name, "says": watch.says, "by": f"{target.observation.end:%Y-%m}"}
                rows.append({**about, "outcome": outcome, "date": date, **told})
    return pd.DataFrame(rows, columns=columns).sort_values("nats", ascending=False, ignore_index=True)


def tells(seen: Array, happens: Array, weights: Array, worth: float) -> dict[str, float] | None:
    """What it tells of one thing whether another is seen; None where that is no more than chance.

    The error of the difference is the scatter of islands of its linear part, and no less than that of as many independent draws
    as the particles are worth.
    """
    shares = weights / weights.sum()
    chance = float(shares @ seen)
    if not EPSILON < chance < 1.0 - EPSILON:
        return None
    if_seen, if_not = float(shares @ (seen * happens)) / chance, float(shares @ ((1.0 - seen) * happens)) / (1.0 - chance)
    linear = np.where(seen > 0, (happens - if_seen) / chance, (if_not - happens) / (1.0 - chance))
    least = [max(p * (1.0 - p), 1.0 / worth) / (worth * share) for p, share in ((if_seen, chance), (if_not, 1.0 - chance))]
    error = max(scatter(linear, weights)[1], float(np.sqrt(sum(least))))
    if abs(if_seen - if_not) <= TELLING * error:
        return None
    both = np.array([[if_seen * chance, (1.0 - if_seen) * chance], [if_not * (1.0 - chance), (1.0 - if_not) * (1.0 - chance)]])
    return {"chance": chance, "if_seen": if_seen, "if_not": if_not, "error": error, "nats": information(both)}


def information(both: Array) -> float:
    """Mutual information in nats of two things, from the probabilities of each pair, shape (of the one, of the other)."""
    apart = both.sum(axis=1, keepdims=True) * both.sum(axis=0, keepdims=True)
    possible = both > 0
    return float((both[possible] * np.log(both[possible] / apart[possible])).sum())
