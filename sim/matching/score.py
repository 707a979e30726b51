"""The test after the fit: what the worlds that are left say of figures that were not used, beside naive forecasts."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.arrays import Array
from sim.errors import UserError
from sim.evidence import Observation, last_day, observations
from sim.evidence.series import Target, targets, why_left_out
from sim.experiments.samplers import latin_hypercube
from sim.inference.predictions import Predictions
from sim.inference.record import first_days, settled, warn_of_unknown
from sim.inference.scores import distance, last_value, linear_trend, range_crps, within
from sim.matching.found import LeftOut, Score, Scored, ScoredFigure, SeriesScore
from sim.matching.setting import Setting, discrepancies_of, finite
from sim.runs.datasets import date_of
from sim.runs.ensemble import run
from sim.scenario.scenario import Scenario

BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Asked:
    """Figures to score: targets over months up to the last that they need, and what is passed over."""

    months: int
    targets: tuple[Target, ...]
    skipped: tuple[LeftOut, ...]


def asked(setting: Setting, table: str | Path | None, evidence: str | Path | None) -> Asked | None:
    """Find the figures to score: those of a table that end after the last month that was fitted.

    Parameters
    ----------
    table : path, optional
        Observations in the published schema; by default those of the evidence that was fitted. None of these is needed.

    Raises
    ------
    UserError
        If a table is given that has no such figure, or one beyond the end of the scenario.
    """
    rows = observations(table if table is not None else evidence)
    days = first_days(setting.base, setting.base.months)
    until = last_day(setting.until)
    kept, skipped = [], []
    if table is not None:
        warn_of_unknown(rows, days, str(table))
    for row in rows:
        reason = why_left_out(row, days) or setting.declaration.left_out.get(row.id, "")
        if reason == "after the last month" and table is not None:
            end = date_of(setting.base.months, setting.base.start)
            raise UserError(f"{row.id} lies after {end}, the last month of the scenario; drop it, or set months", str(table))
        if not reason and settled(row) <= until:
            reason = f"not after {setting.until}, the last month that was fitted"
        if reason:
            skipped.append(LeftOut(id=row.id, series=row.series, reason=reason))
        else:
            kept.append(row)
    if not kept:
        if table is not None:
            raise UserError(f"holds no figure of a known series after {setting.until}, the last month fitted", str(table))
        return None
    last = max(row.end for row in kept)
    months = min(sum(day <= last for day in days), setting.base.months)
    names = {row.id for row in kept}
    # Earlier events count towards later ones, so they are there when targets are made.
    before = [row for row in setting.record if row.id not in names]
    found = [target for target in targets([*before, *kept], days[:months]) if target.observation.id in names]
    return Asked(months, tuple(found), tuple(skipped) if table is not None else ())


def score(setting: Setting, matched: Scenario, what: Asked, runs: int, seed: int, table: str, processes: int | None) -> Score:
    """Set the forecasts of the worlds that are left, of the whole box, and of two naive ones against the figures."""
    predict = Predictions(what.targets)
    design = latin_hypercube(setting.box, runs, seed)
    after, prior = (
        predict(
            run(
                scenario,
                runs,
                months=what.months,
                seed=seed,
                values=values,
                record=predict.needs,
                processes=processes,
                progress=False,
            )
        )
        for scenario, values in ((matched, None), (setting.base, design.columns))
    )
    low, high = (np.array([getattr(target, end) for target in what.targets]) for end in ("low", "high"))
    naive = [naive_forecasts(setting, target) for target in what.targets]
    lasts, trends = (distance([each[place] for each in naive], low, high) for place in (0, 1))
    scores = range_crps(after, low, high)
    wide = [_widened(setting, what.targets, each, seed) for each in (after, prior)]
    names = dict.fromkeys(target.series.name for target in what.targets)
    by_series = []
    for name in names:
        rows = [place for place, target in enumerate(what.targets) if target.series.name == name]
        series = what.targets[rows[0]].series
        by_series.append(
            SeriesScore(
                series=name,
                title=series.title,
                unit=series.unit,
                matched=_scored(after[rows], wide[0][rows], low[rows], high[rows], one=True),
                prior=_scored(prior[rows], wide[1][rows], low[rows], high[rows], one=True),
                last_value=finite(lasts[rows].mean()),
                trend=finite(trends[rows].mean()),
            )
        )
    figures = [
        ScoredFigure(
            id=target.observation.id,
            series=target.series.name,
            to=f"{target.observation.end:%Y-%m}",
            low=finite(target.low),
            high=finite(target.high),
            unit=target.series.unit,
            forecast=tuple(np.quantile(after[place], BANDS).tolist()),
            crps=float(scores[place]),
            last_value=finite(lasts[place]),
            trend=finite(trends[place]),
        )
        for place, target in enumerate(what.targets)
    ]
    return Score(
        table=table,
        runs=runs,
        matched=_scored(after, wide[0], low, high, one=len(names) == 1),
        prior=_scored(prior, wide[1], low, high, one=len(names) == 1),
        by_series=by_series,
        figures=figures,
        skipped=list(what.skipped),
    )


def naive_forecasts(setting: Setting, target: Target) -> tuple[float, float]:
    """Forecast a target from earlier figures of its series alone: that nothing changes, and that things go on in a line.

    A figure that is a range stands as its central value, else as its finite end, or the middle of two.
    """
    known = [each for each in setting.past if each.series.name == target.series.name]
    times = [_time(each.observation, each) for each in known]
    values = [_value(each) for each in known]
    at = _time(target.observation, target)
    return last_value(times, values), float(linear_trend(times, values, at))


def _time(row: Observation, target: Target) -> float:
    """Day that a figure stands for: the end of its period if it counts up to it, else the middle."""
    if target.series.kind in ("total", "events"):
        return float(row.end.toordinal())
    return (row.start.toordinal() + row.end.toordinal()) / 2


def _value(target: Target) -> float:
    if np.isfinite(target.central):
        return target.central
    ends = [end for end in (target.low, target.high) if np.isfinite(end)]
    return float(np.mean(ends))


def _widened(setting: Setting, found: Iterable[Target], samples: Array, seed: int) -> Array:
    """Add the declared discrepancy to each run, as a normal error about its own size."""
    declared = discrepancies_of(setting.declaration)
    error = np.random.default_rng(seed).standard_normal(samples.shape)
    rows = [declared.get(target.series.name) for target in found]
    relative, floor = (np.array([getattr(row, name) if row else 0.0 for row in rows])[:, None] for name in ("relative", "floor"))
    return samples + error * np.maximum(np.abs(samples) * relative, floor)


def _scored(samples: Array, wide: Array, low: Array, high: Array, *, one: bool) -> Scored:
    return Scored(
        figures=len(samples),
        within_50=float(within(samples, low, high, 0.5).mean()),
        within_90=float(within(samples, low, high, 0.9).mean()),
        within_90_discrepancy=float(within(wide, low, high, 0.9).mean()),
        crps=float(range_crps(samples, low, high).mean()) if one else None,
    )
