"""Records as rows of a table."""

from math import isnan
from typing import Literal

from sim.reporting.records import Interval, Record, row

KNOWN = Interval(estimate=1.0, low=None, high=2.0)


class Inner(Record):
    size: Interval
    note: str | None


class Outer(Record):
    name: str
    inner: Inner
    parts: dict[str, Interval]
    unknown: Interval | None
    words: list[Literal["a", "b"]]
    names: list[str]
    many: list[Interval]
    three: tuple[float, float, float]


def test_every_field_has_its_columns_whatever_is_known():
    inner = Inner(size=KNOWN, note=None)
    known = Outer(name="x", inner=inner, parts={"p": KNOWN}, unknown=KNOWN, words=["a", "b"], names=[], many=[], three=(1, 2, 3))
    unknown = known.model_copy(update={"unknown": None})
    cells = row(known)
    assert list(cells) == list(row(unknown)) == [
        "name", "inner_size", "inner_size_low", "inner_size_high", "inner_note", "parts_p", "parts_p_low", "parts_p_high",
        "unknown", "unknown_low", "unknown_high", "words", "names",
    ]  # fmt: skip
    assert (cells["inner_size"], cells["inner_size_high"], cells["words"], cells["names"]) == (1.0, 2.0, "a, b", "")
    assert isnan(cells["inner_size_low"])
    assert all(isnan(row(unknown)[name]) for name in ("unknown", "unknown_low", "unknown_high"))
