"""Were the forecasts any good? Later figures set against the posterior, the prior, and three naive ways to forecast."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from sim.arrays import Array
from sim.evidence import Observation, last_day, observations
from sim.evidence.series import SERIES, Target, targets, why_left_out
from sim.inference.declaration import Declaration
from sim.inference.forecasts import reported
from sim.inference.observations import ends_of
from sim.inference.questions import PRIOR_STREAM
from sim.inference.record import first_days, settled
from sim.inference.sampler import Plan, State, prior_particles
from sim.inference.scores import last_value, linear_trend, range_crps, within
from sim.inference.setting import Setting
from sim.inference.simulation import Ahead, Simulator
from sim.runs.datasets import date_of

if TYPE_CHECKING:
    import pandas as pd

BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)
WAYS = ("posterior", "prior", "random walk", "last value", "trend")
QUANTILES = ndtri((np.arange(400) + 0.5) / 400)  # of a normal forecast, as a sample
USUAL_STEP = 0.1  # of a random walk in logs, where fewer than three figures tell
MONTH_DAYS = 30.4
PERIODS = {"month": 1, "quarter": 3, "year": 12}  # months of each


@dataclass(frozen=True)
class Asked:
    """Figures to score: rows over months up to the last that they need, and what is passed over, with the reason."""

    months: int
    targets: tuple[Target, ...]
    skipped: tuple[tuple[str, str, str], ...]


def asked(setting: Setting, table: str | Path | None) -> Asked:
    """Find the rows of a table that come after the last month that was fitted.

    What is not known, not read or too late is left out with its reason; the rest is scored.

    Parameters
    ----------
    table : path, optional
        Observations in the published schema; the shipped record by default.

    Raises
    ------
    UserError
        If the table cannot be read.
    """
    rows = observations(table)
    days, until = first_days(setting.base, setting.base.months), last_day(setting.until)
    declared = {name for _, name in setting.declaration.series()}
    kept, skipped = [], []
    for row in rows:
        reason = why_left_out(row, days) or setting.declaration.left_out.get(row.id, "")
        if not reason and settled(row) <= until:
            reason = f"not after {setting.until}, the last month that was fitted"
        if not reason and row.series not in declared:
            reason = "the declaration does not say how its series is read"
        if reason:
            skipped.append((row.id, row.series, reason))
        else:
            kept.append(row)
    last = max((row.end for row in kept), default=days[setting.months - 1])
    months = min(max(sum(day <= last for day in days), setting.months), setting.base.months)
    names = {row.id for row in kept}
    before = [row for row in setting.record if row.id not in names]  # earlier events count towards later ones
    found = [each for each in targets([*before, *kept], days[:months]) if each.observation.id in names]
    return Asked(months, tuple(found), tuple(skipped))


def score(setting: Setting, plan: Plan, simulator: Simulator, state: State, what: Asked) -> "pd.DataFrame":
    """Score the figures: a row for each.

    Returns
    -------
    pandas.DataFrame
        ``id``, ``series``, ``to``, ``low``, ``high``, ``unit``, ``single`` (one number, not a range), the quantiles of the
        forecast, and by way to forecast ``crps``, relative to the size of what was seen, and the log score of single numbers,
        ``log``; for the posterior and the prior whether the figure lies within the bands of 50 and 90 percent.
    """
    import pandas as pd

    if not what.targets:
        warnings.warn("nothing to score: no row of a known series comes after the last month that was fitted", stacklevel=2)
        return pd.DataFrame()
    ahead = Ahead((what.months,), (*what.targets, *setting.targets))
    size = len(what.targets)
    prior = prior_particles(plan, len(state.particles), PRIOR_STREAM)
    after = simulator.go_on(ahead, state.particles, state.found.draws).predicted[:size]
    before = simulator.go_on(ahead, prior, np.zeros((0, plan.months, len(prior)))).predicted
    samples = {
        "posterior": reported(setting, state.found.predicted, what.targets, after, 1),
        "prior": reported(setting, before[size:], what.targets, before[:size], 2),
    }
    rows = []
    for place, target in enumerate(what.targets):
        low, high = _ends(target, setting.declaration)
        naive = naive_forecasts(setting, target)
        forecasts = {"posterior": samples["posterior"][place], "prior": samples["prior"][place], **naive}
        row: dict[str, object] = {
            "id": target.observation.id,
            "series": target.series.name,
            "to": f"{target.observation.end:%Y-%m}",
            "low": low,
            "high": high,
            "unit": target.series.unit,
            "single": low == high,
        }
        row |= dict(zip((f"q{round(100 * q):02d}" for q in BANDS), np.quantile(forecasts["posterior"], BANDS), strict=True))
        scale = max(abs(_value(low, high)), 1e-9)
        for way, sample in forecasts.items():
            row[f"crps {way}"] = float(range_crps(sample, low, high)) / scale if len(sample) else np.nan
            if way in ("posterior", "prior", "random walk"):
                row[f"log {way}"] = log_score(sample, low) if low == high and len(sample) else np.nan
        for way in ("posterior", "prior"):
            for share in (0.5, 0.9):
                row[f"within {round(100 * share)} {way}"] = bool(within(forecasts[way], low, high, share))
        rows.append(row)
    return pd.DataFrame(rows)


def _ends(target: Target, declaration: Declaration) -> tuple[float, float]:
    for group in declaration.amounts.values():
        if target.series.name in group.series:
            return ends_of(target, declaration, group.series[target.series.name])
    return ends_of(target, declaration)


def _value(low: float, high: float) -> float:
    ends = [end for end in (low, high) if isfinite(end)]
    return float(np.mean(ends)) if ends else np.nan


def log_score(sample: Array, seen: float) -> float:
    """Log density of what was seen under a kernel estimate of a sample (Silverman's width); minus twenty at least."""
    quartiles = np.subtract(*np.quantile(sample, (0.75, 0.25))) / 1.349
    spread = min(sample.std(), quartiles) if quartiles > 0 else sample.std()
    width = max(1.06 * spread * len(sample) ** -0.2, 1e-6 * max(abs(seen), 1.0))
    density = np.exp(-0.5 * ((sample - seen) / width) ** 2).mean() / (width * np.sqrt(2 * np.pi))
    return float(max(np.log(max(density, 1e-300)), -20.0))


def naive_forecasts(setting: Setting, target: Target) -> dict[str, Array]:
    """Forecast a row from earlier figures of its series alone: samples, of one number where a way gives no more, or of none.

    A random walk goes from the last figure, in logs where all are positive, by steps whose variance grows with time; its
    step is that of the figures so far.
    """
    days = first_days(setting.base, setting.months)
    known_rows = [row for row in setting.record if row.series == target.series.name and not why_left_out(row, days)]
    known = targets([row for row in known_rows if settled(row) <= last_day(setting.until)], days)
    times = np.array([_time(each) for each in known])
    values = np.array([_value(*_ends(each, setting.declaration)) for each in known])
    usable = np.isfinite(values)
    times, values = times[usable], values[usable]
    if not len(values):
        return {"random walk": np.zeros(0), "last value": np.zeros(0), "trend": np.zeros(0)}
    at, last = _time(target), last_value(times, values)
    trend = float(linear_trend(times, values, at))
    return {
        "random walk": random_walk(times, values, at),
        "last value": np.array([last]),
        "trend": np.array([trend]) if isfinite(trend) else np.zeros(0),
    }


def random_walk(times: Array, values: Array, at: float) -> Array:
    """A sample of a random walk from the last value; times in days."""
    logs = bool((values > 0).all())
    levels = np.log(values) if logs else values
    order = np.argsort(times, kind="stable")
    gaps, steps = np.diff(times[order]), np.diff(levels[order])
    moved = gaps > 0
    size = USUAL_STEP if logs else USUAL_STEP * max(np.abs(values).max(), 1e-9)
    step = float(np.sqrt(np.mean(steps[moved] ** 2 / (gaps[moved] / MONTH_DAYS)))) if moved.sum() > 1 else size
    level = float(levels[times == times.max()].mean())
    ahead = level + max(step, 1e-9) * np.sqrt(max(at - times.max(), 1.0) / MONTH_DAYS) * QUANTILES
    return np.asarray(np.exp(np.minimum(ahead, 700.0)) if logs else ahead)


def _time(target: Target) -> float:
    """Day that a figure stands for: the end of its period if it counts up to it, else the middle."""
    row = target.observation
    if target.series.kind in ("total", "events"):
        return float(row.end.toordinal())
    return (row.start.toordinal() + row.end.toordinal()) / 2


def summary_table(scored: "pd.DataFrame") -> "pd.DataFrame":
    """Scores by series, and over all: a row for single numbers and one for ranges."""
    import pandas as pd

    rows = []
    groups = [("all", scored), *scored.groupby("series", sort=False)] if len(scored) else []
    for name, group in groups:
        for single in (True, False):
            some = group[group["single"] == single]
            if len(some):
                means = some.drop(columns=["id", "series", "to", "low", "high", "unit", "single"]).astype(float)
                means = means.drop(columns=[column for column in means if column.startswith("q")])
                rows.append({"series": name, "what": "numbers" if single else "ranges", "figures": len(some), **means.mean()})
    return pd.DataFrame(rows)


def forecast_targets(setting: Setting, months: int, period: str, names: Iterable[str]) -> Sequence[Target]:
    """Rows that might be reported by the end of each period to a month: totals so far, means and counts of the period."""
    length = PERIODS[period]
    days = first_days(setting.base, setting.base.months)
    found = []
    starts = [m for m in range(setting.months + 1, months + 2 - length) if (days[m - 1].month - 1) % length == 0]
    for name in names:
        series = SERIES[name]
        for first in starts if series.kind != "first" else ():
            weights = np.zeros(months)
            if series.kind in ("total", "events"):
                weights[: first + length - 1] = 1.0
            else:
                weights[first - 1 : first + length - 1] = 1.0 / length if series.kind == "mean" else 1.0
            end = last_day(date_of(first + length - 1, setting.base.start))
            row = Observation(f"{name} {end:%Y-%m}", name, "", days[first - 1], end, None, 0.0, None, "A", "forecast", "", end)
            found.append(Target(row, series, np.nan, np.nan, np.nan, weights))
    return tuple(found)


def forecast_table(
    setting: Setting, simulator: Simulator, state: State, months: int, period: str = "quarter", *, mapped: bool = False
) -> "pd.DataFrame":
    """Forecasts by series and period: quantiles of the model's value, and of what would be reported, ``reported_…``.

    They are of the series that the declaration reads; if ``mapped``, also of others that the model has an outcome for. No errors
    are declared for these, so a report of them is the model's value.
    """
    import pandas as pd

    names = dict.fromkeys(name for _, name in setting.declaration.series()) | dict.fromkeys(SERIES if mapped else ())
    ahead = forecast_targets(setting, months, period, names)
    if not ahead:
        return pd.DataFrame()
    said = simulator.go_on(Ahead((months,), tuple(ahead)), state.particles, state.found.draws).predicted
    seen = reported(setting, state.found.predicted, ahead, said, 3)
    rows = []
    for target, model, report in zip(ahead, said, seen, strict=True):
        columns = [f"q{round(100 * q):02d}" for q in BANDS]
        row: dict[str, object] = {
            "series": target.series.name,
            "title": target.series.title,
            "to": f"{target.observation.end:%Y-%m}",
            "unit": target.series.unit,
        }
        row |= dict(zip(columns, np.quantile(model, BANDS), strict=True))
        row |= {f"reported_{name}": float(x) for name, x in zip(columns, np.quantile(report, BANDS), strict=True)}
        rows.append(row)
    return pd.DataFrame(rows)
