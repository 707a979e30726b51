"""Designs from tables: a DataFrame, a CSV or a Parquet file with a column for each address and a row for each point."""

import csv
from array import array
from collections.abc import Iterable, Iterator
from itertools import count
from math import isfinite, isnan, nan
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from sim.arrays import Array
from sim.errors import UserError
from sim.experiments.design import MOST_NUMBERS, Design, written
from sim.paths import ordinary, show, user_path

if TYPE_CHECKING:
    import pandas as pd

UNNAMED_INDEX = "__index_level_"  # how the name of a column begins that pandas writes for rows with labels
LONGEST_LINE = 4_000_000  # characters: more than all parameters of any scenario take


def from_table(table: "pd.DataFrame | str | Path") -> Design:
    """Take the points from a table: a column for each address, a row for each point.

    Parameters
    ----------
    table : DataFrame, str or Path
        A path ends in .csv (UTF-8, commas, a first line of addresses) or .parquet.

    Raises
    ------
    UserError
        If the file cannot be read, a column has no name or that of another, or a number is missing, a text or not
        finite: with the first such line (counted from 1, the header's) or row (counted from 0), and its column.
    """
    if hasattr(table, "columns"):
        return Design("table", _from_frame(table, "design"), {})
    if not isinstance(table, str | Path):
        raise UserError(f"must be a DataFrame, or the path of a .csv or .parquet file, not {_short(table)}", "design")
    path = user_path(table)
    readers = {".csv": _from_csv, ".parquet": _from_parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UserError(f"must be a .csv or .parquet file, not '{path.suffix or path.name}'", show(path))
    with ordinary(path):
        columns = reader(path)
    if columns and not len(next(iter(columns.values()))):
        raise UserError("has no row; give a row for each point", show(path))
    return Design("table", columns, {})


def _from_csv(path: Path) -> dict[str, Array]:
    place = show(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(_lines(file, place), strict=True)
        try:
            names = [name.strip() for name in next(lines, [])]
            _check_names(names, place)
            numbers = array("d")  # of all columns, line by line
            for row in lines:
                if row:
                    numbers.extend(_line(row, names, place, lines.line_num))
                    if len(numbers) > MOST_NUMBERS:
                        raise UserError(f"has more than {written(MOST_NUMBERS)} numbers; a design has at most as many", place)
        except csv.Error as error:
            raise UserError(f"is no CSV: {error}", f"{place}: line {lines.line_num}") from None
        except UnicodeDecodeError:
            raise UserError("is not UTF-8; save it as UTF-8", place) from None
    return dict(zip(names, np.array(numbers).reshape(-1, len(names)).T, strict=True))


def _lines(file: TextIO, place: str) -> Iterator[str]:
    """Give line by line, as a file does by itself, but none that would fill the memory."""
    for number in count(1):
        line = file.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise UserError(f"line {number} has more than {LONGEST_LINE:,} characters; is it a table of points?", place)
        if not line:
            return
        yield line


def _line(row: list[str], names: list[str], place: str, line: int) -> list[float]:
    numbers = [_number(text) for text in row]
    if len(numbers) == len(names) and all(map(isfinite, numbers)):
        return numbers
    raise _fault(row, names, f"{place}: line {line}")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return nan


def _fault(row: list[str], names: list[str], place: str) -> UserError:
    """Say what is wrong with a line, which is looked for only where something is."""
    if len(row) != len(names):
        text = f"has {len(row)} fields, but there are {len(names)} columns; separate numbers by commas alone"
        return UserError(text, place)
    name, field = next((name, field) for name, field in zip(names, row, strict=True) if not isfinite(_number(field)))
    text = f"is {_short(field)}, which is no finite number" if field.strip() else "is missing; give a number, or drop the line"
    return UserError(text, f"{place}, column {name}")


def read_parquet(path: Path) -> "pd.DataFrame":
    """Read a Parquet file that a stranger may have written, whose columns have names of their own.

    Raises
    ------
    UserError
        If it is no ordinary file, cannot be read, is no Parquet file, or has more numbers than a design can.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with ordinary(path), path.open("rb") as file:
            table = pq.ParquetFile(file)
            size = table.metadata.num_rows * table.metadata.num_columns
            if size > MOST_NUMBERS:
                raise UserError(f"has {written(size)} numbers; a table of points has at most {written(MOST_NUMBERS)}", show(path))
            frame = table.read().to_pandas(ignore_metadata=True)  # which may be anything
    except (pa.ArrowException, ValueError) as error:  # a name that is not UTF-8, too
        raise UserError(f"is no Parquet file: {error}", show(path)) from None
    frame = frame.drop(columns=[name for name in frame if str(name).startswith(UNNAMED_INDEX)])
    _check_names(list(frame.columns), show(path))
    return frame


def _from_parquet(path: Path) -> dict[str, Array]:
    return _from_frame(read_parquet(path), show(path))


def _from_frame(frame: "pd.DataFrame", place: str) -> dict[str, Array]:
    _check_names(list(frame.columns), place)
    return {name: _numbers(frame[name], f"{place}: column {name}") for name in frame.columns}


def _numbers(column: "pd.Series[Any]", place: str) -> Array:
    """Give the numbers of a column; what is no number is named with its row."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    if is_numeric_dtype(column.dtype) and not is_bool_dtype(column.dtype):
        numbers: Array = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        numbers = np.array([_plain(content, row, place) for row, content in enumerate(column)], dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if wrong.size:
        number = numbers[wrong[0]]
        text = "is missing or NaN" if isnan(number) else f"is {number}"
        raise UserError(f"row {wrong[0]} {text}; every number of a design must be finite", place)
    return numbers


def _plain(content: Any, row: int, place: str) -> float:
    if content is None or (isinstance(content, Real) and not isinstance(content, bool)):
        return np.nan if content is None else float(content)
    raise UserError(f"row {row} is {_short(content)}, which is no number", place)


def _check_names(names: Iterable[Any], place: str) -> None:
    seen: set[str] = set()
    for number, name in enumerate(names, 1):
        if not isinstance(name, str) or not name:
            text = f"column {number} has no name; name it by an address, and save a table without its index"
            raise UserError(text, place)
        if name in seen:
            raise UserError(f"two columns are named '{name}'; keep one", place)
        seen.add(name)
    if not seen:
        raise UserError("is empty; give a first line of addresses, and a line for each point", place)


def _short(content: Any) -> str:
    text = repr(content)
    return text if len(text) <= 40 else f"{text[:37]}…"
