"""From arrays of estimates to records, and from records to what every chapter says and draws."""

from calendar import month_name
from collections.abc import Callable, Mapping
from math import inf, nan

import numpy as np

from sim.numerals import number, share
from sim.plots.intervals import Span
from sim.reporting.document import Section, Text
from sim.reporting.intervals import Estimate
from sim.reporting.records import Interval
from sim.reporting.words import after, interval, lower
from sim.thesis.problem import Problem
from sim.thesis.question import Findings
from sim.thesis.statistics.effects import Effect as Paired
from sim.thesis.terms import Effect, JudgedDimension, MeanEffect, Verdict

BEST_TO_WORST = ("holds", "undecided", "fails", "reversed")
NOT_COMPUTED = "This part was not computed."


def finite(value: float | np.floating) -> float | None:
    """A finite number, or None."""
    return float(value) if np.isfinite(value) else None


def bounded(value: float, low: float, high: float) -> Interval:
    """An interval whose unknown or infinite parts are null."""
    return Interval(estimate=finite(value), low=finite(low), high=finite(high))


def of(estimate: Estimate, *place: int) -> Interval:
    """One element of an estimate."""
    value, _, low, high = (np.asarray(part)[place] for part in estimate)
    return bounded(value, low, high)


def absolute_of(found: Paired, *place: int) -> Interval:
    """Absolute effect at a place of its shape."""
    return bounded(found.absolute[place], found.absolute_low[place], found.absolute_high[place])


def relative_of(found: Paired, *place: int) -> Interval | None:
    """Relative effect at a place; None where there is none."""
    if np.isnan(found.relative[place]):
        return None
    return bounded(found.relative[place], found.relative_low[place], found.relative_high[place])


def by_dimension[T](problem: Problem, make: Callable[[int, int], T]) -> dict[str, dict[str, T]]:
    """A table by dimension and date, made from the positions of the date and of the dimension."""
    return {
        dimension: {date: make(at, place) for at, date in enumerate(problem.dates)}
        for place, dimension in enumerate(problem.dimensions)
    }


def span(found: Interval | None) -> Span:
    """An interval as a figure takes it: unknown is nan, an open side infinite."""
    if found is None or found.estimate is None:
        return Span(nan, nan, nan)
    return Span(found.estimate, -inf if found.low is None else found.low, inf if found.high is None else found.high)


def title(name: str) -> str:
    """Name of a dimension as a heading."""
    return name.replace("_", " ").capitalize()


def country(name: str) -> str:
    """Name of a country as in a sentence."""
    return f"{'the ' if name.startswith('united_') else ''}{name.replace('_', ' ').title()}"


def at_headline[T](by_date: Mapping[str, T] | None, judgement: Findings) -> T | None:
    """What stands at the headline date, or None."""
    return (by_date or {}).get(judgement.about.headline)


def headlined[T](judgement: Findings, of: Mapping[str, Mapping[str, T]]) -> list[tuple[JudgedDimension, T]]:
    """Dimensions, in the order declared, with what stands for each at the headline date; others are left out."""
    found = ((dimension, at_headline(of.get(dimension.name), judgement)) for dimension in judgement.about.dimensions)
    return [(dimension, each) for dimension, each in found if each is not None]


def long_date(date: str) -> str:
    """``2028-07`` as July 2028."""
    year, month = date.split("-")[:2]
    return f"{month_name[int(month)]}\u00a0{year}"  # never broken over two lines


def until(judgement: Findings) -> str:
    """The headline date in words: July 2028 (month 60)."""
    for each in judgement.about.dates:
        if each.date == judgement.about.headline:
            return f"{long_date(each.date)} (month {each.month})"
    return long_date(judgement.about.headline)


def how_much_lower(found: Verdict | Effect, dimension: JudgedDimension) -> str:
    """The relative effect in words, or the absolute one where there is nothing to be a share of."""
    if found.relative is not None and found.relative.estimate is not None:
        return lower(found.relative)
    return lower(found.absolute, scale=1, unit=dimension.unit)


def point_effect(found: MeanEffect | Verdict, dimension: JudgedDimension) -> str:
    """The point estimate alone: as a percentage, or in the unit of the outcome where there is nothing to be a share of.

    Below zero it says *more*: the outcome is larger with Beijing than without.
    """
    relative = found.relative.estimate if found.relative is not None else None
    value = found.absolute.estimate if relative is None else relative
    size = value if value is None else abs(value)
    text = number(size) + after(dimension.unit) if relative is None else share(size)
    return f"{text} more" if value is not None and value < 0 else text


def in_unit(found: Interval | None, dimension: JudgedDimension) -> str:
    """An effect in the unit of its dimension."""
    return interval(found, unit=dimension.unit)


def not_computed(key: str, heading: str) -> Section:
    """A section that says that there is nothing."""
    return Section(key, heading, (Text(NOT_COMPUTED),))
