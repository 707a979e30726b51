"""Findings of the thesis test as tables for pandas: named as the fields of the JSON are, with columns named as these."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.reporting.lazy import ByName
from sim.reporting.records import Interval, Record, columns, row
from sim.thesis.judgement_base import Effect

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.thesis.judgement import Judgement
    from sim.thesis.judgement_worlds import Diagnosis, Disagreement, Failing, NaiveObserver

Rows = Iterable[dict[str, Any]]
UNKNOWN = Interval(estimate=None, low=None, high=None)


def tables(found: "Judgement") -> "ByName[DataFrame]":
    """Give every section of a judgement as a table, by the name of its field."""
    makers: dict[str, Callable[[Judgement], Rows]] = {
        "verdicts": verdicts,
        "hypotheses": hypotheses,
        "channels": lambda found: by_date(found.channels),
        "punishment": lambda found: dated(found.punishment),
        "tolerance": tolerance,
        "ceiling": lambda found: map(row, found.ceiling.crowding),
        "delay": lambda found: dated(found.delay),
        "attribution": attribution,
        "needs": lambda found: map(row, found.needs),
        "worlds": worlds,
        "fails": lambda found: (line for name, each in found.fails.items() for line in failing(name, each)),
        "matched": lambda found: by_date(found.matched.beside if found.matched else {}),
        "variants": variants,
        "rivals": rivals,
        "diagnosis": lambda found: diagnosis(found.diagnosis),
        "naive": lambda found: naive(found.naive),
        "disagreements": lambda found: (line for each in found.disagreements for line in disagreement(each)),
        "claims": lambda found: map(row, found.claims),
    }
    return ByName("table", {name: partial(frame, make, found) for name, make in makers.items()})


def frame[T](make: Callable[[T], Rows], found: T) -> "DataFrame":
    """Make a table of what was found."""
    from pandas import DataFrame

    return DataFrame(list(make(found)))


def dated(found: Mapping[str, Record]) -> Rows:
    """Rows of what there is one of for each date."""
    return ({"date": date, **row(each)} for date, each in found.items())


def by_date(found: Mapping[str, Mapping[str, Record]]) -> Rows:
    """Rows of what there is one of for each dimension and date."""
    return ({"dimension": name, **line} for name, dates in found.items() for line in dated(dates))


def verdicts(found: "Judgement") -> Rows:
    """Rows of the verdicts in the base world, a row for each dimension and date."""
    units = {each.name: each.unit for each in found.about.dimensions}
    return ({**line, "unit": units[line["dimension"]]} for line in by_date(found.verdicts))


def hypotheses(found: "Judgement") -> Rows:
    """Rows of the hypotheses, a row for each word of each; ``about`` is the dimension, or whatever it is about."""
    return (
        {"name": each.name, "says": each.says, "refuted_by": each.refuted_by, "about": about, "word": word}
        for each in found.hypotheses
        for about, word in each.words.items()
    )


def tolerance(found: "Judgement") -> Rows:
    """Rows of the effect along Beijing's tolerance, a row for each dimension, date and level."""
    for name, dates in found.tolerance.curves.items():
        for date, curve in dates.items():
            for place, level in enumerate(found.tolerance.levels):
                effect = Effect(absolute=curve.absolute[place], relative=curve.relative[place])
                yield {"dimension": name, "date": date, "level": level, "word": curve.words[place], **row(effect)}


def attribution(found: "Judgement") -> Rows:
    """Rows of the limits, a row for each kind of removal, dimension, date and limit or union; of unions only the value."""
    for kind, dimensions in found.attribution.items():
        for line, each in zip(
            by_date(dimensions), (each for dates in dimensions.values() for each in dates.values()), strict=True
        ):
            whole = {"kind": kind, **{name: cell for name, cell in line.items() if not name.startswith("unions_")}}
            yield from ({**whole, **row(limit)} for limit in each.limits)
            yield from ({**whole, "limit": union, **columns("value", value)} for union, value in each.unions.items())


def worlds(found: "Judgement") -> Rows:
    """Rows of the shares of worlds in which each word is given, a row for each measure, dimension and date."""
    return (
        {"measure": sample.measure, **line, "worlds": sample.worlds} for sample in found.worlds for line in by_date(sample.shares)
    )


def failing(dimension: str, found: "Failing") -> Rows:
    """Rows of the boxes in which the cap fails; one with the note alone where there is none."""
    head = {"dimension": dimension, **row(found)}
    none = {"words": "", **columns("coverage", UNKNOWN), **columns("density", UNKNOWN)}
    boxes = [{name: cell for name, cell in row(box).items() if not name.startswith("edges_")} for box in found.boxes]
    return ({**head, **box} for box in boxes or [none])


def variants(found: "Judgement") -> Rows:
    """Rows of the ways of writing the model, a row for each and dimension."""
    for each in found.variants.rows:
        head = each.model_dump(include={"bargaining", "learning", "response", "base"})
        yield from ({**head, "dimension": name, **row(cell)} for name, cell in each.cells.items())


def rivals(found: "Judgement") -> Rows:
    """Rows of the verdicts under rival schools, a row for each and dimension."""
    for each in found.rivals:
        head = {"scenario": each.scenario, "title": each.title}
        tail = columns("months_punished", each.months_punished)
        yield from (
            {**head, "dimension": name, **row(verdict), "leading": each.leading[name], **tail}
            for name, verdict in each.verdicts.items()
        )


def diagnosis(found: "Mapping[str, Diagnosis]") -> Rows:
    """Rows of the events that would tell whether Beijing binds, a row for each dimension and event, most telling first."""
    return ({"dimension": name, **row(event)} for name, each in found.items() for event in each.events)


def naive(found: "NaiveObserver") -> Rows:
    """Rows of what the naive observer concludes, a row for each dimension."""
    return ({"dimension": name, **row(each)} for name, each in found.cases.items())


def disagreement(found: "Disagreement") -> Rows:
    """Rows of what explains a disagreement, a row for each difference and dimension."""
    for each in found.differences:
        head = {"first": found.first, "second": found.second, "difference": each.name}
        says = {"first_says": each.first, "second_says": each.second}
        for name, value in each.value.items():
            parts = {**columns("value", value), **columns("alone", each.alone[name])}
            yield {**head, **says, "dimension": name, **parts, "unit": found.units[name]}
