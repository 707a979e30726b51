"""Records: what a test finds, as plain data that JSON can hold."""

from math import nan
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen table whose keys are fixed and whose numbers are finite: what is unknown or without bound is null."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


class Interval(Record):
    """An estimate with its 95% Monte-Carlo interval."""

    estimate: float | None
    """Null where it cannot be told."""
    low: float | None
    """Null where it has no lower bound."""
    high: float | None
    """Null where it has no upper bound."""


def row(record: Record) -> dict[str, Any]:
    """Lay the fields of a record out as a row of a table, under their names.

    An interval takes three columns, its estimate under the name of the field and its ends as ``_low`` and ``_high``; what is
    unknown or without bound is NaN there. A record or a dict within takes a column for each of its fields, ``outer_inner``.
    Names in a list are joined. Other lists are no cells and are left out.
    """
    cells: dict[str, Any] = {}
    for name, field in type(record).model_fields.items():
        kind, value = field.annotation, getattr(record, name)
        if value is None and get_origin(kind) is UnionType and Interval in get_args(kind):
            value = Interval(estimate=None, low=None, high=None)
        if isinstance(value, list | tuple):
            of = get_args(kind)[0]
            if of is not str and get_origin(of) is not Literal:
                continue
            value = ", ".join(value)
        cells |= columns(name, value)
    return cells


def columns(name: str, value: Any) -> dict[str, Any]:
    """Lay one value out as cells under its name, or under names that begin with it, as `row` does."""
    if isinstance(value, Interval):
        ends = {"": value.estimate, "_low": value.low, "_high": value.high}
        return {f"{name}{end}": nan if number is None else number for end, number in ends.items()}
    if isinstance(value, Record):
        value = row(value)
    if isinstance(value, dict):
        return {column: cell for key, each in value.items() for column, cell in columns(f"{name}_{key}", each).items()}
    return {name: value}
