"""Cumulative figures of one counter, compared by what came in between.

A world that delivers too little at first is below every later total, and would be blamed again for each. What one counter
adds between two dates blames each stretch once.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sim.evidence.series import Conversion, Target, conversion_of

Interval = tuple[float, float]


def increments(targets: Sequence[Target], counters: Iterable[Sequence[str]]) -> tuple[Target, ...]:
    """Turn totals into increments since the figure before of the same counter.

    Parameters
    ----------
    targets : sequence of Target
        Those of another kind than ``total`` stay as they are.
    counters : iterable of sequence of str
        Ids of rows that one counter published. A total of no counter stays: two counters differ in what they count, and
        their difference is no delivery.

    Returns
    -------
    tuple of Target
        In the same order. A total stays, too, where it or the one before is open at an end, as nothing is known then of what
        lies between; and where the count was revised to below the one before.
    """
    counter_of = {name: place for place, names in enumerate(counters) for name in names}
    return tuple(_increment(target, _before(target, targets, counter_of)) for target in targets)


def _before(target: Target, targets: Sequence[Target], counter_of: dict[str, int]) -> Target | None:
    """Find the latest earlier total of the same counter with two ends."""
    row, counter = target.observation, counter_of.get(target.observation.id)
    if target.series.kind != "total" or counter is None or not _closed(target):
        return None
    earlier = [
        other
        for other in targets
        if other.observation.series == row.series
        and counter_of.get(other.observation.id) == counter
        and other.observation.end < row.end
        and _closed(other)
    ]
    return max(earlier, key=lambda other: other.observation.end, default=None)


def _closed(target: Target) -> bool:
    return math.isfinite(target.low) and math.isfinite(target.high)


def _increment(target: Target, before: Target | None) -> Target:
    if before is None:
        return target
    conversion = conversion_of(target.observation)
    if conversion is not None and conversion == conversion_of(before.observation):
        # One uncertain factor converts both, so it is applied to the difference and not to each by itself.
        low, high = _converted(_minus(target.observation.interval, before.observation.interval), conversion)
    else:
        low, high = _minus((target.low, target.high), (before.low, before.high))
    if high < 0:
        return target
    return replace(
        target,
        low=max(low, 0.0),
        central=target.central - before.central,
        high=high,
        weights=target.weights - before.weights,
        since=before.observation,
    )


def _minus(later: Interval, earlier: Interval) -> Interval:
    return later[0] - earlier[1], later[1] - earlier[0]


def _converted(interval: Interval, conversion: Conversion) -> Interval:
    products = [end * factor for end in interval for factor in (conversion.low, conversion.high)]
    return min(products), max(products)
