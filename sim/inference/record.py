"""Months and rows of the record: which month of a scenario is meant, what was known by when, and what is not known at all."""

import re
import warnings
from collections.abc import Iterable
from datetime import date

from sim.errors import UserError
from sim.evidence import Observation, known_by
from sim.evidence.series import SERIES, what_is_unknown, why_left_out
from sim.runs.datasets import date_of, month_number
from sim.scenario.scenario import Scenario

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def last_month(base: Scenario, date: str, place: str) -> int:
    """Number of a month within a scenario, counted from 1 at its start.

    Raises
    ------
    UserError
        If it is no month, or none of the scenario.
    """
    if not MONTH.fullmatch(date):
        raise UserError(f"'{date}' is no month; write YYYY-MM", place)
    month = month_number(date, base.start)
    if not 1 <= month <= base.months:
        end = date_of(base.months, base.start)
        raise UserError(f"{date} is outside the scenario, which runs from {base.start} to {end}", place)
    return month


def first_days(base: Scenario, months: int) -> list[date]:
    """First days of the months of a scenario."""
    return [date.fromisoformat(f"{date_of(month, base.start)}-01") for month in range(1, months + 1)]


def warn_of_unknown(rows: Iterable[Observation], days: list[date], table: str) -> None:
    """Name the rows of a table that are left out since their series or unit is not known, which may be a slip of the pen."""
    unknown = [f"{row.id}: {reason}" for row in rows if (reason := what_is_unknown(row)) and reason == why_left_out(row, days)]
    if unknown:
        more = f"; and {len(unknown) - 20} more" if len(unknown) > 20 else ""
        warnings.warn(f"{table}: left out: {'; '.join(unknown[:20])}{more}", stacklevel=3)


def settled(row: Observation) -> date:
    """Day by which what was observed has happened: that of an event, else the last of the period."""
    return row.start if row.series in SERIES and SERIES[row.series].kind in ("events", "first") else row.end


def known_rows(rows: Iterable[Observation], vintage: str) -> tuple[Observation, ...]:
    """Keep what was known by a vintage, which an error names."""
    try:
        return known_by(rows, vintage)
    except UserError as error:
        raise UserError(error.message, "vintage") from None
