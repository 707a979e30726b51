"""What history matching finds as tables for pandas, with columns named as the fields of the JSON are."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sim.matching.found import Matching
from sim.reporting.records import row

if TYPE_CHECKING:
    from pandas import DataFrame

LEVELS = ("q05", "q50", "q95")  # of the quantiles that records hold as three numbers


def waves(found: Matching) -> "DataFrame":
    """Rows of the waves, with quantiles of the implausibility that counts."""
    names = ("q05", "q25", "q50", "q75", "q95")
    keys = ("number", "worlds", "failed", "volume", "left", "share")
    return _frame(
        {key: getattr(wave, key) for key in keys} | dict(zip(names, wave.quantiles["overall"], strict=True))
        for wave in found.waves
    )


def groups(found: Matching) -> "DataFrame":
    """Rows of the groups of figures, the one that rules out most first."""
    return _frame(row(each) for each in sorted(found.groups, key=lambda group: -group.ruled))


def series(found: Matching) -> "DataFrame":
    """Rows of the series, the one that rules out most first."""
    return _frame(row(each) for each in sorted(found.series, key=lambda each: -each.ruled))


def record(found: Matching) -> "DataFrame":
    """Rows of the figures of the record, with quantiles of the means of worlds before and after."""
    return _frame(row(each) | _levels(each.prior, "prior_") | _levels(each.matched, "matched_") for each in found.figures)


def parameters(found: Matching) -> "DataFrame":
    """Rows of the parameters, in the order of the scenario, as `sim.plots.ranges_before_after` takes them."""
    return _frame({"parameter": each.address, **row(each), **_levels(each.left)} for each in found.parameters).drop(
        columns="address"
    )


def profiles(found: Matching) -> "DataFrame":
    """Rows of the slices of each parameter, as `sim.plots.profiles` takes them."""
    rows = [
        {"parameter": each.address, "low": low, "high": high, "lowest": lowest, "share": share}
        for each in found.profiles
        for low, high, lowest, share in zip(each.edges[:-1], each.edges[1:], each.lowest, each.share, strict=True)
    ]
    return _frame(rows, ("parameter", "low", "high", "lowest", "share")).astype({"lowest": float, "share": float})


def pairs(found: Matching) -> "DataFrame":
    """Rows of the pairs that trade off, the strongest first."""
    return _frame(map(row, found.pairs), ("first", "second", "correlation"))


def explained(found: Matching) -> "DataFrame":
    """Rows of the explanations: in which share of worlds each holds the outcome down."""
    return _frame(map(row, found.explained.held if found.explained else ()))


def contests(found: Matching) -> "DataFrame":
    """Rows of the pairs of explanations, and whether the record tells them apart."""
    return _frame(map(row, found.explained.contests if found.explained else ()))


def scores(found: Matching) -> "DataFrame":
    """Rows of the series that came after the fit, as `sim.plots.scores` takes them; none where nothing was scored.

    ``crps`` and ``within_…`` are of the worlds that are left, those with ``prior_`` of the whole box.
    """
    names = ("crps", "within_50", "within_90", "within_90_discrepancy")
    rows = [
        {"series": each.title, "unit": each.unit, "figures": each.matched.figures}
        | {name: getattr(each.matched, name) for name in names}
        | {f"prior_{name}": getattr(each.prior, name) for name in names}
        | {"last_value": each.last_value, "trend": each.trend}
        for each in (found.score.by_series if found.score else ())
    ]
    return _frame(rows).astype(dict.fromkeys(("crps", "prior_crps", "last_value", "trend"), float) if rows else {})


def _frame(rows: Iterable[dict[str, Any]], columns: Iterable[str] | None = None) -> "DataFrame":
    from pandas import DataFrame

    return DataFrame(list(rows), columns=None if columns is None else list(columns))


def _levels(three: tuple[float, float, float], prefix: str = "") -> dict[str, float]:
    return {f"{prefix}{level}": value for level, value in zip(LEVELS, three, strict=True)}
