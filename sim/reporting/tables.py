"""Tables: saved runs as rows of numbers with the text or JSON that shows them, and records as rows for pandas."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.quantities import DIMENSIONS, OUTCOMES
from sim.numerals import in_column
from sim.reporting.records import Interval, Record, row
from sim.runs.run_directory import SavedRun

if TYPE_CHECKING:
    from pandas import DataFrame

Row = dict[str, Any]
Rows = Iterable[Row]
UNKNOWN = Interval(estimate=None, low=None, high=None)

# The outcomes that a first look needs: what may be capped, what is paid for it, how it shows, and what Beijing does.
MAIN = (
    *DIMENSIONS,
    "payment",
    "fire_share",
    "visits",
    "first_visit",
    "treaty",
    "tests",
    "alignment",
    "ground_lost",
    "beijing_pressure",
    "beijing_months",
)
_CHOSEN = [outcome for outcome in OUTCOMES if outcome.name in MAIN]


def outcome_rows(saved: SavedRun) -> list[Row]:
    """Median and 5–95% range over the runs, for each main outcome."""
    rows = []
    for outcome in _CHOSEN:
        low, median, high = np.quantile(saved.column(outcome.name), [0.05, 0.5, 0.95])
        rows.append({"outcome": outcome.name, "median": median, "5%": low, "95%": high, "unit": outcome.unit})
    return rows


def limit_rows(saved: SavedRun) -> list[Row]:
    """Share of runs and months in which each limit bound, in percent, a row for each dimension."""
    share = saved.quantiles["limit_share"].mean("month")
    bound = [limit for limit in share["limit"].values if share.sel(limit=limit).max() >= 0.0005]
    return [
        {
            "dimension": str(dimension),
            **{str(limit): 100.0 * float(share.sel(dimension=dimension, limit=limit)) for limit in bound},
        }
        for dimension in share["dimension"].values
    ]


def difference_rows(first: SavedRun, other: SavedRun) -> list[Row]:
    """Set main outcomes of another batch against those of the first, paired run by run, with the 95% error of the mean."""
    rows = []
    for outcome in _CHOSEN:
        before, after = first.column(outcome.name), other.column(outcome.name)
        difference = after - before
        lower, higher = apart(before, after)
        error = 1.96 * difference.std(ddof=1) / np.sqrt(len(difference)) if len(difference) > 1 else None
        rows.append(
            {
                "outcome": outcome.name,
                "first": before.mean(),
                "this": after.mean(),
                "difference": difference.mean(),
                "± 95%": error,
                "runs lower %": 100.0 * lower,
                "runs higher %": 100.0 * higher,
                "unit": outcome.unit,
            }
        )
    return rows


def apart(before: Array, after: Array) -> tuple[float, float]:
    """Shares of runs that are lower and higher after than before, shape (runs,) each.

    The last digits depend on the processor: what is smaller than they are is no difference.
    """
    difference, rounding = after - before, EPSILON * np.maximum(np.abs(before), np.abs(after))
    return float((difference < -rounding).mean()), float((difference > rounding).mean())


def as_text(rows: Sequence[Row]) -> str:
    """Lay rows out in columns: names to the left, numbers to the right."""
    heads = list(rows[0])
    cells = [[_cell(line[head]) for head in heads] for line in rows]
    widths = [max(len(head), *(len(line[place]) for line in cells)) for place, head in enumerate(heads)]
    left = [isinstance(rows[0][head], str) for head in heads]
    lines = [heads, ["─" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(
            text.ljust(width) if to_left else text.rjust(width) for text, width, to_left in zip(line, widths, left, strict=True)
        ).rstrip()
        for line in lines
    )


def as_json(content: Mapping[str, Any] | Sequence[Any]) -> str:
    """Write content as JSON for other programs. Numbers keep all their figures."""
    return json.dumps(content, indent=2, ensure_ascii=False, default=float)


def frame(rows: Rows) -> "DataFrame":
    """Make a table for pandas of rows."""
    from pandas import DataFrame

    return DataFrame(list(rows))


def dated(found: Mapping[str, Record]) -> Rows:
    """Rows of what there is one of for each date."""
    return ({"date": date, **row(each)} for date, each in found.items())


def by_date(found: Mapping[str, Mapping[str, Record]]) -> Rows:
    """Rows of what there is one of for each dimension and date."""
    return ({"dimension": name, **line} for name, dates in found.items() for line in dated(dates))


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else in_column(value)
