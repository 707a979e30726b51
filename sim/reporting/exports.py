"""Tables for other programs: Excel, Stata, R and others, with names that they take and a unit and a meaning for each column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UserError, suggest
from sim.mechanisms.quantities import OUTCOMES, QUANTITIES
from sim.paths import user_path
from sim.whole_files import reasons, write_whole

if TYPE_CHECKING:
    from pandas import DataFrame

KNOWN = {each.name: (each.unit, each.meaning) for each in QUANTITIES} | {
    each.name: (each.unit, each.meaning) for each in OUTCOMES
}
STATA_NAME, STATA_LABEL, STATA_TEXT = 32, 80, 2045  # letters that Stata takes
EXCEL_ROWS = 2**20 - 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is written: its name in the file, the name that it had, its unit and what it means."""

    column: str
    name: str
    unit: str
    meaning: str


def export(table: Any, path: str | Path) -> Path:
    """Write a table for another program: ``.csv``, ``.xlsx``, ``.dta`` (Stata) or ``.parquet``, by the ending of the name.

    Columns get names of letters, digits and _, such as ``munitions_17`` for "munitions@17". Their units and meanings stand in a
    second sheet of Excel, in the labels of Stata, in the metadata of Parquet, and beside a CSV in ``NAME_columns.csv``.

    Parameters
    ----------
    table : DataFrame, Dataset, SavedRun, SavedSweep, Answer, or list of dict
        A table of pandas or xarray, or what `sim.run`, `sim.compare`, `sim.sweep` and `sim.what_if` give: outcomes with a row
        for each run, and for an answer its table of effects.
    path : str or Path
        What is there is replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UserError
        If the ending is unknown, there is nothing to write or no place for it, or Excel needs openpyxl, which is an extra.
    """
    path = user_path(path)
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise UserError(f"ends in '{path.suffix}'; {suggest(path.suffix, WRITERS)}", str(path))
    data, units = _laid_out(table)
    if not len(data.columns):
        raise UserError("the table has no columns; give one that has", str(path))
    columns = _columns(data, units, STATA_NAME if path.suffix.lower() == ".dta" else 255)
    files = write(data.set_axis([each.column for each in columns], axis="columns"), columns, path)
    with reasons(path):
        for place, content in files.items():
            write_whole(place, content)
    return path


def _laid_out(table: Any) -> "tuple[DataFrame, Mapping[str, str]]":
    """A table of pandas of whatever holds one, and the units that it knows."""
    import pandas as pd

    if callable(getattr(table, "frame", None)):  # a sweep
        return table.frame(), table.manifest["units"]
    inner = getattr(table, "table", table)  # an answer has a table
    if isinstance(inner, pd.DataFrame):
        named = any(name is not None for name in inner.index.names)
        return (inner.reset_index() if named else inner), inner.attrs.get("units", {})
    if isinstance(inner, list):
        return pd.DataFrame(inner), {}
    data = getattr(inner, "outcomes", inner)  # of runs, saved or in memory
    if not hasattr(data, "dims"):
        raise UserError(f"holds no table that could be written; give one of pandas, or runs, not {type(table).__name__}", "table")
    if "outcome" in data.dims:
        rows = [name for name in ("scenario", "at", "run") if name in data.dims]
        wide = data.transpose("outcome", *rows).reset_coords(drop=True).to_series().unstack("outcome")
        return wide[[str(name) for name in data["outcome"].values]].rename_axis(columns=None).reset_index(), {}
    variables = getattr(data, "data_vars", {data.name: data})
    units = {str(name): str(each.attrs.get("units", "")) for name, each in variables.items()}
    return data.to_dataframe(**({} if hasattr(data, "data_vars") else {"name": data.name or "value"})).reset_index(), units


def _columns(data: "DataFrame", units: Mapping[str, str], longest: int) -> list[Column]:
    taken: set[str] = set()
    found = []
    for name in map(str, data.columns):
        stem, _, month = name.partition("@")
        unit, meaning = KNOWN.get(stem, ("", ""))
        column = _sound(name, longest, taken)
        taken.add(column.lower())
        when = f", to month {month}" if month and meaning else ""
        found.append(Column(column, name, units.get(name) or units.get(stem) or unit, meaning + when))
    return found


def _sound(name: str, longest: int, taken: set[str]) -> str:
    """A name of letters, digits and _ that no other column has."""
    plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "column"
    plain = f"c_{plain}" if plain[0].isdigit() else plain
    for number in range(len(taken) + 1):
        tail = f"_{number + 1}" if number else ""
        if (sound := plain[: longest - len(tail)] + tail).lower() not in taken:
            return sound
    raise AssertionError("there are more names than columns")


def _about(columns: list[Column]) -> "DataFrame":
    from pandas import DataFrame

    return DataFrame([(each.column, each.name, each.unit, each.meaning) for each in columns], columns=[*Column.__slots__])


# Who writes a kind of file gives the content of each, the one at the path and those beside it.
def _csv(data: "DataFrame", columns: list[Column], path: Path) -> dict[Path, bytes]:
    tables = {path.with_name(f"{path.stem}_columns.csv"): _about(columns), path: data}
    return {place: table.to_csv(index=False).encode() for place, table in tables.items()}


def _excel(data: "DataFrame", columns: list[Column], path: Path) -> dict[Path, bytes]:
    from pandas import ExcelWriter

    if len(data) > EXCEL_ROWS:
        raise UserError(f"has {len(data):,} rows, and Excel takes {EXCEL_ROWS:,}; write .parquet or .csv", str(path))
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        raise UserError("Excel needs openpyxl: install it with pip install openpyxl, or write .csv", str(path)) from None
    file = BytesIO()
    with ExcelWriter(file, engine="openpyxl") as book:
        data.to_excel(book, sheet_name="data", index=False)
        _about(columns).to_excel(book, sheet_name="columns", index=False)
    return {path: file.getvalue()}


def _stata(data: "DataFrame", columns: list[Column], path: Path) -> dict[Path, bytes]:
    labels = {}
    for each in columns:
        unit = f" ({each.unit})" if each.unit else ""
        labels[each.column] = f"{each.meaning or each.name}"[: STATA_LABEL - len(unit)] + unit
    plain = data.copy()
    for name in plain.columns:
        if plain[name].dtype.kind not in "iufbM":
            plain[name] = plain[name].map(lambda cell: "" if cell is None or cell != cell else str(cell)[:STATA_TEXT])
        elif plain[name].dtype.kind in "ui" and plain[name].abs().max() > 2**31 - 100:
            plain[name] = plain[name].astype(float)
    file = BytesIO()
    plain.to_stata(file, write_index=False, variable_labels=labels, version=118)
    return {path: file.getvalue()}


def _parquet(data: "DataFrame", columns: list[Column], path: Path) -> dict[Path, bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.Table.from_pandas(data, preserve_index=False)
    fields = [
        field.with_metadata({"unit": each.unit, "meaning": each.meaning, "name": each.name})
        for field, each in zip(table.schema, columns, strict=True)
    ]
    file = BytesIO()
    parquet.write_table(table.cast(pa.schema(fields, metadata=table.schema.metadata)), file)
    return {path: file.getvalue()}


WRITERS = {".csv": _csv, ".xlsx": _excel, ".dta": _stata, ".parquet": _parquet}
