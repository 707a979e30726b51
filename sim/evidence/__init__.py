"""What is known of the partnership: dated figures with their sources, and the reading of any table in the same schema.

`evidence.csv` is the table that ships. `observations` reads it, or a user's own file. Which series the model has an
outcome for, and how the units are brought together, stands in `sim.evidence.series`.
"""

import csv
import math
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sim.errors import UserError, suggest
from sim.paths import evidence_folder, read_text, user_path

# The published schema: every column of such a table, what it holds, and whether a file has to have it.
COLUMNS: dict[str, tuple[str, bool]] = {
    "id": ("name of the row, unique in the file", True),
    "series": ("what was measured: a known series", True),
    "actor_from": ("code of the country from which something goes", False),
    "actor_to": ("code of the country to which it goes", False),
    "period_start": ("first day, as YYYY-MM-DD", True),
    "period_end": ("last day, as YYYY-MM-DD", True),
    "low": ("lower end; empty where the source gives one number or an upper bound", True),
    "central": ("the number given; empty where the source gives bounds only", True),
    "high": ("upper end; empty where the source gives one number or a lower bound", True),
    "unit": ("unit of the source", True),
    "grade": ("A traceable to the named source, B widely known, C disputed, inferred or derived", True),
    "source_title": ("title of the source", True),
    "publisher": ("who published it", False),
    "published": ("date of the page that was read", False),
    "known_on": ("date from which the public could know it: YYYY, YYYY-MM or YYYY-MM-DD, the last day of it counts", True),
    "address": ("address of the source; may be empty", True),
    "note": ("remarks", False),
}
GRADES = ("A", "B", "C")
LAST_MONTH = "2025-12"  # to which the shipped table goes
LARGEST_FILE = 10_000_000


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure of the record, in the unit of its source.

    ``low`` and ``high`` are None where the source gives no such end; `interval` says what that means.
    """

    id: str
    series: str
    unit: str
    start: date
    end: date
    low: float | None
    central: float | None
    high: float | None
    grade: str
    source: str
    address: str
    known_on: date
    note: str = ""

    @property
    def interval(self) -> tuple[float, float]:
        """The range of values that agree with the figure, infinite where it is a one-sided bound.

        A missing end is the central value; where the central value already is the other end ("over 1,000"), or is
        missing, that side is open.
        """
        low, central, high = self.low, self.central, self.high
        open_below = low is None and (central is None or central == high)
        open_above = high is None and (central is None or central == low)
        return (
            -math.inf if open_below else _first(low, central),
            math.inf if open_above else _first(high, central),
        )


def observations(path: Path | str | None = None, *, vintage: str | None = None) -> tuple[Observation, ...]:
    """Read a table of observations.

    Parameters
    ----------
    path : path, optional
        A CSV file in the published schema (`COLUMNS`); the table that ships when left out.
    vintage : str, optional
        Keep only what was known by the end of this year, month or day, such as ``"2025-01"``.

    Raises
    ------
    UserError
        The file cannot be read, a column is missing or unknown, or a row is malformed; all such rows are named at once.
    """
    place = str(path) if path is not None else "evidence.csv"
    rows = list(_rows(_text(path), place))
    items = [_observation(row, f"line {line}") for line, row in rows]
    wrong = [item for item in items if isinstance(item, str)]
    good = [item for item in items if isinstance(item, Observation)]
    seen: set[str] = set()
    for item in good:
        if item.id in seen:
            wrong.append(f"id '{item.id}' comes twice")
        seen.add(item.id)
    if wrong:
        more = f"\n… and {len(wrong) - 20} more" if len(wrong) > 20 else ""
        raise UserError("\n".join(wrong[:20]) + more, place)
    return known_by(good, vintage) if vintage else tuple(good)


def known_by(rows: Iterable[Observation], vintage: str) -> tuple[Observation, ...]:
    """Keep the observations that the public could know by the end of a year, month or day."""
    limit = last_day(vintage)
    return tuple(row for row in rows if row.known_on <= limit)


def last_day(text: str) -> date:
    """Turn ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` into the last day of it.

    Raises
    ------
    UserError
        The text is none of these.
    """
    parts = text.split("-")
    try:
        if not all(part.isdecimal() for part in parts):
            raise ValueError
        numbers = [int(part) for part in parts]
        match numbers:
            case [year]:
                return date(year, 12, 31)
            case [year, month]:
                return date(year, month, monthrange(year, month)[1])
            case [year, month, day]:
                return date(year, month, day)
        raise ValueError
    except (ValueError, OverflowError):  # the second from a number beyond any calendar
        raise UserError(f"'{text}' is no date; write YYYY, YYYY-MM or YYYY-MM-DD") from None


def table(name: str) -> list[dict[str, str]]:
    """Read one of the small tables that ship beside the evidence, as rows of text."""
    return list(csv.DictReader((evidence_folder() / name).read_text(encoding="utf-8").splitlines()))


def _first(value: float | None, otherwise: float | None) -> float:
    chosen = otherwise if value is None else value
    assert chosen is not None  # a row without any number is refused when it is read
    return chosen


def _text(path: Path | str | None) -> str:
    if path is None:
        return (evidence_folder() / "evidence.csv").read_text(encoding="utf-8")
    return read_text(user_path(path), LARGEST_FILE)


def _rows(text: str, place: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        header = reader.fieldnames or []
        missing = [name for name, (_, needed) in COLUMNS.items() if needed and name not in header]
        if missing:
            raise UserError(f"columns are missing: {', '.join(missing)}", place)
        for name in header:
            if name not in COLUMNS:
                raise UserError(f"unknown column '{name}'; {suggest(str(name), COLUMNS)}", place)
        for row in reader:
            if None in row or None in row.values():
                raise UserError(f"line {reader.line_num} has another number of fields than the header", place)
            yield reader.line_num, row
    except csv.Error as error:
        raise UserError(f"line {reader.line_num} is not CSV: {error}", place) from None


def _observation(row: dict[str, str], place: str) -> Observation | str:
    """Read one row, or say what is wrong with it."""
    where = f"{place}, {row['id'] or 'no id'}"
    try:
        low, central, high = (_number(row[name], name) for name in ("low", "central", "high"))
        start, end = (_day(row[name], name) for name in ("period_start", "period_end"))
        known_on = last_day(row["known_on"])
    except UserError as error:
        return f"{where}: {error.message}"
    given = [value for value in (low, central, high) if value is not None]
    if not row["id"] or not row["series"] or not row["unit"]:
        return f"{where}: id, series and unit must not be empty"
    if not given:
        return f"{where}: low, central and high are all empty"
    if given != sorted(given):
        return f"{where}: the range is upside down: low ≤ central ≤ high does not hold"
    if end < start:
        return f"{where}: the period ends before it starts"
    if row["grade"] not in GRADES:
        return f"{where}: grade '{row['grade']}' is none of {', '.join(GRADES)}"
    source = ", ".join(part for part in (row["source_title"], row.get("publisher", "")) if part)
    return Observation(
        row["id"], row["series"], row["unit"], start, end, low, central, high, row["grade"], source, row["address"], known_on,
        row.get("note", ""),
    )  # fmt: skip


def _number(text: str, name: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        raise UserError(f"{name} '{text}' is no number") from None
    if not math.isfinite(value):
        raise UserError(f"{name} '{text}' is not finite")
    return value


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{name} '{text}' is no day; write YYYY-MM-DD") from None
