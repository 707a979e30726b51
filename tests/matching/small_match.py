"""History matching that takes seconds: the shipped declaration over a few parameters, and tables of observations."""

import csv
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sim
from sim.evidence import COLUMNS
from sim.evidence.series import Target, conversion_of
from sim.matching.declaration import Declaration
from sim.paths import scenario_folder
from sim.scenario.files import merge

SIDES = (
    "russia.fire",
    "russia_north_korea.munitions.value",
    "russia_north_korea.oil.value",
    "lanes.china_north_korea_trade.volume",
    "united_states.resolve",
    "north_korea.test_rate",
)


def calm_trade() -> sim.Scenario:
    """Make base with trade that keeps to its season, so that its figures tell of its volume and not of chance."""
    base = sim.Scenario.load("base")
    still = {f"lanes.{name}.volatility": 0.0 for name, lane in base.lanes.items() if lane.season}
    doubted = {"lanes.china_russia_components.volume": {"low": 510.0, "high": 690.0}}
    return base.set({**still, **doubted, "world.closure_hazard": 0.0})


def tree(**changes: Any) -> dict[str, Any]:
    """Give the tables of a declaration with few sides and worlds; changes are merged into it."""
    shipped = tomllib.loads((scenario_folder() / "matching.toml").read_text(encoding="utf-8"))
    few = {
        "forecasts": 100,
        "kept": 20,
        "ranges": {"include": list(SIDES), "exclude": []},
        "budgets": {"quick": {"worlds": 60, "runs": 4, "waves": 2}},
        "explanations": {"worlds": 20, "runs": 2},
    }
    return merge(merge(shipped, few), changes)


def declaration(**changes: Any) -> Declaration:
    """Make a declaration of `tree`."""
    return Declaration.from_dict(tree(**changes))


def observed(id: str, series: str, start: str, end: str, unit: str, central: float | str, **more: object) -> dict[str, object]:
    """Make a row of a table of observations."""
    row = dict.fromkeys(COLUMNS, "") | {"grade": "A", "source_title": "invented", "known_on": end}
    row |= {"id": id, "series": series, "period_start": start, "period_end": end, "unit": unit, "central": central}
    return row | more


def trade(id: str, month: str, central: float, **more: object) -> dict[str, object]:
    """Make a month of Chinese exports to North Korea, in million USD."""
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return observed(id, "CHN_to_PRK_exports_month", str(first), str(last), "USD million/month", central, **more)


def table(path: Path, rows: Iterable[dict[str, object]]) -> Path:
    """Write a table of observations."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(COLUMNS))
        writer.writeheader()
        writer.writerows(rows)
    return path


def as_if_seen(targets: Sequence[Target], values: Sequence[float], share: float = 0.0) -> list[dict[str, object]]:
    """Make the table that a reporter of these values would have published, each give or take a share of it."""
    rows = []
    for target, value in zip(targets, values, strict=True):
        row = target.observation
        conversion = conversion_of(row)
        length = {"": 1.0, "month": 1.0, "year": 12.0, "period": ((row.end - row.start).days + 1) / (365.25 / 12)}
        factor = 1.0 if conversion is None else conversion.central / length[conversion.per]
        number = value / factor
        ends = {"low": number - share * abs(number), "high": number + share * abs(number)}
        rows.append(observed(row.id, row.series, str(row.start), str(row.end), row.unit, number, **ends))
    return rows
