"""Is Beijing the main limit? What all limits together hold back, shared out among them."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from sim.arrays import Array
from sim.experiments.arms import Tick, arms, ensemble
from sim.numerals import number, share
from sim.plots.thesis_limits import Bars, bar_figure
from sim.reporting.document import Block, Cell, Figure, Items, Section, Table, Text
from sim.reporting.intervals import mean
from sim.reporting.records import Interval, Record, columns, row
from sim.reporting.tables import Rows, by_date
from sim.reporting.words import above_zero, below_zero, capital, counted, interval, listed, name
from sim.thesis.estimates import by_dimension, headlined, in_unit, not_computed, of, span, title, until
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Make, Question, Stages
from sim.thesis.sampling import Arrays, common_of
from sim.thesis.statistics.attribution import Attribution as Values
from sim.thesis.statistics.attribution import Plan, attribute, plan, sampled_plan
from sim.thesis.statistics.words import PartWord
from sim.thesis.terms import Date, Dimension, JudgedDimension, Kind, above

BEIJING = ("beijing_threat", "beijing_action")
OWN = ("beijing", *BEIJING)
UNION = "+".join(BEIJING)
NIL = "0 alone stands for less than a thousandth of the smallest effect of interest; a limit that is 0 throughout is left out."
NO_SHORTFALL = "too small to split"
OUTWEIGHS = 2.0  # a part so many times the whole shows that the parts cancel: shares of what is left then mean nothing


def attribution_plan(problem: Problem, limits: Sequence[str]) -> Plan:
    """Which sets of limits are simulated within the budget."""
    orders = problem.budget.attribution_orders
    unions = problem.declaration.attribution.unions
    seed = problem.declaration.seeds.confirmation
    return sampled_plan(limits, unions, orders=orders, seed=seed) if orders else plan(limits, unions, seed=seed)


def removed(problem: Problem, tick: Tick) -> Arrays:
    """Outcomes with sets of limits removed: `values` (set, date, outcome, run)."""
    made = attribution_plan(problem, problem.declaration.attribution.limits)
    runs = problem.budget.attribution_runs
    out = arms(*made.sets, axes=1)
    found = ensemble(
        problem.base,
        (len(made.masks), runs),
        keys=np.arange(runs),
        knockouts=out,
        tick=tick,
        **common_of(problem, problem.outcomes),
    )
    return {"values": np.moveaxis(found.outcomes, 2, 0)}


def relaxed(problem: Problem, tick: Tick) -> Arrays:
    """Outcomes with sets of limits at the loose end of their evidence, the others at the tight end; as `removed`."""
    sets = attribution_plan(problem, tuple(problem.relaxed)).sets
    runs = problem.budget.attribution_runs
    values: Arrays = {}
    for limit, (tight, loose) in problem.relaxed.items():
        out = np.array([limit in each for each in sets])
        values |= {address: np.where(out, loose[address], tight[address])[:, None] for address in tight}
    found = ensemble(
        problem.base,
        (len(sets), runs),
        keys=np.arange(runs),
        values=values,
        tick=tick,
        **common_of(problem, problem.outcomes),
    )
    return {"values": np.moveaxis(found.outcomes, 2, 0)}


class LimitValue(Record):
    """What one limit accounts for."""

    limit: str
    value: Interval
    """Owen value: its part of the shortfall."""
    share: float | None
    """Value over the shortfall; null where that is below the smallest effect of interest, or outweighed by a part of it."""
    last_in: Interval
    """Gain from removing it alone, all others in force."""
    first_in: Interval
    """Loss from having it alone in force."""


class Attribution(Record):
    """The shortfall of one dimension to one date, shared out among the limits."""

    limits: list[LimitValue]
    """By value, largest first."""
    unions: dict[str, Interval]
    """Values of limits that belong together, such as `beijing_threat+beijing_action`."""
    shortfall: Interval
    """Outcome without any limit less that with all."""
    rival: str | None
    """Strongest limit, or union, other than Beijing's; null where Beijing, or a rival, is not among the limits."""
    ahead: Interval | None
    """Value of Beijing's limits together less that of the rival: Beijing is the main limit where all of it lies above zero."""
    residual: float
    """Largest distance, over runs, between the sum of the values and the shortfall."""
    exact: bool
    """Whether every set was simulated; otherwise orders of removal were sampled."""
    sets: int
    runs: int


class Part(Record):
    """What a judgement holds of it."""

    attribution: dict[Kind, dict[Dimension, dict[Date, Attribution]]]
    """`complete`: limits removed. `relaxed`: each moved from the tight to the loose end of its evidence."""


def stages(problem: Problem) -> dict[str, Make]:
    """Limits removed, and relaxed where the declaration says how."""
    return {"attribution": removed, **({"relaxation": relaxed} if problem.relaxed else {})}


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find what each limit accounts for."""
    found_values: dict[Kind, dict[Dimension, dict[Date, Attribution]]] = {
        "complete": share_out(problem, problem.declaration.attribution.limits, done["attribution"]["values"])
    }
    if problem.relaxed:
        found_values["relaxed"] = share_out(problem, tuple(problem.relaxed), done["relaxation"]["values"])
    return Part(attribution=found_values)


def share_out(problem: Problem, limits: Sequence[str], values: Array) -> dict[str, dict[str, Attribution]]:
    """Owen values from the outcomes of sets of limits, shape (set, date, dimension, run)."""
    made = attribution_plan(problem, limits)
    found = attribute(made, values)
    own = [name for name in limits if name in OWN]
    unions = {"+".join(limits[i] for i in union): found.of([limits[i] for i in union]) for union in made.unions if len(union) > 1}
    alone = not own or all(set(union) & {limits.index(name) for name in own} for union in made.unions)
    rival, ahead = (None, None) if alone else found.lead(own)
    shortfall = mean(found.shortfall)

    def make(at: int, place: int) -> Attribution:
        whole = float(shortfall.value[at, place])
        split = can_be_split(whole, found.value.value[:, at, place], problem.delta_abs[place])
        order = np.argsort(-found.value.value[:, at, place], kind="stable").tolist()
        return Attribution(
            limits=[_limit(found, limits, i, (at, place), whole if split else None) for i in order],
            unions={name: of(value, at, place) for name, value in unions.items()},
            shortfall=of(shortfall, at, place),
            rival=None if rival is None else str(rival[at, place]),
            ahead=None if ahead is None else of(ahead, at, place),
            residual=float(np.abs(found.per_run[:, at, place].sum(axis=0) - found.shortfall[at, place]).max()),
            exact=made.orders is None,
            sets=len(made.masks),
            runs=values.shape[-1],
        )

    return by_dimension(problem, make)


def can_be_split(shortfall: float, parts: Array, smallest: float) -> bool:
    """Whether shares of a shortfall mean anything: it counts, and is no small rest of large parts that cancel."""
    return bool(shortfall > max(smallest, 0.0) and np.abs(parts).max() <= OUTWEIGHS * shortfall)


def _limit(found: Values, limits: Sequence[str], i: int, place: tuple[int, int], whole: float | None) -> LimitValue:
    return LimitValue(
        limit=limits[i],
        value=of(found.value, i, *place),
        share=None if whole is None else float(found.value.value[(i, *place)]) / whole,
        last_in=of(found.last_in, i, *place),
        first_in=of(found.first_in, i, *place),
    )


def words(problem: Problem, done: Stages, findings: Findings) -> dict[str, PartWord]:
    """Whether Beijing's limits account for more than the strongest other."""
    return {name: above(dates[problem.headline].ahead) for name, dates in findings.attribution["complete"].items()}


def rows(findings: Findings) -> Rows:
    """Rows of the limits, a row for each kind of removal, dimension, date and limit or union; of unions only the value."""
    for kind, dimensions in findings.attribution.items():
        for line, each in zip(
            by_date(dimensions), (each for dates in dimensions.values() for each in dates.values()), strict=True
        ):
            whole = {"kind": kind, **{name: cell for name, cell in line.items() if not name.startswith("unions_")}}
            yield from ({**whole, **row(limit)} for limit in each.limits)
            yield from ({**whole, "limit": union, **columns("value", value)} for union, value in each.unions.items())


def chapter(judgement: Findings) -> Section:
    """Shares of all limits in what they take away together, by removal and by relaxation."""
    heading = "Is Beijing the main limit?"
    complete = headlined(judgement, judgement.attribution.get("complete", {}))
    if not complete:
        return not_computed("limits", heading)
    relaxed = headlined(judgement, judgement.attribution.get("relaxed", {}))
    sentences = [_sentence(dimension, found) for dimension, found in complete]
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
    order = [capital(name(limit)) for limit in _order(found)]
    draw = partial(bar_figure, columns, order, [capital(name(limit)) for limit in BEIJING], "share of the shortfall")
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
        label = capital(name(each.limit))
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


def _sentence(dimension: JudgedDimension, found: Attribution) -> str:
    if all(each.share is None for each in found.limits):
        return (
            f"**{title(dimension.name)}**: all limits together take away {in_unit(found.shortfall, dimension)}. That is too "
            "small to split: it is below the smallest effect of interest, or small beside the limits' own parts."
        )
    first, *rest = found.limits
    others = listed([f"{name(each.limit)} ({share(each.share)})" for each in rest[:2]])
    then = f", then come {others}" if others else ""
    text = (
        f"**{title(dimension.name)}**: all limits together take away {in_unit(found.shortfall, dimension)}. The largest part "
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
    return f"{text} Beijing's threat and deeds together account for {in_unit(together, dimension)}, {where}."


def _table(caption: str, found: list[tuple[JudgedDimension, Attribution]]) -> Table:
    values: dict[str, dict[str, LimitValue]] = {
        dimension.name: {each.limit: each for each in attribution.limits} for dimension, attribution in found
    }
    rows: list[tuple[Cell, ...]] = [
        (capital(name(limit)), *(_value(values[dimension.name].get(limit), dimension) for dimension, _ in found))
        for limit in _order(found)
    ]
    rows = [row for row in rows if any(cell not in ("", "0") for cell in row[1:])]  # what takes nothing away anywhere
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
        f"shortfall within {number(residual, figures=1)}."
    )


QUESTION = Question(
    part=Part,
    find=find,
    stages=stages,
    simulated={
        "attribution": "sets of limits removed, on common draws: values of the limits",
        "relaxation": "sets of limits relaxed, on common draws: values of the limits",
    },
    test="main_limit",
    words=words,
    chapter=chapter,
    tables={"attribution": rows},
)
