"""Inference that takes seconds: the shipped declaration over a few numbers, and records that a model made."""

import csv
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sim
from sim.evidence import COLUMNS
from sim.evidence.series import Target, conversion_of
from sim.inference.declaration import Budget, Declaration
from sim.inference.posterior import Posterior
from sim.paths import scenario_folder
from sim.runs.datasets import date_of
from sim.scenario.files import merge

SIDES = (
    "russia.fire",
    "russia_north_korea.munitions.value",
    "russia_north_korea.oil.value",
    "north_korea.test_rate",
    "china.goodwill",
    "china.concern",
)
TINY = Budget(bank=300, particles=64, moves=2, last=1)


def tree(**changes: Any) -> dict[str, Any]:
    """Give the tables of the shipped declaration with few numbers; changes are merged into it."""
    shipped = tomllib.loads((scenario_folder() / "inference.toml").read_text(encoding="utf-8"))
    few = {
        "shocks": 1024,
        "ranges": {"include": list(SIDES), "exclude": []},
        "questions": {"dates": [6, 10], "schools": []},
    }
    return merge(merge(shipped, few), changes)


def declaration(**changes: Any) -> Declaration:
    """Make a declaration of `tree`."""
    return Declaration.from_dict(tree(**changes))


def row(id: str, series: str, start: str, end: str, unit: str, central: float | str, **more: object) -> dict[str, object]:
    """Make a row of a table of observations."""
    made = dict.fromkeys(COLUMNS, "") | {"grade": "A", "source_title": "invented", "known_on": end}
    return made | {"id": id, "series": series, "period_start": start, "period_end": end, "unit": unit, "central": central} | more


def table(path: Path, rows: Iterable[dict[str, object]]) -> Path:
    """Write a table of observations."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(COLUMNS))
        writer.writeheader()
        writer.writerows(rows)
    return path


SHELLS = "shells"
# Rows of every kind, by month of the scenario that starts in August 2023, without their numbers.
KINDS = (
    ("S1", "PRK_RUS_shells_cum", "2023-08-01", "2023-10-31", SHELLS),
    ("S2", "PRK_RUS_shells_cum", "2023-08-01", "2023-12-31", SHELLS),
    ("O1", "RUS_PRK_refined_oil", "2023-09-01", "2023-09-30", "barrels/month"),
    ("O2", "RUS_PRK_refined_oil", "2023-12-01", "2023-12-31", "barrels/month"),
    ("T1", "PRK_CHN_trade_month", "2023-09-01", "2023-09-30", "USD million/month, two-way"),
    ("T2", "PRK_CHN_trade_month", "2023-12-01", "2023-12-31", "USD million/month, two-way"),
    ("C1", "PRK_missile_events_quarter", "2023-10-01", "2023-12-31", "missile-category events"),
)
# Rows before the start say that a table watches for summits and treaties.
WATCHED = (
    row("W1", "Kim_Putin_summit", "2019-04-25", "2019-04-25", "meeting", 1),
    row("W2", "RUS_PRK_treaty", "2000-02-09", "2000-02-09", "signed 19 June, in force 4 Dec 2024", 1),
)


def blank_rows() -> list[dict[str, object]]:
    """Give rows of `KINDS` with a number that only stands there."""
    return [row(id, series, start, end, unit, 1.0) for id, series, start, end, unit in KINDS]


def as_reported(targets: Sequence[Target], numbers: Sequence[float]) -> list[dict[str, object]]:
    """Make the rows that would have been published of these numbers, which are in the unit of the model."""
    rows = []
    for target, number in zip(targets, numbers, strict=True):
        seen = target.observation
        conversion = conversion_of(seen)
        factor = 1.0 if conversion is None else conversion.central
        rows.append(row(seen.id, seen.series, str(seen.start), str(seen.end), seen.unit, repr(float(number) / factor)))
    return rows


def dated(visits: Sequence[bool], treaty: Sequence[bool]) -> list[dict[str, object]]:
    """Make the rows of summits and the treaty in their months, from August 2023 on."""
    rows = []
    days = [f"{date_of(month, '2023-08')}-15" for month in range(1, len(visits) + 1)]
    for place, day in enumerate(days):
        if visits[place]:
            rows.append(row(f"V{place}", "Kim_Putin_summit", day, day, "meeting", 1))
        if treaty[place]:
            rows.append(row(f"Y{place}", "RUS_PRK_treaty", day, day, "signed 19 June, in force 4 Dec 2024", 1))
    return rows


# Figures that the model comes near, by id, and a summit in the second month.
LIKELY = {"S1": 400_000, "S2": 1_200_000, "O1": 20_000, "O2": 18_000, "T1": 190, "T2": 170, "C1": 4}
LIKELY_ROWS = [each | {"central": LIKELY[str(each["id"])]} for each in blank_rows()]
SUMMIT_RECORD = [*LIKELY_ROWS, *WATCHED, *dated([False, True, False, False, False], [False] * 5)]


def by_two_seeds(folder: Path, declared: Declaration, **options: Any) -> list[Posterior]:
    """Infer from `SUMMIT_RECORD`, with seeds 1 and 2."""
    given = {"until": "2023-12", "evidence": table(folder / "record.csv", SUMMIT_RECORD), "budget": TINY, "processes": 1}
    return [sim.infer("base", declared, seed=seed, **given, **options) for seed in (1, 2)]
