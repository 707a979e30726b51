"""What several chapters share: intervals for figures, titles of dimensions, and what is told at the headline date."""

from calendar import month_name
from collections.abc import Mapping
from math import inf, nan

from sim.plots.intervals import Span
from sim.reporting.document import Section, Text
from sim.reporting.records import Interval
from sim.reporting.words import interval, lower
from sim.thesis.judgement import JudgedDimension, Judgement
from sim.thesis.judgement_base import Effect, Verdict

BEST_TO_WORST = ("holds", "undecided", "fails", "reversed")
NOT_COMPUTED = "This part was not computed."


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


def at_headline[T](by_date: Mapping[str, T] | None, judgement: Judgement) -> T | None:
    """What stands at the headline date, or None."""
    return (by_date or {}).get(judgement.about.headline)


def headlined[T](judgement: Judgement, of: Mapping[str, Mapping[str, T]]) -> list[tuple[JudgedDimension, T]]:
    """Dimensions, in the order declared, with what stands for each at the headline date; others are left out."""
    found = ((dimension, at_headline(of.get(dimension.name), judgement)) for dimension in judgement.about.dimensions)
    return [(dimension, each) for dimension, each in found if each is not None]


def long_date(date: str) -> str:
    """``2028-07`` as July 2028."""
    year, month = date.split("-")[:2]
    return f"{month_name[int(month)]}\u00a0{year}"  # never broken over two lines


def until(judgement: Judgement) -> str:
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


def absolute(found: Interval | None, dimension: JudgedDimension) -> str:
    """An effect in the unit of its dimension."""
    return interval(found, unit=dimension.unit)


def not_computed(key: str, heading: str) -> Section:
    """A section that says that there is nothing."""
    return Section(key, heading, (Text(NOT_COMPUTED),))
