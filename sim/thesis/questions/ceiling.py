"""Is there a ceiling? Crowding below the tolerance, the slope of the upper end, monotony."""

from functools import partial
from typing import Literal

import numpy as np

from sim.arrays import Array
from sim.numerals import number, share
from sim.plots.thesis_cap import CeilingData, ceiling_figure
from sim.reporting.document import Block, Figure, Items, Section, Table, Text
from sim.reporting.records import Interval, Record, row
from sim.reporting.words import above_zero, after, interval, percent
from sim.thesis.estimates import not_computed, of, span, title
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages
from sim.thesis.questions import delay
from sim.thesis.sampling import Arrays, of_stance, sample_points
from sim.thesis.statistics.ceiling import bunching, monotony, quantile_slope
from sim.thesis.statistics.words import PartWord, all_of, any_of
from sim.thesis.terms import Dimension, above, word_of


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
    """95 % quantile of the tolerance in force at each level of the axis."""
    q95: list[float]
    """95 % quantile of the visible tie at each of them."""
    q95_off: float
    """The same without Beijing."""
    slope: Interval
    """Slope of q95 in tolerance: 1 for a ceiling, 0 where another limit binds."""
    monotone: dict[Dimension, Monotone]


class Part(Record):
    """What a judgement holds of it."""

    ceiling: Ceiling


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find the ceiling."""
    return Part(ceiling=_ceiling(problem, done["tolerance"], done["worlds"]))


def _ceiling(problem: Problem, arrays: Arrays, world_arrays: Arrays) -> Ceiling:
    """Crowding under an edge over the sampled worlds, and the slope and monotony along tolerance."""
    look, axis = problem.declaration.ceiling, problem.declaration.tolerance
    edge = world_arrays["edge"]
    edges: dict[Literal["tolerance", "steepest"], Array] = {"tolerance": edge}
    width = f"{axis.address.rpartition('.')[0]}.width"
    if not of_stance(problem) and width in problem.base.parameters:
        values = problem.worlds(sample_points(problem, problem.declaration.seeds.confirmation))
        edges["steepest"] = edge + values.get(width, problem.base.parameters[width].value) / 2
    crowding = []
    for name, each in edges.items():
        found = bunching(world_arrays["tie_on"], world_arrays["tie_off"], np.maximum(each, np.finfo(float).tiny), look.window)
        parts = {part: of(getattr(found, part)) for part in ("with_beijing", "without_beijing", "excess", "missing")}
        crowding.append(Crowding(edge=name, **parts))
    # Were each tie at its edge, the quantile of all ties would be that of all edges.
    levels = np.quantile(arrays["edge"], 0.95, axis=-1)
    slope = quantile_slope(levels, arrays["tie_on"])
    on = np.moveaxis(arrays["on"][problem.last], 1, 0)
    monotone = {}
    for place, dimension in enumerate(problem.dimensions):
        rise = monotony(on[:, place], look.tolerated * float(np.abs(arrays["off"][problem.last, place]).mean()))
        monotone[dimension] = Monotone(share=of(rise.share), largest=float(rise.largest))
    return Ceiling(
        month=problem.month(look.month),
        window=look.window,
        crowding=crowding,
        levels=levels.tolist(),
        q95=slope.quantiles.tolist(),
        q95_off=float(np.quantile(arrays["tie_off"], 0.95)),
        slope=of(slope.slope),
        monotone=monotone,
    )


def words(problem: Problem, done: Stages, findings: Findings) -> dict[str, PartWord]:
    """Whether the upper end of the tie follows tolerance as far as declared, and ties crowd under an edge."""
    return word_for(findings.ceiling, problem.declaration.ceiling.slope)


def word_for(ceiling: Ceiling, slope: float) -> dict[str, PartWord]:
    """The word for a ceiling whose upper end has to rise by more than a slope."""
    crowds = any_of(*(above(each.excess) for each in ceiling.crowding))
    return {"visible tie": word_of(all_of(above(ceiling.slope, slope), crowds))}


def chapter(judgement: Findings) -> Section:
    """Crowding below the tolerance, the slope of the upper end, monotony, and the delay of the first visit."""
    found = judgement.ceiling
    heading = "Is there a ceiling?"
    if not found.levels:
        return not_computed("ceiling", heading)
    draw = partial(
        ceiling_figure,
        CeilingData(
            found.levels,
            found.q95,
            found.q95_off,
            {each.edge: (span(each.with_beijing), span(each.without_beijing)) for each in found.crowding},
        ),
    )
    sentences = [_slope_sentence(found), *_crowding_sentence(found)]
    rows = tuple(
        (title(dimension.name), percent(each.share), number(each.largest) + after(dimension.unit))
        for dimension in judgement.about.dimensions
        if (each := found.monotone.get(dimension.name)) is not None
    )
    blocks: list[Block] = [
        Text(
            "A ceiling is more than an effect. Under a ceiling the tie crowds just below what Beijing tolerates, its upper end "
            "rises one for one with tolerance, and it never falls as tolerance rises."
        ),
        Figure(
            "ceiling",
            draw,
            f"Left: the 95% quantile over runs of the visible tie in month {found.month}. Right: share of runs whose tie lies "
            f"in the {share(found.window)} just below an edge: the tolerance itself, or the tie at which Beijing's reaction is "
            "steepest.",
            "The upper end of the tie along tolerance, and shares of runs below two edges; the list below says the same.",
        ),
        Items(tuple(sentences)),
    ]
    if rows:
        blocks.append(
            Table(
                "Does an outcome ever fall as tolerance rises?",
                ("dimension", "runs in which it never falls", "largest distance from such a curve"),
                rows,
                "lrr",
            )
        )
    return Section("ceiling", heading, (*blocks, *delay.paragraph(judgement)))


def _slope_sentence(found: Ceiling) -> str:
    slope = found.slope
    text = (
        f"As tolerance rises by one, the upper end of the tie rises by {interval(slope)}. A ceiling would give 1, another limit 0"
    )
    if slope.low is None or slope.high is None:
        return f"{text}; the runs leave both open."
    if slope.low > 0 and slope.high < 1:
        return f"{text}: the tie follows tolerance, but not one for one."
    if slope.low <= 0 <= slope.high and slope.high < 1:
        return f"{text}: no sign that tolerance sets the upper end."
    if slope.low > 0:
        return f"{text}: in line with a ceiling." if slope.low <= 1 else f"{text}: steeper than a ceiling."
    return f"{text}; the runs leave both open." if slope.high >= 0 else f"{text}: it falls."


def _crowding_sentence(found: Ceiling) -> list[str]:
    where = {"tolerance": "just below the tolerance", "steepest": "just below the point of steepest reaction"}
    texts = []
    for each in found.crowding:
        verdict = "more crowd there with Beijing" if above_zero(each.excess) else "no crowding can be told"
        texts.append(
            f"{where[each.edge].capitalize()} lie {percent(each.with_beijing)} of runs with Beijing and "
            f"{percent(each.without_beijing)} without: {verdict}. The share above it is lower with Beijing by "
            f"{interval(each.missing, 100, 'percentage points')}."
        )
    return texts


QUESTION = Question(
    part=Part,
    find=find,
    test="ceiling",
    words=words,
    chapter=chapter,
    tables={"ceiling": lambda findings: map(row, findings.ceiling.crowding)},
)
