"""What the model says about each series of the record: one small function per series, and the units brought together.

A series is a monthly path of the model and a way to sum it up over the period of an observation. `targets` turns
observations into ranges in the model's unit; `Target.predict` gives the model's value of the same thing in each run.
Further figures are rows of the table; a further series is one function and one row here, and its conversion.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.evidence import Observation, table

if TYPE_CHECKING:
    from xarray import DataArray, Dataset

Kind = Literal["total", "mean", "count", "events", "first"]

# The codes of the record are those of the base scenario's countries.
PARTNERSHIP = "russia_north_korea"
MONTH_DAYS = 365.25 / 12  # mean length of a month


@dataclass(frozen=True, slots=True)
class Series:
    """A series that the model has an outcome for.

    ``path`` takes a Dataset of runs and gives the monthly path (month, run) in ``unit``. ``kind`` says how months are
    summed up: ``total`` since the start to the end of the period, ``mean`` over the period, ``count`` within it,
    ``events`` so far, ``first`` the number of the first month with an event. ``needs`` are the quantities to record.
    """

    name: str
    title: str
    unit: str
    kind: Kind
    needs: tuple[str, ...]
    path: Callable[["Dataset"], "DataArray"]

    def paths(self, runs: "Dataset") -> Array:
        """Give the monthly path in each run, shape (month, run).

        Raises
        ------
        UserError
            The runs hold no such country, partnership or recorded quantity.
        """
        try:
            return np.asarray(self.path(runs).transpose("month", "run").values, dtype=float)
        except KeyError as error:
            needed = ", ".join(self.needs)
            text = f"these runs hold nothing to compare with '{self.name}' ({error.args[0]}); it needs {needed}"
            raise UserError(text) from None


def recorded(runs: "Dataset", quantity: str, kind: str = "partnership", holder: str = PARTNERSHIP) -> "DataArray":
    """Give a quantity of one country or partnership; a KeyError with plain words where there is none."""
    if quantity not in runs:
        raise KeyError(f"{quantity} is not recorded")
    if holder not in runs[kind].values:
        raise KeyError(f"there is no {kind} {holder}")
    return runs[quantity].sel({kind: holder})


shells = partial(recorded, quantity="munitions_delivered")  # that arrived, duds included
fire_share = partial(recorded, quantity="fire_share")  # North Korean rounds as a share of Russian fire
troops = partial(recorded, quantity="troops_sent")
oil = partial(recorded, quantity="oil_delivered")  # refined, and handed over in kind
summits = partial(recorded, quantity="visit")
treaty = partial(recorded, quantity="treaty")
tests = partial(recorded, quantity="tests", kind="country", holder="north_korea")
workers = partial(recorded, quantity="foreign_workers", kind="country", holder="russia")  # North Korean, at work there
stance = partial(recorded, quantity="stance", kind="country", holder="north_korea")  # of China, toward it
components = partial(recorded, quantity="components_from_patrons", kind="country", holder="russia")  # dual-use, that arrived


def lanes(runs: "Dataset", exporter: str, importer: str, *goods: str) -> "DataArray":
    """Give the value a month of all lanes between two countries, in one direction, of the goods named (of all when none is)."""
    if "lane_flow" not in runs:
        raise KeyError("lane_flow is not recorded")
    flow = runs["lane_flow"]
    chosen = (flow["exporter"] == exporter) & (flow["importer"] == importer)
    if goods:
        chosen &= flow["good"].isin(goods)
    if not chosen.any():
        raise KeyError(f"no lane from {exporter} to {importer}")
    return flow.isel(lane=np.flatnonzero(chosen.values)).sum("lane")


def trade_with_china(runs: "Dataset") -> "DataArray":
    """Give two-way trade of China and North Korea without crude oil, which the customs have left out since 2014."""
    return lanes(runs, "china", "north_korea", "trade") + lanes(runs, "north_korea", "china", "trade")


def imports_from_china(runs: "Dataset") -> "DataArray":
    """Give Chinese exports to North Korea without crude oil."""
    return lanes(runs, "china", "north_korea", "trade")


def china_russia_trade(runs: "Dataset") -> "DataArray":
    """Give two-way trade of China and Russia, oil and components included."""
    return lanes(runs, "china", "russia") + lanes(runs, "russia", "china")


def change_of_exports(runs: "Dataset") -> "DataArray":
    """Give the change of Chinese exports to Russia on the year, in percent.

    The model has no year before its start: in the first twelve months the first month stands for it.
    """
    exports = lanes(runs, "china", "russia").transpose("month", "run")
    before = np.maximum(np.arange(exports.sizes["month"]) - 12, 0)
    base = exports.values[before]
    return 100 * (exports / np.where(base > 0, base, np.nan) - 1)


MUSD_MONTH = "million USD/month"
LANES = ("lane_flow",)
ROUNDS = ("munitions_delivered",)
SERIES: dict[str, Series] = {
    item.name: item
    for item in (
        Series("PRK_RUS_shells_cum", "shells delivered so far", "thousand rounds", "total", ROUNDS, shells),
        Series("PRK_RUS_containers_cum", "shells by containers", "thousand rounds", "total", ROUNDS, shells),
        Series("PRK_RUS_shells_flow", "shells delivered a month", "thousand rounds/month", "mean", ROUNDS, shells),
        Series("PRK_share_of_RUS_shell_use", "share of Russian fire", "share", "mean", ("fire_share",), fire_share),
        Series("PRK_RUS_troops", "soldiers sent so far", "persons", "total", ("troops_sent",), troops),
        Series("RUS_PRK_refined_oil", "refined oil from Russia", "thousand barrels/month", "mean", ("oil_delivered",), oil),
        Series("PRK_CHN_trade_month", "China-North Korea trade", MUSD_MONTH, "mean", LANES, trade_with_china),
        Series("PRK_CHN_trade_cum", "China-North Korea trade in part of a year", MUSD_MONTH, "mean", LANES, trade_with_china),
        Series("PRK_CHN_trade_year", "China-North Korea trade in a year", MUSD_MONTH, "mean", LANES, trade_with_china),
        Series("CHN_to_PRK_exports_month", "Chinese exports to North Korea", MUSD_MONTH, "mean", LANES, imports_from_china),
        Series("RUS_CHN_trade_year", "China-Russia trade in a year", MUSD_MONTH, "mean", LANES, china_russia_trade),
        Series("RUS_CHN_trade_period", "China-Russia trade", MUSD_MONTH, "mean", LANES, china_russia_trade),
        Series(
            "CHN_to_RUS_exports_yoy",
            "Chinese exports to Russia against the year before",
            "percent",
            "mean",
            LANES,
            change_of_exports,
        ),
        Series("CHN_RUS_dualuse", "dual-use goods to Russia", MUSD_MONTH, "mean", ("components_from_patrons",), components),
        Series("PRK_RUS_workers", "North Korean workers in Russia", "persons", "mean", ("foreign_workers",), workers),
        Series("PRK_missile_events_quarter", "missile tests in a quarter", "tests", "count", ("tests",), tests),
        Series("Kim_Putin_summit", "summits so far", "visits", "events", ("visit",), summits),
        Series("CHN_stance_index_quarter", "Beijing's stance toward Pyongyang", "stance", "mean", ("stance",), stance),
        Series("RUS_PRK_treaty", "month of the treaty", "month number", "first", ("treaty",), treaty),
    )
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """How the numbers of one series in one unit become the model's: times a factor, which may itself be a range."""

    per: str
    low: float
    central: float
    high: float
    unit: str
    source: str


@cache
def conversions() -> dict[tuple[str, str, str], Conversion]:
    """Read the conversions by (series, unit, id); the id is empty where one holds for all rows."""
    return {
        (row["series"], row["unit"], row["id"]): Conversion(
            row["per"],
            float(row["factor_low"]),
            float(row["factor"]),
            float(row["factor_high"]),
            row["model_unit"],
            row["source"],
        )
        for row in table("conversions.csv")
    }


@cache
def unmapped() -> dict[tuple[str, str], str]:
    """Read why the model has no outcome for a (series, unit); the unit is empty where the reason holds for all."""
    return {(row["series"], row["unit"]): row["reason"] for row in table("unmapped.csv")}


@dataclass(frozen=True, slots=True)
class Target:
    """An observation in the model's unit: ``low`` to ``high`` agree with it, ``central`` is the number given, if any.

    ``since`` is the earlier figure from which it counts, where it is an increment (`sim.evidence.increments`).
    """

    observation: Observation
    series: Series
    low: float
    central: float
    high: float
    weights: Array
    since: Observation | None = None

    def predict(self, runs: "Dataset") -> Array:
        """Give the model's value of what was observed in each run, shape (run,).

        ``runs`` are those of the months for which the target was made, or more.
        """
        return self.of_path(self.series.paths(runs))

    def of_path(self, path: Array) -> Array:
        """Give the same from the monthly path of its series, shape (month, run)."""
        path = path[: len(self.weights)]
        if self.series.kind == "first":
            happened = path > 0
            return np.where(happened.any(axis=0), happened.argmax(axis=0) + 1.0, len(path) + 1.0)
        return (self.weights[:, np.newaxis] * path).sum(axis=0)


def months_of(runs: "Dataset") -> list[date]:
    """Give the first days of the months of a Dataset."""
    days: list[date] = runs["month"].values.astype("datetime64[D]").tolist()
    return days


def targets(rows: Iterable[Observation], months: Sequence[date]) -> tuple[Target, ...]:
    """Turn the observations that lie within the months of a simulation into ranges in the model's units.

    Parameters
    ----------
    rows : observations
        Those without a counterpart in these months are left out: `why_left_out` says why.
    months : sequence of date
        First days of the simulated months.
    """
    comparable = [row for row in rows if not why_left_out(row, months)]
    return tuple(_target(row, comparable, months) for row in comparable)


def why_left_out(row: Observation, months: Sequence[date]) -> str:
    """Say why an observation has no counterpart in these months; an empty text when it has one."""
    reason = unmapped().get((row.series, "")) or unmapped().get((row.series, row.unit))
    if reason or row.series not in SERIES:
        return reason or what_is_unknown(row)
    if row.start >= _after(months[-1]):
        return "after the last month"
    kind = SERIES[row.series].kind
    inside = (min(row.end, _after(months[-1]) - timedelta(days=1)) - max(row.start, months[0])).days + 1
    if kind == "mean" and 2 * inside < (row.end - row.start).days + 1:
        return "more than half of its period is outside the months"
    if row.end < months[0] or (kind in ("count", "events") and row.start < months[0]):
        return "before the first month"
    if kind in ("total", "count") and row.end >= _after(months[-1]):
        return "after the last month"
    return what_is_unknown(row)


def what_is_unknown(row: Observation) -> str:
    """Say which series or unit of an observation is not known at all, with the nearest that is; an empty text when both are."""
    known = [*SERIES, *(name for name, _ in unmapped())]
    if row.series not in known:
        return f"unknown series '{row.series}'; {suggest(row.series, known)}"
    if row.series in SERIES and (row.series, row.unit) not in unmapped() and conversion_of(row) is None:
        units = {unit for name, unit, _ in conversions() if name == row.series}
        return f"unit '{row.unit}' of {row.series} has no conversion; {suggest(row.unit, units)}"
    return ""


def _target(row: Observation, comparable: Sequence[Observation], months: Sequence[date]) -> Target:
    series = SERIES[row.series]
    if series.kind == "events":
        number = float(sum(other.series == row.series and other.start <= row.start for other in comparable))
        return Target(row, series, number, number, number, _weights(series.kind, row, months))
    if series.kind == "first":
        number = float(sum(month <= row.start for month in months))
        return Target(row, series, number, number, number, np.ones(len(months)))
    conversion = conversion_of(row)
    assert conversion is not None  # rows without one were left out
    length = {"": 1.0, "month": 1.0, "year": 12.0, "period": ((row.end - row.start).days + 1) / MONTH_DAYS}[conversion.per]
    low, high = row.interval
    central = math.nan if row.central is None else row.central * conversion.central / length
    weights = _weights(series.kind, row, months)
    return Target(row, series, low * conversion.low / length, central, high * conversion.high / length, weights)


def conversion_of(row: Observation) -> Conversion | None:
    """Give the conversion of the unit of a row; None where there is none."""
    known = conversions()
    return known.get((row.series, row.unit, row.id)) or known.get((row.series, row.unit, ""))


def _weights(kind: Kind, row: Observation, months: Sequence[date]) -> Array:
    """Weigh the months so that the weighted sum of a monthly path is what was observed."""
    if kind == "total":
        return _shares(months, months[0], row.end)
    if kind == "events":
        return np.array([float(month <= row.start) for month in months])
    shares = _shares(months, row.start, row.end)
    return shares / shares.sum() if kind == "mean" else shares


def _shares(months: Sequence[date], start: date, end: date) -> Array:
    """Give the share of each month's days that lie within a period, both ends included."""
    shares = []
    for month in months:
        after = _after(month)
        days = (min(end + timedelta(days=1), after) - max(start, month)).days
        shares.append(max(days, 0) / (after - month).days)
    return np.array(shares)


def _after(month: date) -> date:
    """Give the first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
