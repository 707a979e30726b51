"""How does the effect change along Beijing's tolerance, and what does the record leave of that axis?"""

from functools import partial

import numpy as np

from sim.experiments.arms import Tick, ensemble
from sim.experiments.crossings import crossings
from sim.experiments.prim import Mask
from sim.numerals import number, share
from sim.plots.thesis_cap import CurvePanel, curve_figure
from sim.reporting.document import Badge, Block, Cell, Figure, Items, Section, Table, Text
from sim.reporting.intervals import share as share_of
from sim.reporting.records import Interval, Record, row
from sim.reporting.tables import Rows
from sim.reporting.words import listed, lower
from sim.thesis.estimates import (
    absolute_of,
    by_dimension,
    headlined,
    long_date,
    not_computed,
    of,
    relative_of,
    span,
    title,
    until,
)
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages
from sim.thesis.sampling import Arrays, at_ceiling, happened, months_seen, points
from sim.thesis.statistics.effects import paired_effect, verdict
from sim.thesis.statistics.words import Word
from sim.thesis.terms import Date, Dimension, Effect


def simulate(problem: Problem, tick: Tick) -> Arrays:
    """Outcomes at each level of tolerance, all else sampled: `on` (date, outcome, level, world), `off` without the levels.

    Also at the month of the ceiling the visible tie, `tie_on` (level, world) and `tie_off` (world,), and the tolerance in force,
    `edge` (level, world); and what was observed of openness, `seen` (observation, level, world).
    """
    axis, seed = problem.declaration.tolerance, problem.declaration.seeds.confirmation
    worlds = problem.budget.tolerance_worlds
    values = problem.worlds(points(problem, worlds, 1, seed))
    # Without Beijing its tolerance plays no part, so the last arm serves all levels.
    levels = np.array([*axis.levels, axis.levels[-1]])
    off = np.arange(len(levels)) == len(axis.levels)
    at = months_seen(problem)
    outcomes = (*problem.outcomes, *(event.outcome for event in axis.observed))
    values = {**values, axis.address: levels[:, None]}
    found = ensemble(
        problem.base,
        (len(levels), worlds),
        keys=np.arange(worlds),
        values=values,
        knockouts={"beijing": off[:, None]},
        record=["visible_tie", "tolerance"],
        tick=tick,
        at=at,
        outcomes=outcomes,
        seed=seed,
    )
    judged = found.outcomes[[at.index(month) for month in problem.at], : len(problem.outcomes)]
    tie, edge = at_ceiling(problem, found, values)
    seen = np.empty((len(axis.observed), len(axis.levels), worlds), dtype=bool)
    for place, event in enumerate(axis.observed):
        reached = found.outcomes[at.index(problem.month(event.by)), len(problem.outcomes) + place, :-1]
        seen[place] = happened(event, reached)
    return {
        "on": judged[:, :, :-1],
        "off": judged[:, :, -1],
        "tie_on": tie[:-1],
        "tie_off": tie[-1],
        "edge": edge[:-1],
        "seen": seen,
    }


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


class Part(Record):
    """What a judgement holds of it."""

    tolerance: Tolerance


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find the curve along tolerance."""
    return Part(tolerance=_tolerance(problem, done["tolerance"]))


def _tolerance(problem: Problem, arrays: Arrays) -> Tolerance:
    """The curve along tolerance, from outcomes of shape (date, dimension, level, world)."""
    axis = problem.declaration.tolerance
    found = paired_effect(arrays["off"][:, :, None], arrays["on"], problem.delta_abs[:, None])
    words = verdict(found, problem.delta[:, None], problem.delta_abs[:, None])
    levels = range(len(axis.levels))

    def make(at: int, place: int) -> Curve:
        return Curve(
            absolute=[absolute_of(found, at, place, level) for level in levels],
            relative=[relative_of(found, at, place, level) for level in levels],
            words=words[at, place].tolist(),
            crossings=list(crossings(axis.levels, found.relative[at, place], float(problem.delta[place]))),
        )

    return Tolerance(
        address=axis.address,
        levels=list(axis.levels),
        curves=by_dimension(problem, make),
        remaining=_remaining(problem, arrays["seen"]) if axis.observed else None,
        worlds=arrays["on"].shape[-1],
    )


def _remaining(problem: Problem, seen: Mask) -> Remaining:
    """What the record leaves of the axis, from what was seen, shape (observation, level, world)."""
    axis = problem.declaration.tolerance
    all_seen = seen.all(axis=0)
    shown = share_of(all_seen.sum(axis=-1), all_seen.shape[-1])
    left = [level for level, high in zip(axis.levels, shown.high, strict=True) if high >= axis.threshold]
    return Remaining(
        observed=" and ".join(event.says for event in axis.observed),
        share=[of(shown, level) for level in range(len(axis.levels))],
        threshold=axis.threshold,
        low=min(left, default=None),
        high=max(left, default=None),
    )


def rows(findings: Findings) -> Rows:
    """Rows of the effect along Beijing's tolerance, a row for each dimension, date and level."""
    for name, dates in findings.tolerance.curves.items():
        for date, curve in dates.items():
            for place, level in enumerate(findings.tolerance.levels):
                effect = Effect(absolute=curve.absolute[place], relative=curve.relative[place])
                yield {"dimension": name, "date": date, "level": level, "word": curve.words[place], **row(effect)}


def chapter(judgement: Findings) -> Section:
    """The curve along Beijing's tolerance, and what the observed openness leaves of it."""
    heading = "Along Beijing's tolerance"
    tolerance = judgement.tolerance
    found = headlined(judgement, tolerance.curves)
    if not found or not tolerance.levels:
        return not_computed("tolerance", heading)
    curves = [
        CurvePanel(
            title(dimension.name),
            {
                long_date(date): [span(each) for each in each_curve.relative]
                for date, each_curve in _ordered(judgement, dimension.name)
            },
            dimension.delta,
            curve.crossings,
        )
        for dimension, curve in found
    ]
    remaining = tolerance.remaining
    left = (remaining.low, remaining.high) if remaining and remaining.low is not None and remaining.high is not None else None
    draw = partial(
        curve_figure,
        tolerance.levels,
        curves,
        [span(each) for each in remaining.share] if remaining else (),
        remaining.threshold if remaining else 0.0,
        left,
        tolerance.address.rpartition(".")[2].replace("_", " "),
    )
    sentences = [_curve_sentence(dimension.name, dimension.delta, tolerance, curve) for dimension, curve in found]
    rows: list[tuple[Cell, ...]] = [(title(dimension.name), *map(Badge, curve.words)) for dimension, curve in found]
    blocks: list[Block] = [
        Text(
            f"The claim hangs on how much of the tie Beijing tolerates before it presses. `{tolerance.address}` moves that, and "
            "no figure of the record gives it. So the effect is shown along the whole axis, all other numbers sampled from the "
            f"declared box ({tolerance.worlds:,} worlds at each level)."
        ),
        Text(_remaining_sentence(tolerance)),
        Figure(
            "tolerance",
            draw,
            "How much lower each outcome is with Beijing, along its tolerance. Band: 95% interval at the last date. Crosses: "
            "where the "
            "curve meets the smallest effect of interest." + (" Shaded: what the observed openness leaves." if left else ""),
            "Curves of the effect along tolerance, by dimension; the list below says the same.",
        ),
        Items(tuple(sentences)),
        Table(
            f"The verdict at each level of tolerance, by {until(judgement)}.",
            ("dimension", *(number(level) for level in tolerance.levels)),
            tuple(rows),
            "l" * (1 + len(tolerance.levels)),
        ),
    ]
    return Section("tolerance", heading, tuple(blocks))


def _ordered(judgement: Findings, key: str) -> list[tuple[str, Curve]]:
    """Curves by date, the headline last, as the figure stresses the last."""
    dates = judgement.tolerance.curves[key]
    return sorted(dates.items(), key=lambda item: (item[0] == judgement.about.headline, item[0]))


def _curve_sentence(key: str, delta: float, tolerance: Tolerance, curve: Curve) -> str:
    known = [
        (level, found)
        for level, found in zip(tolerance.levels, curve.relative, strict=True)
        if found and found.estimate is not None
    ]
    if not known:
        return f"**{title(key)}**: there is nothing to be a share of at any level."
    (low, first), (high, last) = known[0], known[-1]
    text = f"**{title(key)}**: {lower(first)} at a tolerance of {number(low)}, {lower(last)} at {number(high)}"
    if curve.crossings:
        return (
            f"{text}; the curve crosses the smallest effect of interest ({share(delta)}) at "
            f"{listed([number(each, 2) for each in curve.crossings])}."
        )
    side = "above" if all((found.estimate or 0) > delta for _, found in known) else "at or under"
    return f"{text}; it stays {side} the smallest effect of interest ({share(delta)}) throughout."


def _remaining_sentence(tolerance: Tolerance) -> str:
    remaining = tolerance.remaining
    if remaining is None:
        return "No observation constrains the axis."
    rule = f"a level is left where at least {share(remaining.threshold)} of its worlds show as much"
    if remaining.low is None or remaining.high is None:
        return (
            f"The record of openness ({remaining.observed}) leaves no level of tolerance: {rule}, and none does. Then the "
            "model, not the axis, is at odds with the record."
        )
    low, high = tolerance.levels[0], tolerance.levels[-1]
    whole = remaining.low <= low and remaining.high >= high
    left = "all of the axis" if whole else f"tolerances from {number(remaining.low)} to {number(remaining.high)}"
    caution = "This rules no level out" if whole else "This rules levels out; it does not make those left equally likely"
    return f"Only openness says something of it. What was observed, {remaining.observed}, leaves {left} ({rule}). {caution}."


QUESTION = Question(
    part=Part,
    find=find,
    stages=lambda problem: {"tolerance": simulate},
    simulated={"tolerance": "worlds of the box at each level of Beijing's tolerance: the curve, the slope of the ceiling"},
    chapter=chapter,
    tables={"tolerance": rows},
)
