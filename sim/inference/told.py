"""One history, told: the run of a posterior whose outcomes lie nearest the medians of all, with its dates and causes."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from sim.arrays import EPSILON
from sim.model.events import Event
from sim.reporting.chronicle import tell
from sim.runs.ensemble import make_job, run
from sim.runs.replays import alone
from sim.scenario.scenario import Scenario

RUNS = 200
# Kinds of events that are told, the weightiest first; what happens every few months would fill the page.
WEIGHTY = (
    "treaty", "war_ends", "first_troops", "first_munitions", "troops_home", "put_off", "pressure", "rung_begun", "oil_cap",
    "meeting", "visit", "broken",
)  # fmt: skip
MOST = 12  # months that are told


def typical_history(scenario: Scenario, outcomes: Iterable[str], seed: int, runs: int = RUNS) -> list[str]:
    """Tell the run whose outcomes lie nearest the medians of all, a sentence for each month in which something weighty happens.

    Nearest is by squared distance from the medians, in interquartile ranges, over the outcomes given.
    """
    made = run(scenario, runs=runs, seed=seed, record=[], progress=False).outcomes.sel(outcome=list(outcomes)).values
    low, middle, high = np.quantile(made, (0.25, 0.5, 0.75), axis=1, keepdims=True)
    away = ((made - middle) / np.maximum(high - low, EPSILON)) ** 2
    nearest = int(np.argmin(away.sum(axis=0)))
    job = make_job(scenario, 1, scenario.months, seed, nearest, record=[])
    return tell(weighty(alone(scenario, job)[1]), scenario)


def weighty(events: Iterable[Event], most: int = MOST) -> list[Event]:
    """Keep the weightiest events, so many that at most so many months have one, in the order in which they came.

    What happens for the first time goes before what happens again, so that the later years have their share.
    """
    told = [event for event in events if event.kind in WEIGHTY]
    before = Counter[tuple[object, ...]]()
    ranked = []
    for event in told:
        same = (event.kind, event.who, event.data.get("channel"))
        ranked.append((before[same], WEIGHTY.index(event.kind), event.month))
        before[same] += 1
    months: list[int] = []
    for _, _, month in sorted(ranked):
        if month not in months and len(months) < most:
            months.append(month)
    return [event for event in told if event.month in months]
