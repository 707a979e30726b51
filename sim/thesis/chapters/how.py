"""How it works, if it does: by threat or by deed, along Beijing's tolerance, and whether there is a ceiling."""

from functools import partial

from sim.plots.thesis_cap import CeilingData, CurvePanel, ceiling_figure, curve_figure, deed_figure
from sim.reporting.document import Block, Cell, Figure, Items, Section, Table, Text, Word
from sim.reporting.words import above_zero, after, interval, listed, lower, number, percent, share
from sim.thesis.chapters.common import at_headline, headlined, long_date, not_computed, span, title, until
from sim.thesis.judgement import Judgement
from sim.thesis.judgement_base import Channels, Verdict
from sim.thesis.judgement_worlds import Ceiling, Curve, Tolerance

LEADING = {
    "threat": "mainly by threat",
    "deed": "mainly by deed",
    "tied": "by both alike",
    "neither": "by neither",
}
NO_CAP = "no cap"
SELECTION = (
    "Few punishments are no sign of a weak cap. A threat that is believed changes what partners do, and then need not be "
    "carried out: the punishments that are seen are those cases in which deterrence failed (Fearon 2002, International "
    "Interactions 28; Drezner 2003, International Organization 57). Many punishments are no sign of a strong cap either."
)


def threat_or_deed(judgement: Judgement) -> Section:
    """The 2 × 2 of threat and deed, the deed direct and total, and how much punishment is seen."""
    heading = "By threat or by deed?"
    found = headlined(judgement, judgement.channels)
    if not found:
        return not_computed("deed", heading)
    groups = {
        title(dimension.name): {
            "threat": span(channels.threat.relative),
            "deed, in total": span(channels.action.relative),
            "deed, directly": span(channels.action_direct.relative),
            "both": span(channels.both.relative),
            "interaction": span(channels.interaction.relative),
        }
        for dimension, channels in found
    }
    rows = tuple(
        (
            f"{title(dimension.name)}, {dimension.unit}",
            interval(channels.threat.absolute),
            interval(channels.action.absolute),
            interval(channels.action_direct.absolute),
            interval(channels.both.absolute),
            interval(channels.interaction.absolute),
            _works(channels, at_headline(judgement.verdicts.get(dimension.name), judgement)),
        )
        for dimension, channels in found
    )
    columns = (
        "dimension",
        "threat removed",
        "deeds removed, total",
        "deeds removed, direct",
        "both removed",
        "interaction",
        "works",
    )
    blocks: list[Block] = [
        Text(
            "Beijing can hold the tie down in two ways: by the punishment that the partners foresee, and by what it does. Four "
            "worlds take these apart: with both, without the threat, without the deeds, without either. Removing the deeds has "
            "two effects. The *direct* one keeps the partners' beliefs as they were with Beijing in force; the *total* one "
            "lets them learn anew from a Beijing that never acts, so that an empty threat is found out. The *interaction* is "
            "what removing both adds beyond the sum of the two: above zero each hides the other, below zero either removal "
            "would have done much of the work alone."
        ),
        Figure(
            "threat_or_deed",
            partial(deed_figure, groups),
            f"What each removal adds by {until(judgement)}, as a share of the outcome with neither threat nor deed; 95% "
            "intervals.",
            "Effects of removing threat, deeds and both, by dimension; the table below has the numbers.",
        ),
        Table(f"What each removal adds by {until(judgement)}, in the unit of each outcome.", columns, rows, "lrrrrrl"),
        *_punishment(judgement),
    ]
    return Section("deed", heading, tuple(blocks))


def _works(channels: Channels, verdict: Verdict | None) -> str:
    """Through what Beijing works, where it holds anything down at all."""
    if verdict and verdict.word in ("fails", "reversed"):
        return NO_CAP
    return LEADING[channels.leading] if above_zero(channels.both.absolute) else LEADING["neither"]


def _punishment(judgement: Judgement) -> list[Block]:
    rows = tuple(
        (long_date(date), percent(found.share_punished), interval(found.months), interval(found.snubs))
        for date, found in judgement.punishment.items()
    )
    if not rows:
        return []
    columns = ("by", "runs with any punishment", "months with punishment, mean", "months with a snub, mean")
    return [
        Table("How much punishment is seen with Beijing in force (a pressure of more than 0.05).", columns, rows, "lrrr"),
        Text(SELECTION, "note"),
    ]


def along_tolerance(judgement: Judgement) -> Section:
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
    )
    sentences = [_curve_told(dimension.name, dimension.delta, tolerance, curve) for dimension, curve in found]
    rows: list[tuple[Cell, ...]] = [(title(dimension.name), *map(Word, curve.words)) for dimension, curve in found]
    blocks: list[Block] = [
        Text(
            f"The claim hangs on how much of the tie Beijing tolerates before it presses (`{tolerance.address}`), and no figure "
            "of the record gives it. So the effect is shown along the whole axis, all other numbers sampled from the declared "
            f"box ({tolerance.worlds:,} worlds at each level)."
        ),
        Text(_remaining_told(tolerance)),
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


def _ordered(judgement: Judgement, key: str) -> list[tuple[str, Curve]]:
    """Curves by date, the headline last, as the figure stresses the last."""
    dates = judgement.tolerance.curves[key]
    return sorted(dates.items(), key=lambda item: (item[0] == judgement.about.headline, item[0]))


def _curve_told(key: str, delta: float, tolerance: Tolerance, curve: Curve) -> str:
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


def _remaining_told(tolerance: Tolerance) -> str:
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
    span_told = "all of the axis" if whole else f"tolerances from {number(remaining.low)} to {number(remaining.high)}"
    caution = "This rules no level out" if whole else "This rules levels out; it does not make those left equally likely"
    return f"Only openness says something of it. What was observed, {remaining.observed}, leaves {span_told} ({rule}). {caution}."


def ceiling(judgement: Judgement) -> Section:
    """Crowding below the tolerance, the slope of the upper end, monotony, and the delay of the first visit."""
    found = judgement.ceiling
    heading = "Is there a ceiling?"
    if not found.levels:
        return not_computed("ceiling", heading)
    edges = {"tolerance": "tolerance", "steepest": "steepest"}
    draw = partial(
        ceiling_figure,
        CeilingData(
            found.levels,
            found.q95,
            found.q95_off,
            {edges[each.edge]: (span(each.with_beijing), span(each.without_beijing)) for each in found.crowding},
        ),
    )
    sentences = [_slope_told(found), *_crowding_told(found)]
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
    return Section("ceiling", heading, (*blocks, *_delay(judgement)))


def _slope_told(found: Ceiling) -> str:
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


def _crowding_told(found: Ceiling) -> list[str]:
    where = {"tolerance": "just below the tolerance", "steepest": "just below the point of steepest reaction"}
    told = []
    for each in found.crowding:
        verdict = "more crowd there with Beijing" if above_zero(each.excess) else "no crowding can be told"
        told.append(
            f"{where[each.edge].capitalize()} lie {percent(each.with_beijing)} of runs with Beijing and "
            f"{percent(each.without_beijing)} without: {verdict}. The share above it is lower with Beijing by "
            f"{interval(each.missing, 100, 'percentage points')}."
        )
    return told


def _delay(judgement: Judgement) -> list[Block]:
    delay = at_headline(judgement.delay, judgement)
    if delay is None:
        return []
    return [
        Text(
            f"Beijing may delay rather than prevent (claim 9). Up to {until(judgement)}, the first summit comes "
            f"{lower(delay.delay, less='later', more='earlier', scale=1, unit='months')} with Beijing than without, in the "
            f"restricted mean (months to the visit, cut at the date). It has come by then in {percent(delay.happened_on)} of "
            f"runs with Beijing and in {percent(delay.happened_off)} without."
        )
    ]
