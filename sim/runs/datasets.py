"""Arrays to labelled Datasets, with units on every variable.

A quantity that only some countries have (the fire of a belligerent) stands under all countries, with NaN for the others.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array
from sim.errors import UserError
from sim.mechanisms.quantities import DIMENSIONS, LIMITS, OUTCOMES, QUANTITY
from sim.runs.results import QUANTILES, Layout

if TYPE_CHECKING:
    import xarray as xr

LAST_YEAR = 2261  # the last whole one that a datetime64[ns] can hold


def months_from(start: str, months: int) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """First days of the months from ``start`` ("YYYY-MM") on, datetime64[ns], shape (months,)."""
    first = np.datetime64(start, "M")
    if months > int(np.datetime64(f"{LAST_YEAR}-12", "M") - first):
        raise UserError(f"{months:,} months from {start} reach beyond the year {LAST_YEAR}; ask for fewer", "months")
    return (first + np.arange(months).astype("timedelta64[M]")).astype("datetime64[ns]")


def date_of(month: int, start: str) -> str:
    """Date, "YYYY-MM", of a month counted from 1 at the start."""
    year, first = (int(part) for part in start.split("-"))
    count = 12 * year + first + month - 2
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def month_number(when: int | str, start: str) -> int:
    """Number of a month, counted from 1 at the start ("YYYY-MM"), from its number or its date "YYYY-MM"."""
    if isinstance(when, int):
        return when
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", when):
        raise ValueError(f"'{when}' is no month such as 2024-12")
    (year, month), (year_0, month_0) = (map(int, date.split("-")) for date in (when, start))
    return 12 * (year - year_0) + month - month_0 + 1


def axes(name: str, before: tuple[str, ...], after: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Dimensions of a quantity: that of its holders stands between ``before`` and ``after``. The world is no dimension."""
    holder = QUANTITY[name].holder
    return (*before, *(() if holder == "world" else (holder,)), *after)


def spread(name: str, values: Array, layout: Layout, axis: int) -> Array:
    """Put the holders of a quantity, along ``axis``, among all of their kind. A world quantity loses that axis."""
    holder = QUANTITY[name].holder
    if holder == "world":
        alone: Array = np.take(values, 0, axis=axis)
        return alone
    everyone = layout.everyone[holder]
    if layout.own[name] == everyone:
        return values
    wide = np.full((*values.shape[:axis], len(everyone), *values.shape[axis + 1 :]), np.nan)
    wide[(slice(None),) * axis + ([everyone.index(own) for own in layout.own[name]],)] = values
    return wide


def described(name: str) -> dict[str, str]:
    """Give unit and meaning of a quantity, as attributes."""
    return {"units": QUANTITY[name].unit, "long_name": QUANTITY[name].meaning}


def holder_coordinates(layout: Layout, names: Sequence[str]) -> dict[str, Any]:
    """Coordinates of the kinds of holders that some of the named quantities have. Lanes carry their ends and good."""
    kinds = {QUANTITY[name].holder for name in names} - {"world"}
    labels: dict[str, Any] = {kind: list(layout.everyone[kind]) for kind in sorted(kinds)}
    if "lane" in kinds:
        for place, part in enumerate(("exporter", "importer", "good")):
            labels[part] = ("lane", [layout.lanes[lane][place] for lane in layout.everyone["lane"]])
    return labels


def outcome_coordinates() -> dict[str, Any]:
    """Coordinates of the axis of outcomes: name, unit and meaning."""
    return {
        "outcome": [outcome.name for outcome in OUTCOMES],
        "outcome_unit": ("outcome", [outcome.unit for outcome in OUTCOMES]),
        "outcome_meaning": ("outcome", [outcome.meaning for outcome in OUTCOMES]),
    }


def fan_dataset(fans: Mapping[str, Array], limit_share: Array, layout: Layout, start: str) -> "xr.Dataset":
    """Quantiles by month, dims (quantile, month, holder), and the share of runs in which each limit bound.

    Parameters
    ----------
    fans : mapping of ndarray, shape (quantiles, months, holders)
        By quantity, for its own holders.
    limit_share : ndarray, shape (dimensions, limits, months)
        Share of runs in which each bound; with several partnerships, of runs times partnerships.
    """
    import xarray as xr

    data = {
        name: (axes(name, ("quantile", "month")), spread(name, fan, layout, 2), described(name)) for name, fan in fans.items()
    }
    about = {"units": "share", "long_name": "share of runs in which this limit was the one that bound"}
    return xr.Dataset(
        {**data, "limit_share": (("dimension", "limit", "month"), limit_share, about)},
        coords={
            "quantile": QUANTILES,
            "month": months_from(start, limit_share.shape[2]),
            "dimension": list(DIMENSIONS),
            "limit": list(LIMITS),
            **holder_coordinates(layout, list(fans)),
        },
    )


def path_dataset(paths: Mapping[str, Array], layout: Layout, start: str, months: int, runs: Iterable[int]) -> "xr.Dataset":
    """Full paths, dims (month, holder, run), from arrays (months, own holders, runs) by quantity."""
    import xarray as xr

    return xr.Dataset(
        {
            name: (axes(name, ("month",), ("run",)), spread(name, path, layout, 1), described(name))
            for name, path in paths.items()
        },
        coords={"month": months_from(start, months), "run": list(runs), **holder_coordinates(layout, list(paths))},
    )
