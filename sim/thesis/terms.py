"""Terms that several parts of the thesis test share."""

from math import inf
from typing import Any

from sim.reporting.records import Interval
from sim.thesis.statistics.words import Words, word


def word_of(words: Words, *place: int) -> Any:
    """One word of an array; the record that takes it checks which words it may have."""
    return words[place].item()


def in_bounds(found: Interval | None, edge: float = 0.0, opposite: float = -inf) -> Any:
    """The word for an interval, whose unknown ends are without bound; nothing found leaves it undecided."""
    low, high = (None, None) if found is None else (found.low, found.high)
    return word_of(word(-inf if low is None else low, inf if high is None else high, edge, opposite))
