"""What a report asks beside the posterior: the verdict as history unfolded, and without each group of figures.

Each is inference run again by a smaller budget, in a folder of its own within that of the result, so that a call that was killed
goes on from what it has.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.evidence import Observation, last_day
from sim.evidence.series import SERIES
from sim.inference.bench import Bench, Inquiry
from sim.inference.questions import OWN, Arms, Probability, asked_months, last_date, probability
from sim.inference.record import last_month
from sim.inference.setting import Setting
from sim.runs.datasets import date_of

if TYPE_CHECKING:
    import pandas as pd


def months(inquiry: Inquiry, at: Bench, setting: Setting, arms: Arms) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """The verdict, had the record ended with a month: on what was known a month later.

    Parameters
    ----------
    inquiry : Inquiry
    at : Bench
    setting, arms : Setting, Arms
        Of the posterior itself, which stands for the last month.

    Returns
    -------
    months : pandas.DataFrame
        ``until``, ``outcome``, ``date``, ``posterior``, ``error``.
    moves : pandas.DataFrame
        ``until``, the ``ids`` of the rows that each month added and what they are, ``says``; by ``outcome`` the ``change`` of its
        probability with its ``error``, the largest first.
    """
    import pandas as pd

    settings, found = [], []
    for until in _until(inquiry):
        each = inquiry.part(until=until, vintage=_known(inquiry, until)).setting()
        settings.append(each)
        found.append(verdict(each, at.sampled(each, "months", until).arms))
    settings, found = [*settings, setting], [*found, verdict(setting, arms)]
    rows = [
        {"until": each.until, "outcome": outcome, "date": last_date(each), "posterior": p.value, "error": p.error}
        for each, by_outcome in zip(settings, found, strict=True)
        for outcome, p in by_outcome.items()
    ]
    moves: list[dict[str, Any]] = []
    for (before, earlier), (now, later) in pairwise(zip(settings, found, strict=True)):
        known = {row.id for row in before.read}
        added = [row for row in now.read if row.id not in known]
        says = titles(added) or "no further figure"
        for outcome, p in later.items():
            was = earlier[outcome]
            change = {"change": p.value - was.value, "error": float(np.hypot(p.error, was.error))}
            about = {"until": now.until, "ids": [row.id for row in added], "says": says}
            moves.append({**about, "outcome": outcome, **change})
    moves.sort(key=lambda move: -abs(move["change"]))
    names = ["until", "ids", "says", "outcome", "change", "error"]
    return pd.DataFrame(rows), pd.DataFrame(moves, columns=names)


def groups(inquiry: Inquiry, at: Bench, setting: Setting, arms: Arms) -> "pd.DataFrame":
    """The verdict without each group of figures.

    Parameters
    ----------
    setting, arms : Setting, Arms
        Of the posterior itself.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``says``, how many ``rows`` it has, ``outcome``, ``date``, probability ``without`` it with its ``error``, what
        the group adds, ``change``; the log of the marginal likelihood without it, ``log_evidence``, and ``log_evidence_error``.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    whole = verdict(setting, arms)
    for name, parts in inquiry.declaration.groups.items():
        without = inquiry.part(declaration=inquiry.declaration.without(parts)).setting()
        left = {row.id for row in without.read}
        fewer = [row for row in setting.read if row.id not in left]
        if not fewer and without.happened == setting.happened:
            continue
        sampled = at.sampled(without, "groups", name)
        told = dict(zip(("log_evidence", "log_evidence_error"), sampled.state.log_evidence, strict=True))
        for outcome, p in verdict(without, sampled.arms).items():
            about = {"group": name, "says": titles(fewer), "rows": len(fewer), "outcome": outcome, "date": last_date(setting)}
            change = {"without": p.value, "error": p.error, "change": whole[outcome].value - p.value}
            rows.append({**about, **change, **told})
    return pd.DataFrame(rows)


def verdict(setting: Setting, arms: Arms) -> dict[str, Probability]:
    """Probability that the limit holds each outcome down by the last date, by outcome."""
    asked = setting.declaration.questions
    last = len(asked_months(asked, setting.base)) - 1
    return {
        name: probability(arms.held_down(last, measure, asked.delta), arms.weights[OWN], arms.worth)
        for name, measure in asked.outcomes.items()
    }


def titles(rows: Iterable[Observation]) -> str:
    """What figures are of, each series once."""
    return ", ".join(dict.fromkeys(SERIES[row.series].title for row in rows))


def _until(inquiry: Inquiry) -> list[str]:
    """Months from the first that is declared up to the last but one, so many apart that the last is the posterior's own."""
    base = inquiry.base
    since = inquiry.declaration.questions.since or base.start
    first, last = (last_month(base, date, "months") for date in (since, inquiry.until))
    return [date_of(month, base.start) for month in range(last, first - 1, -inquiry.budget.every)][:0:-1]


def _known(inquiry: Inquiry, until: str) -> str:
    """The month after one, or the inquiry's own vintage where that is earlier."""
    after = date_of(last_month(inquiry.base, until, "months") + 1, inquiry.base.start)
    own = inquiry.vintage
    return after if own is None or last_day(after) <= last_day(own) else own
