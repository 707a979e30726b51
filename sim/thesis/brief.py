"""The answer on two pages, in words that need no explanation: how likely, how large, since when, and what would change it.

It says what the record says of the claim (`sim.inference.answer`), and nothing of the technical report that follows it.
"""

import re
from collections.abc import Sequence
from functools import partial
from itertools import groupby

from sim.evidence.series import SERIES
from sim.inference.answer import Answer, Believed, Forecast, Month, Move, SchoolWeight, Seen, Watched
from sim.numerals import number
from sim.plots.intervals import Span
from sim.plots.thesis_record import BeforeAfter, FanPanel, Point, before_after, record_fans, verdict_moves
from sim.reporting.document import Block, Figure, Items, Section, Table, Text, bare, plain
from sim.reporting.records import Record
from sim.reporting.words import capital, counted, listed
from sim.runs.datasets import date_of
from sim.thesis.estimates import long_date
from sim.thesis.in_short import SURE, chance, good, how_large, in_short, smallest
from sim.thesis.sightings import THOUSAND, amount, away, between, on_record, seen

NO_BREAK = "\u00a0"
PANELS, MISSES, EVENTS = 6, 4, 3
FEWEST = 2  # figures of a series that is shown
SCHOOLS = {  # what each says, after its name
    "school_bystander": "which has the levers and never pulls them",
    "school_beneficiary": "which gains from shells and minds technology and show alone",
    "school_reluctant_patron": "which needs shells and no ally",
    "school_ceiling": "which the partners fear",
    "school_hedger": "which takes from both",
}
LAST = "it is the last date, so that what is only delayed does not count"
CHOSEN = "it was chosen before any run"
CLAIM = "school_ceiling"  # the school that says what the article says
NO_RIVALS = (
    "These weights compare fixed portraits with each other alone. The chances above leave open what moves Beijing, "
    "and so need not agree with them."
)
FIRST = ("PRK_RUS_shells_cum", "PRK_RUS_troops", "RUS_PRK_refined_oil")  # series of what is judged
FULL_FORCE = "Full force is the most that a country could do by a measure; percentages of a measure are shares of that."
BY_COMMAND = "The months, the groups of figures and the schools are had by"


class Told(Record):
    """A section of the two pages, as plain sentences."""

    title: str
    sentences: list[str]


def told(sections: Sequence[Section]) -> list[Told]:
    """The sections as plain data."""
    return [Told(title=bare(each.title), sentences=[bare(line) for line in _lines(each)]) for each in sections]


def _lines(section: Section) -> list[str]:
    lines: list[str] = []
    for block in section.blocks:
        match block:
            case Text(text):
                lines.append(text)
            case Items(items):
                lines += items
            case _:
                pass
    return lines


def pages(answer: Answer, headline: str) -> tuple[Section, ...]:
    """The six sections of the two pages, as far as they were asked for.

    Parameters
    ----------
    answer : Answer
        What the record says.
    headline : str
        Date that stands for the others; the last that the answer has, where it has not this one.
    """
    dates = list(dict.fromkeys(row.date for row in answer.headline))
    date = headline if headline in dates else dates[-1]
    at = [row for row in answer.headline if row.date == date]
    parts = (_answer(answer, at), _beside(answer), _before_after(answer, at, dates), _moved(answer), _watch(answer, at))
    return (*parts, *_history(answer))


# --- The answer ------------------------------------------------------------------------------------------------------------


def _answer(answer: Answer, at: Sequence[Believed]) -> Section:
    return Section("answer", "The answer", (Text(in_short(answer, at), "lead"),))


# --- The model beside the record ----------------------------------------------------------------------------------------------


def is_hit(row: Seen) -> bool:
    """Whether the range on record and nine tenths of the model's runs have anything in common."""
    above = row.high is None or row.high >= row.posterior_q05
    return above and (row.low is None or row.low <= row.posterior_q95)


def _beside(answer: Answer) -> Section:
    misses = [row for row in answer.record if not is_hit(row)]
    hits = len(answer.record) - len(misses)
    blocks: list[Block] = [
        Text(
            f"The model was held against {counted(len(answer.record), 'figure')} known by {_when(answer.about.vintage)}. "
            f"In {hits:,} cases the range on record overlaps that of nine runs in ten. "
            "The model has learned from the same figures, so this is no test of its forecasts. "
            + ("It misses none." if not misses else f"It misses {len(misses):,}. The largest misses are:")
        )
    ]
    if misses:
        blocks.append(Items(tuple(_missed(row, answer.about.start) for row in sorted(misses, key=_away, reverse=True)[:MISSES])))
    panels = fans(answer)
    if panels:
        caption = "Left: the record beside the model. Right, maybe on its own scale: what the model expects. A cross is a miss."
        alt = "Series of the record beside what the model says."
        blocks.append(Figure("record", partial(record_fans, panels), caption, alt))
    return Section("beside", "The model beside the record", tuple(blocks))


def _when(vintage: str) -> str:
    return long_date(vintage) if "-" in vintage else vintage


def _away(row: Seen) -> float:
    return away(row, row.posterior_q05, row.posterior_q95)


def _missed(row: Seen, start: str) -> str:
    what = capital(_title(row.series))
    if row.kind == "first":
        seen, model = (
            between(*(long_date(date_of(round(month), start)) for month in ends if month is not None))
            for ends in ((row.low or row.high, row.high or row.low), (row.posterior_q05, row.posterior_q95))
        )
        return f"{what}: begun in {seen} on record, in {model} in the model."
    model = between(amount(row.posterior_q05, row.unit), amount(row.posterior_q95, row.unit))
    unit = "" if row.unit == "share" else f" {plain(_a_month(row.unit.removeprefix(THOUSAND)))}"
    return f"{what}, {long_date(row.date)}: {on_record(row)}{unit} on record, {model} in the model."


def _title(series: str) -> str:
    return SERIES[series].title if series in SERIES else plain(series)


def fans(answer: Answer) -> list[FanPanel]:
    """Series of what is judged, then those with most figures, each with its figures and what is to come."""
    by_series: dict[str, list[Seen]] = {}
    for row in answer.record:
        if row.kind != "first":  # a month, and no amount
            by_series.setdefault(row.series, []).append(row)
    enough = [(name, rows) for name, rows in by_series.items() if len(rows) >= FEWEST]
    most = [rows for _, rows in sorted(enough, key=lambda each: (each[0] not in FIRST, -len(each[1])))][:PANELS]
    return [
        FanPanel(capital(_title(rows[0].series)), _a_month(rows[0].unit), [_point(row) for row in rows], _ahead(answer, rows))
        for rows in most
    ]


def _a_month(unit: str) -> str:
    return unit.replace("/month", " a month")


def _point(row: Seen) -> Point:
    model = Span(row.posterior_q50, row.posterior_q05, row.posterior_q95)
    return Point(row.date, row.low, row.high, model, is_hit(row))


def _ahead(answer: Answer, rows: Sequence[Seen]) -> dict[str, tuple[float, float, float, float, float]]:
    def quantiles(row: Forecast) -> tuple[float, float, float, float, float]:
        return row.q05, row.q25, row.q50, row.q75, row.q95

    return {row.date: quantiles(row) for row in answer.forecasts if row.series == rows[0].series}


# --- Before and after ---------------------------------------------------------------------------------------------------------


def _before_after(answer: Answer, at: Sequence[Believed], dates: Sequence[str]) -> Section:
    shown = {capital(good(row.outcome)): BeforeAfter(row.prior, Span(row.posterior, row.low, row.high)) for row in at}
    last = at[0].date
    reason = LAST if last == dates[-1] else CHOSEN
    rows = tuple(
        (
            capital(good(row.outcome)),
            chance(row.prior),
            f"{chance(row.posterior)}\u00a0±\u00a0{chance(row.error).replace(' ', NO_BREAK)}",
            between(chance(row.low), chance(row.high)),
            "not known" if row.effect is None else how_large(row.effect),
            *(_at(answer, row.outcome, date) for date in dates if date != last),
        )
        for row in at
    )
    others = tuple(f"after it, judged in {long_date(date)}" for date in dates if date != last)
    columns = ("", "before the record", "after it", "on other assumptions", "on average", *others)
    caption = f"Chance that Beijing holds each down by more than {smallest(answer)} by {long_date(last)}."
    blocks: tuple[Block, ...] = (
        Text(
            f"Each is judged at every date. {long_date(last)} stands for the others: {reason}. "
            "Open dealings are the part of their cooperation that Moscow and Pyongyang show in public. "
            "Lower means: than if Beijing stood aside. Averages are means over the runs of the model. "
            f"A mean can exceed {smallest(answer)} while the chance is below half, since some runs have a large effect. "
            "The ± comes from the number of runs alone. The range is what the chance would be on other assumptions about Beijing "
            "and the partners."
        ),
        Table(caption, columns, rows, "lrrrl" + "r" * len(others)),
        Figure(
            "before_after",
            partial(before_after, shown, f"more than {smallest(answer)}"),
            caption,
            "The chances of the table above, with their ranges.",
        ),
    )
    return Section("before-after", "Before the record and after it", blocks)


def _at(answer: Answer, outcome: str, date: str) -> str:
    found = [row.posterior for row in answer.headline if (row.outcome, row.date) == (outcome, date)]
    return chance(found[0]) if found else "not asked"


# --- How the verdict moved -----------------------------------------------------------------------------------------------------


def _moved(answer: Answer) -> Section:
    blocks: list[Block] = []
    by_month: dict[str, list[Move]] = {}
    for move in sorted(answer.moves or (), key=lambda move: -abs(move.change)):
        if abs(move.change) > SURE * move.error:
            by_month.setdefault(move.until, []).append(move)
    months_told = [_month(moves, answer.record) for moves in list(by_month.values())[:EVENTS]]
    if months_told:
        blocks.append(Text("What moved the chances most, month by month. Figures of the same month cannot be told apart."))
        blocks.append(Items(tuple(months_told)))
    elif answer.moves:
        blocks.append(Text("No month moved a chance by more than twice the error of its computation."))
    if answer.schools:
        first, *rest = sorted(answer.schools, key=lambda school: -school.weight)
        text = (
            f"Of {counted(len(answer.schools), 'school')} of thought, the record favours {_school_said(first)}: "
            f"{chance(first.weight)} ({between(chance(first.low), chance(first.high))})."
        )
        text += f" The next is {_school_said(rest[0])}: {chance(rest[0].weight)}." if rest else ""
        own = [
            f" “{_school(each.title)}”, the claim itself, has {chance(each.weight)}." for each in rest[1:] if each.school == CLAIM
        ]
        blocks.append(Text("".join([text, *own, f" {NO_RIVALS}"])))
    months = {
        capital(good(name)): {row.until: _with_error(row) for row in rows}
        for name, rows in groupby(sorted(_last_months(answer), key=lambda row: row.outcome), key=lambda row: row.outcome)
    }
    schools = {_school(each.title): Span(each.weight, each.low, each.high) for each in answer.schools or ()}
    if months or schools:
        by = long_date(max(row.date for row in answer.headline))
        caption = (
            f"Left: the chance by {by}, had the record ended in that month, and twice the error of its computation. "
            "Right: how likely each school is by the record."
        )
        blocks.append(
            Figure("moved", partial(verdict_moves, months, schools, by), caption, "Chances by month, and weights of the schools.")
        )
    if answer.months is None or answer.schools is None:
        blocks.append(Text(f"{BY_COMMAND} `{_all(answer)}`."))
    return Section("moved", "How the verdict moved", tuple(blocks))


def _with_error(month: Month) -> Span:
    reach = SURE * month.error
    return Span(month.posterior, max(month.posterior - reach, 0.0), min(month.posterior + reach, 1.0))


def _all(answer: Answer) -> str:
    return f"run_sim.py infer {answer.about.scenario} --all"


def _last_months(answer: Answer) -> list[Month]:
    last = max((row.date for row in answer.months or ()), default="")
    return [row for row in answer.months or () if row.date == last]


def _month(moves: Sequence[Move], record: Sequence[Seen]) -> str:
    """What came in during a month, and what that moved, by the way it went."""
    parts = []
    for way, went in (
        ("fell", [move for move in moves if move.change < 0]),
        ("rose", [move for move in moves if move.change > 0]),
    ):
        if went:
            goods = [f"{good(move.outcome)} by {_points(move.change)}" for move in went]
            parts.append(f"The chance {way} for {listed(goods)}.")
    return " ".join([f"**{long_date(moves[0].until)}**: {capital(seen(moves[0], record))}", *parts])


def _points(change: float) -> str:
    size = number(100 * abs(change), 0)
    return f"{size} {'point' if size == '1' else 'points'}"


def _school_said(school: SchoolWeight) -> str:
    says = SCHOOLS.get(school.school)
    return f"“{_school(school.title)}”, {says}" if says else f"“{_school(school.title)}”"


def _school(title: str) -> str:
    return plain(title.removeprefix("School: "))


# --- What to watch next, and one history ---------------------------------------------------------------------------------------


def _watch(answer: Answer, at: Sequence[Believed]) -> Section:
    chances = {row.outcome: row.posterior for row in at}
    most: dict[str, Watched] = {}
    for event in answer.watch:
        most.setdefault(event.event, event)
    items = tuple(_event(event, chances) for event in list(most.values())[:EVENTS])
    blocks: tuple[Block, ...] = (
        (Text("Anyone can see whether these happen:"), Items(items))
        if items
        else (Text("No event that was thought of would move the chances by more than the error of the computation."),)
    )
    return Section("watch", "What to watch next", blocks)


def _event(event: Watched, chances: dict[str, float]) -> str:
    now = f" By the record so far it is {chance(chances[event.outcome])}." if event.outcome in chances else ""
    return (
        f"**{capital(plain(event.says))}** ({chance(event.chance)} likely by {long_date(event.by)}). The chance for "
        f"{good(event.outcome)} would be {chance(event.if_seen)} with it and {chance(event.if_not)} without it.{now}"
    )


def _history(answer: Answer) -> tuple[Section, ...]:
    if not answer.history:
        return ()
    lines = tuple(f"**{long_date(line[:7])}**: {_in_sentences(plain(line[9:]))}" for line in answer.history)
    text = (
        "**Simulated, and not what happened.** The model goes through a course of events that is neither rare nor extreme. "
        "Summits and the treaty fall in their months; the rest agrees with the record only roughly."
    )
    if any("full force" in line for line in lines):
        text += f" {FULL_FORCE}"
    return (Section("history", "One history, told", (Text(text), Items(lines))),)


def _in_sentences(line: str) -> str:
    """What happened in a month, a sentence for each thing; from where a measure moved may be a month that is not told."""
    return ". ".join(capital(re.sub(r", from [\d.,]+% to ", " to ", part)) for part in line.split("; "))
