"""Tables as the figures of sweeps take them: columns found, named with their units, and put into groups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import ArrayLike, NDArray

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.numerals import number, tick
from sim.plots.outcomes import OUTCOME, TITLES
from sim.plots.style import Picture, broken, numbers, readable

if TYPE_CHECKING:
    from pandas import DataFrame

NARROW = 5.6  # inches: a figure that is still read on a phone
MOST_LEVELS = 12  # more values than this are put into bins
NO_UNITS: Mapping[str, str] = {}


def need(table: "DataFrame", names: Iterable[str]) -> None:
    """See to it that a table has these columns and a row.

    Raises
    ------
    UserError
        A column is missing, or there is no row.
    """
    known = [str(name) for name in table.columns]
    for name in names:
        if name not in known:
            raise UserError(f"the table has no column '{name}'; {suggest(name, known)}")
    if not len(table):
        raise UserError("the table has no rows")


def numbers_of(table: "DataFrame", name: str) -> Array:
    """Give a column as numbers, NaN where there is none.

    Raises
    ------
    UserError
        The column holds text.
    """
    try:
        return np.asarray(table[name].to_numpy(dtype=float, na_value=np.nan))
    except (TypeError, ValueError):
        raise UserError(f"column '{name}' holds text where numbers are needed") from None


def titled(name: str) -> str:
    """Give the title of a column: ``munitions@17`` is effective rounds delivered by month 17; addresses stay as they are."""
    stem, _, month = name.partition("@")
    title = TITLES.get(stem, readable(stem) if stem in OUTCOME else stem)
    return f"{title} by month {month}" if month else title


def unit_of(name: str, units: Mapping[str, str] = NO_UNITS) -> str:
    """Give the unit of a column, empty where it is not known; outcomes have their own."""
    stem = name.partition("@")[0]
    return units.get(name) or units.get(stem) or (OUTCOME[stem].unit if stem in OUTCOME else "")


def named(name: str, units: Mapping[str, str] = NO_UNITS, width: int = 48) -> str:
    """Give the label of an axis: title and, in a line of its own, the unit."""
    unit = unit_of(name, units)
    return broken(titled(name), width) + (f"\n({unit})" if unit else "")


def named_in_line(name: str, units: Mapping[str, str] = NO_UNITS, width: int = 48) -> str:
    """Give the same in as few lines as it takes."""
    unit = unit_of(name, units)
    return broken(f"{titled(name)} ({unit})" if unit else titled(name), width)


def many(count: int | str, thing: str) -> str:
    """Write a count with its noun: 1 row, 2,000 rows."""
    return f"1 {thing}" if count == 1 else f"{count if isinstance(count, str) else format(count, ',')} {thing}s"


def foot(figure: Picture, *sentences: str, handles: Sequence[Artist] = (), columns: int = 2) -> None:
    """Write at the foot of a figure what is not on it, over its legend; empty sentences are left out."""
    text = ". ".join(sentence[:1].upper() + sentence[1:] for sentence in sentences if sentence)
    if not text and not handles:
        return
    legend = figure.legend(handles=list(handles), loc="outside lower center", ncols=columns)
    if text:
        legend.set_title(broken(text, round(16 * figure.get_figwidth())), prop=FontProperties(size=7.5))
        legend.get_title().set(color="#555555", multialignment="center")


def left_out(shown: int, of: int, why: str = "failed or have no value") -> str:
    """Say how many rows a figure does not show."""
    return f"left out, as they {why}: {of - shown:,} of {many(of, 'row')}" if shown < of else ""


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows of a table by the values of one column.

    Attributes
    ----------
    codes : ndarray of int, shape (row,)
        Group of each row.
    labels : tuple of str
        A name for each group, ascending.
    edges : ndarray, shape (group + 1,) or (0,)
        Edges of the bins; empty where the groups are levels.
    """

    codes: NDArray[np.intp]
    labels: tuple[str, ...]
    edges: Array

    @property
    def places(self) -> Array:
        """Edges of the groups on an axis: of the bins, or of rows of equal height for levels."""
        return self.edges if self.edges.size else np.arange(-0.5, len(self.labels))


def is_text(values: ArrayLike) -> bool:
    """Whether values are names or switches rather than numbers."""
    return np.asarray(values).dtype.kind not in "iuf"


def levels(values: ArrayLike) -> Groups:
    """Group by each value that occurs: numbers by size, names in their order of appearance."""
    values = np.asarray(values)
    if is_text(values):
        texts = [str(value) for value in values.tolist()]
        known = list(dict.fromkeys(texts))
        places = {text: place for place, text in enumerate(known)}
        codes = np.array([places[text] for text in texts], dtype=np.intp)
        return Groups(codes, tuple(text or "none" for text in known), np.zeros(0))
    distinct, codes = np.unique(values, return_inverse=True)
    return Groups(codes.ravel(), _told_apart(distinct), np.zeros(0))


def bins(values: ArrayLike, count: int) -> Groups:
    """Group numbers into bins with as many rows in each; fewer bins where values come more than once."""
    values = np.asarray(values, dtype=float)
    edges = np.unique(np.quantile(values, np.linspace(0, 1, count + 1)))
    if len(edges) < 3:
        return levels(values) if len(np.unique(values)) <= 2 else _two_bins(values)
    codes = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    return _binned(codes, edges)


def grouped(values: ArrayLike, count: int) -> Groups:
    """Group by levels where there are few, and into ``count`` bins otherwise."""
    if is_text(values) or len(np.unique(np.asarray(values))) <= MOST_LEVELS:
        return levels(values)
    return bins(values, count)


def scaled(axes: Axes, values: ArrayLike, log: bool, *, x: bool) -> None:
    """Label an axis with a few plain numbers; it becomes logarithmic where the measure is, unless values reach nought."""
    ends = np.asarray(values, dtype=float)
    if not log or ends.min() <= 0:
        numbers(axes, x=x)
        return
    (axes.set_xscale if x else axes.set_yscale)("log")
    axis = axes.xaxis if x else axes.yaxis
    decades = float(np.log10(ends.max() / ends.min()))
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if decades < 2 else (1.0,), numticks=5))
    axis.set_major_formatter(lambda value, _: tick(value))
    axis.set_minor_formatter(NullFormatter())


def fraction(values: Array, low: float, high: float, *, log: bool = False) -> Array:
    """Give the place of values between two ends, from 0 to 1; ½ where the ends are one."""
    if log and low > 0:
        values, low, high = np.log(values), float(np.log(low)), float(np.log(high))
    if high <= low:
        return np.full(values.shape, 0.5)
    share: Array = (values - low) / (high - low)
    return share


def chosen(count: int, most: int) -> NDArray[np.intp]:
    """Choose at most so many of a number of rows, evenly."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.intp)) if count else np.zeros(0, dtype=np.intp)


def of_points(table: "DataFrame", columns: Sequence[str], outcome: str) -> "DataFrame":
    """Give a row for each point: its columns, and the mean of the outcome over its runs.

    A table without a column ``point`` is taken to have a row for each already. Points without a value are left out.
    """
    need(table, [*columns, outcome])
    some = table.loc[np.isfinite(numbers_of(table, outcome))]
    if "point" not in table.columns:
        return some
    rules: dict[str, Any] = {**dict.fromkeys(columns, "first"), outcome: "mean"}
    means: DataFrame = some.groupby("point", as_index=False).agg(rules)
    return means


def _told_apart(values: Array) -> tuple[str, ...]:
    """Write numbers with as many digits as it takes to tell them apart."""
    for figures in range(3, 12):
        texts = tuple(number(value, figures=figures) for value in values.tolist())
        if len(set(texts)) == len(texts):
            return texts
    return tuple(repr(value) for value in values.tolist())


def _two_bins(values: Array) -> Groups:
    """Part values nearly all of which are one: into that one with what lies below, and what lies above."""
    low, high = float(values.min()), float(values.max())
    edges = np.array([low, (low + high) / 2, high])
    return _binned((values > edges[1]).astype(np.intp), edges)


def _binned(codes: Any, edges: Array) -> Groups:
    texts = _told_apart(edges)
    return Groups(codes, tuple(f"{low} to {high}" for low, high in pairwise(texts)), edges)
