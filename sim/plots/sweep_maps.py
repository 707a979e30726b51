"""An outcome over two parameters of a sweep: cells of a grid, or bins where points are scattered."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from sim.arrays import Array
from sim.errors import UserError
from sim.numerals import number
from sim.plots.columns import (
    MOST_LEVELS,
    NARROW,
    NO_UNITS,
    Groups,
    bins,
    foot,
    is_text,
    left_out,
    levels,
    many,
    named,
    need,
    numbers_of,
    scaled,
    titled,
    unit_of,
)  # fmt: skip
from sim.plots.inputs import runs_of
from sim.plots.style import BLACK, MAP, Picture, broken, numbers, picture, styled

if TYPE_CHECKING:
    from pandas import Series

IN_A_CELL = 8  # points that a bin is to hold
MOST_BINS = 20
MOST_GRID = 64  # levels of an axis of a grid; more are put into bins
MOST_WRITTEN = 7  # cells a side in which there is room for numbers


@styled
def heat_map(
    table: Any,
    x: str,
    y: str,
    outcome: str,
    *,
    units: Mapping[str, str] = NO_UNITS,
    log: Collection[str] = (),
    threshold: float | None = None,
    title: str | None = None,
) -> Picture:
    """Draw the mean of an outcome over two inputs.

    Levels of a grid make cells of equal size. Scattered points are put into bins with as many points in each along either
    axis; what else varies is averaged over. Cells without a run are hatched.

    Parameters
    ----------
    table : SavedSweep or DataFrame
        What `sim.sweep` gives, or a row for each run or point: the frame of a sweep. Rows without a value, such as failed runs,
        are left out.
    x, y : str
        Columns: addresses, or levers, which may hold names.
    outcome : str
        Column to average.
    units : mapping, optional
        Units by column, such as ``manifest["units"]`` of a sweep. Outcomes have their own.
    log : collection of str, optional
        Columns that are measured on a log scale.
    threshold : float, optional
        Value of the outcome at which a line is drawn, where both inputs are numbers.
    title : str, optional
        Over the figure.

    Raises
    ------
    UserError
        A column is missing, x and y are one, or no row has a value.
    """
    table, units = runs_of(table, (x, y, outcome), units)
    need(table, (x, y, outcome))
    if x == y:
        raise UserError(f"two different inputs are needed, not '{x}' twice")
    values = numbers_of(table, outcome)
    known = np.isfinite(values) & table[[x, y]].notna().all(axis=1).to_numpy()
    if not known.any():
        raise UserError(f"no row has a value of '{outcome}'")
    rows = table.loc[known, [x, y]]
    pairs = len(rows.drop_duplicates())
    across, up = _axis(rows[x], rows[y], pairs), _axis(rows[y], rows[x], pairs)
    cells = _means(values[known], across, up)
    figure = picture(NARROW, 4.7)
    axes = figure.subplots()
    axes.grid(visible=False)
    axes.patch.set(facecolor="white", hatch="////", edgecolor="#9A9A9A", linewidth=0)
    low, high = float(np.nanmin(cells)), float(np.nanmax(cells))
    pad = 0.0 if high > low else max(abs(low) * 0.01, 0.5)
    mesh = axes.pcolormesh(across.places, up.places, cells, cmap=MAP, norm=Normalize(low - pad, high + pad), linewidth=0)
    for groups, name, horizontal in ((across, x, True), (up, y, False)):
        _ticks(axes, groups, name in log, x=horizontal)
    axes.set_xlabel(named(x, units))
    axes.set_ylabel(named(y, units))
    bar = figure.colorbar(mesh, ax=axes, pad=0.02, aspect=28)
    bar.ax.set_ylabel(unit_of(outcome, units))
    bar.outline.set_visible(False)
    numbers(bar.ax)
    if not across.edges.size and not up.edges.size and max(cells.shape) <= MOST_WRITTEN:
        _write(axes, cells, low, high)
    handles: list[Any] = (
        [Patch(facecolor="white", hatch="////", edgecolor="#9A9A9A", label="no runs")] if np.isnan(cells).any() else []
    )
    if threshold is not None and not is_text(rows[x]) and not is_text(rows[y]) and _contour(axes, across, up, cells, threshold):
        unit = unit_of(outcome, units)
        handles.append(Line2D([], [], color=BLACK, linewidth=1.8, label=f"{number(threshold)} {unit}".strip()))
    figure.suptitle(broken(title or titled(outcome), 56))
    foot(figure, _told(across, up, len(rows)), left_out(len(rows), len(table)), handles=handles)
    return figure


def _axis(values: "Series[float]", others: "Series[float]", pairs: int) -> Groups:
    """Group one axis: by level where levels come again with different values of the other axis, else into bins."""
    if is_text(values):
        return levels(values)
    mine, theirs = values.nunique(), others.nunique()
    crossed = mine <= MOST_GRID and 2 * pairs >= mine * theirs
    if crossed or (mine <= MOST_LEVELS and pairs >= 2 * mine):
        groups = levels(values)
        return groups if mine <= MOST_LEVELS else _spaced(groups, np.unique(values))
    count = int(np.clip(np.sqrt(pairs / IN_A_CELL) if not is_text(others) else pairs / theirs / IN_A_CELL, 2, MOST_BINS))
    return bins(values, count)


def _spaced(groups: Groups, values: Array) -> Groups:
    """Give many levels their place on an axis of numbers: each reaches half way to its neighbours."""
    middles = (values[1:] + values[:-1]) / 2
    if values[0] > 0:  # in ratios, so that the first edge stays above nought
        middles = np.sqrt(values[1:] * values[:-1])
        ends = (values[0] ** 2 / middles[0], values[-1] ** 2 / middles[-1])
    else:
        ends = (2 * values[0] - middles[0], 2 * values[-1] - middles[-1])
    return Groups(groups.codes, groups.labels, np.array([ends[0], *middles, ends[1]]))


def _means(values: Array, across: Groups, up: Groups) -> Array:
    """Give the mean of each cell, shape (up, across), NaN where there is none."""
    shape = (len(up.labels), len(across.labels))
    cell = up.codes * shape[1] + across.codes
    counts = np.bincount(cell, minlength=shape[0] * shape[1])
    sums = np.bincount(cell, weights=values, minlength=len(counts))
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).reshape(shape)


def _ticks(axes: Axes, groups: Groups, log: bool, *, x: bool) -> None:
    axis = axes.xaxis if x else axes.yaxis
    if groups.edges.size:
        scaled(axes, groups.edges, log, x=x)
        return
    count = len(groups.labels)
    longest = max(map(len, groups.labels))
    room = max(2, 44 // (longest + 2)) if x and longest <= 12 else count
    shown = np.arange(0, count, -(-count // room))
    labels = [broken(groups.labels[place], 14 if x else 22) for place in shown]
    axis.set_ticks(shown.tolist(), labels)
    axis.set_tick_params(length=0)
    if x and longest > 12:
        axes.tick_params(axis="x", labelrotation=60 if count > 4 else 0)


def _write(axes: Axes, cells: Array, low: float, high: float) -> None:
    """Write the mean into each cell, white on dark."""
    for (row, column), value in np.ndenumerate(cells):
        if np.isfinite(value):
            dark = high <= low or (value - low) / (high - low) < 0.55
            around = withStroke(linewidth=2, foreground=BLACK if dark else "white")  # the line of a threshold may run beneath
            style: dict[str, Any] = {"color": "white" if dark else BLACK, "path_effects": [around], "fontsize": 8}
            axes.text(column, row, number(float(value)), ha="center", va="center", **style)


def _contour(axes: Axes, across: Groups, up: Groups, cells: Array, threshold: float) -> bool:
    """Draw the line where the outcome passes a threshold; false where it never does."""
    if min(cells.shape) < 2 or not np.nanmin(cells) < threshold < np.nanmax(cells):
        return False
    x, y = ((groups.places[1:] + groups.places[:-1]) / 2 for groups in (across, up))
    masked = np.ma.masked_invalid(cells)
    axes.contour(x, y, masked, levels=[threshold], colors="white", linewidths=3.6)
    axes.contour(x, y, masked, levels=[threshold], colors=BLACK, linewidths=1.8)
    return True


def _told(across: Groups, up: Groups, rows: int) -> str:
    what = "bin" if across.edges.size or up.edges.size else "cell"
    return f"Mean of each {what}; {many(rows, 'row')} in {len(across.labels)} × {len(up.labels)} {what}s"
