"""What else limits the tie: is Beijing the main limit, and who needs whom."""

from functools import partial

from sim.plots.intervals import Span
from sim.plots.thesis_limits import Bars, bar_figure, need_figure
from sim.reporting.document import Block, Cell, Figure, Items, Section, Table, Text
from sim.reporting.words import above_zero, below_zero, counted, interval, listed, name, number, share
from sim.thesis.chapters.common import absolute, country, headlined, not_computed, span, title, until
from sim.thesis.judgement import JudgedDimension, Judgement
from sim.thesis.judgement_base import Attribution, LimitValue, Need

BEIJING = ("beijing_threat", "beijing_action")
UNION = "+".join(BEIJING)
NIL = "0 alone stands for less than a thousandth of the smallest effect of interest."
NO_SHORTFALL = "all limits together\ntake away too\nlittle to share out"


def main_limit(judgement: Judgement) -> Section:
    """Shares of all limits in what they take away together, by removal and by relaxation."""
    heading = "Is Beijing the main limit?"
    complete = headlined(judgement, judgement.attribution.get("complete", {}))
    if not complete:
        return not_computed("limits", heading)
    relaxed = headlined(judgement, judgement.attribution.get("relaxed", {}))
    sentences = [_told(dimension, found) for dimension, found in complete]
    blocks: list[Block] = [
        Text(
            f"The model knows {counted(len(complete[0][1].limits), 'limit')} of the tie. Taken away together they add the "
            "*shortfall*: what all of them hold back. Owen values (Owen 1977: Shapley values with the limits that belong "
            "together joined) share the shortfall out, over all orders in which limits can be removed, and sum to it exactly. "
            "Beside the value stand two simpler counts. *Last in* is what is gained when this limit alone is removed and all "
            "others stay; *first in* is what is lost when it alone is in force. Where limits hide behind one another, last-in "
            "can be nil for all of them although together they matter, so no one count is read alone. A value below zero means "
            "that the limit, by being in force, raises the outcome; the shares of the others then come to more than 100%."
        ),
        _figure("limits", complete, until(judgement)),
        Items(tuple(sentences)),
        _table(f"Removal: value of each limit, in the unit of the outcome. {NIL}", complete),
    ]
    if relaxed:
        blocks += [
            Text(
                "To remove a limit altogether is a drastic comparison. The same is done by *relaxation*: each limit goes from "
                "the tight to the loose end of what the evidence allows. A limit that is well known moves little and so gets "
                "little."
            ),
            _figure("limits_relaxed", relaxed, until(judgement), "Relaxation. "),
            _table(f"Relaxation: value of each limit, in the unit of the outcome. {NIL}", relaxed),
        ]
    return Section("limits", heading, (*blocks, Text(_exactness(complete + relaxed))))


def _figure(key: str, found: list[tuple[JudgedDimension, Attribution]], date: str, lead: str = "") -> Figure:
    columns = [_bars(dimension, attribution) for dimension, attribution in found]
    order = [_label(limit) for limit in _order(found)]
    draw = partial(bar_figure, columns, order, [_label(limit) for limit in BEIJING], "share of the shortfall")
    caption = (
        f"{lead}What each limit accounts for by {date}, as a share of the shortfall of each dimension (bars, with 95% "
        "intervals; hatched where below zero: the limit raises the outcome). Circles: last in. Ticks: first in. An arrow "
        "stands for a mark beyond the axis."
    )
    alt = f"{lead}Signed bars of the shares of limits, by dimension; the table below has the numbers."
    return Figure(key, draw, caption, alt)


def _bars(dimension: JudgedDimension, found: Attribution) -> Bars:
    whole = found.shortfall.estimate
    usable = whole and any(each.share is not None for each in found.limits)
    if not usable or not whole:
        return Bars(title(dimension.name), {}, {"last in": {}, "first in": {}}, note=NO_SHORTFALL)
    marks: dict[str, dict[str, float]] = {"last in": {}, "first in": {}}
    values = {}
    for each in found.limits:
        label = _label(each.limit)
        value = span(each.value)
        low, high = sorted((value.low / whole, value.high / whole))
        values[label] = value._replace(value=value.value / whole, low=low, high=high)
        marks["last in"][label] = span(each.last_in).value / whole
        marks["first in"][label] = span(each.first_in).value / whole
    return Bars(title(dimension.name), values, marks)


def _order(found: list[tuple[JudgedDimension, Attribution]]) -> list[str]:
    """Beijing's limits on top, then the others by their mean share over the dimensions."""
    total: dict[str, float] = {}
    for _, attribution in found:
        for each in attribution.limits:
            total[each.limit] = total.get(each.limit, 0.0) + abs(each.share or 0.0)
    return sorted(total, key=lambda limit: (limit not in BEIJING, limit != BEIJING[0], -total[limit]))


def _label(limit: str) -> str:
    text = name(limit)
    return text[:1].upper() + text[1:]


def _told(dimension: JudgedDimension, found: Attribution) -> str:
    if all(each.share is None for each in found.limits):
        return (
            f"**{title(dimension.name)}**: all limits together take away {absolute(found.shortfall, dimension)}, less than the "
            "smallest effect of interest, so there is nothing to share out."
        )
    first, *rest = found.limits
    others = listed([f"{name(each.limit)} ({share(each.share)})" for each in rest[:2]])
    then = f", then come {others}" if others else ""
    text = (
        f"**{title(dimension.name)}**: all limits together take away {absolute(found.shortfall, dimension)}. The largest part "
        f"falls to {name(first.limit)} ({share(first.share)}){then}."
    )
    together = found.unions.get(UNION)
    if together is None or found.rival is None:
        return text
    if above_zero(found.ahead):
        where = f"ahead of {name(found.rival)}: Beijing is the main limit"
    elif below_zero(found.ahead):
        where = f"behind {name(found.rival)}: Beijing is not the main limit"
    else:
        where = f"not to be told apart from {name(found.rival)}"
    return f"{text} Beijing's threat and deeds together account for {absolute(together, dimension)}, {where}."


def _table(caption: str, found: list[tuple[JudgedDimension, Attribution]]) -> Table:
    values: dict[str, dict[str, LimitValue]] = {
        dimension.name: {each.limit: each for each in attribution.limits} for dimension, attribution in found
    }
    rows: list[tuple[Cell, ...]] = [
        (_label(limit), *(_value(values[dimension.name].get(limit), dimension) for dimension, _ in found))
        for limit in _order(found)
    ]
    rows.append(("**All: the shortfall**", *(interval(attribution.shortfall) for _, attribution in found)))
    columns = ("limit", *(f"{title(dimension.name)}, {dimension.unit}" for dimension, _ in found))
    return Table(caption, columns, tuple(rows), "l" + "r" * len(found))


def _value(found: LimitValue | None, dimension: JudgedDimension) -> str:
    return "" if found is None else interval(found.value, least=dimension.delta_abs / 1000)


def _exactness(found: list[tuple[JudgedDimension, Attribution]]) -> str:
    residual = max(attribution.residual for _, attribution in found)
    first = found[0][1]
    how = (
        f"all {first.sets:,} sets of limits that the values need were simulated"
        if first.exact
        else f"orders of removal were sampled, {first.sets:,} sets in all, and the errors count that"
    )
    return (
        f"How the values come about: {how}, each with {first.runs:,} runs on common draws. Over all runs the values sum to the "
        f"shortfall within {residual:.0e}."
    )


def needs(judgement: Judgement) -> Section:
    """What each partner loses with each of its ties cut: a premise of the article, shown and never scored."""
    heading = "Who needs whom?"
    if not judgement.needs:
        return not_computed("needs", heading)
    losses: dict[str, dict[str, Span]] = {}
    months = max((date.month for date in judgement.about.dates), default=1)
    for need in sorted(judgement.needs, key=_partners_first):
        found = span(need.loss)
        losses.setdefault(name(need.country).title(), {})[name(need.partner).title()] = found._replace(
            value=found.value / months, low=found.low / months, high=found.high / months
        )
    draw = partial(need_figure, losses, "million USD a month")
    sentences = _need_told(judgement)
    blocks: list[Block] = [
        Text(
            "The article takes it as given that each partner needs China more than the other. The model can be asked: all "
            "lanes between two countries, or their partnership, are cut, and each loses welfare by the formula of its role. "
            "This is a *premise*. It is shown, and is never counted for the cap: a partner may need China and still not be "
            "held back by it."
        ),
        Figure(
            "needs",
            draw,
            "Welfare lost when a tie is cut, mean per month to the last date, with 95% intervals.",
            "Losses of welfare by pair; the list below names the largest.",
        ),
        Items(tuple(sentences)),
        Text(
            "Welfare is counted in money by a stated formula (docs/odd.md). What a government values beyond that formula is "
            "not in it."
        ),
    ]
    return Section("needs", heading, tuple(blocks))


def _need_told(judgement: Judgement) -> list[str]:
    told = []
    ordered = sorted(judgement.needs, key=_partners_first)
    for who in dict.fromkeys(need.country for need in ordered):
        losses = [f"{country(need.partner)} ({number(need.per_month)})" for need in ordered if need.country == who]
        then = f", then {listed(losses[1:3])}" if losses[1:] else ""
        text = country(who)
        told.append(f"{text[:1].upper()}{text[1:]} loses most without {losses[0]}{then}; in million USD a month.")
    return told


def _partners_first(need: Need) -> tuple[bool, str, int]:
    """The two partners before all others, and for each country its dearest loss first."""
    return need.role not in ("belligerent", "supplier"), need.country, need.rank
