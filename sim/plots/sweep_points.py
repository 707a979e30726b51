"""Points of a sweep: as lines through all of their inputs, and beside the boxes in which an outcome is high or low."""

from collections.abc import Collection, Mapping, Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.arrays import Array
from sim.errors import UserError
from sim.numerals import number
from sim.plots.columns import (
    NARROW,
    NO_UNITS,
    chosen,
    foot,
    fraction,
    is_text,
    left_out,
    levels,
    many,
    named,
    named_in_line,
    need,
    numbers_of,
    of_points,
    scaled,
    titled,
    unit_of,
)  # fmt: skip
from sim.plots.inputs import runs_of
from sim.plots.intervals import percents
from sim.plots.style import BLACK, BLUE, GREEN, GREY, MAP, VERMILLION, Picture, broken, numbers, picture, styled

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Mask = NDArray[np.bool_]
MOST_LINES = 120
MOST_MARKS = 2_000
PALE = "#C4C4C4"
LINES = ListedColormap(colormaps[MAP](np.linspace(0, 0.8, 256)))  # without the lightest, which are lost on white
MOST_NAMES = 6  # levels whose names fit along an axis
BOXES = (BLACK, VERMILLION, GREEN)


@styled
def parallel_coordinates(
    table: Any,
    parameters: Sequence[str],
    outcome: str,
    *,
    units: Mapping[str, str] = NO_UNITS,
    log: Collection[str] = (),
    at_least: float | None = None,
    at_most: float | None = None,
    title: str | None = None,
) -> Picture:
    """Draw each point as a line through its inputs, one row each, coloured by the outcome, which is the last row.

    Parameters
    ----------
    table : SavedSweep or DataFrame
        What `sim.sweep` gives, or a row for each run or point: the frame of a sweep. Where it has a column ``point``, the
        outcome is averaged over the runs of each. Points without a value are left out.
    parameters : sequence of str
        Columns, from the top down.
    outcome : str
        Column that colours the lines.
    units : mapping, optional
        Units by column. Outcomes have their own.
    log : collection of str, optional
        Columns that are measured on a log scale.
    at_least, at_most : float, optional
        Points whose outcome lies within are drawn dark over the others, which turn pale; nothing is coloured by outcome then.
    title : str, optional
        Over the figure.

    Raises
    ------
    UserError
        A column is missing, there is no parameter, or no point has a value.
    """
    if not parameters:
        raise UserError("name at least one parameter")
    names = list(dict.fromkeys(parameters))
    table, units = runs_of(table, (*names, outcome), units)
    points = _valued(table, names, outcome)
    values = numbers_of(points, outcome)
    picked = _within(values, at_least, at_most)
    limited = at_least is not None or at_most is not None
    rows = [*names, outcome]
    places = np.column_stack([_place(points[name], name in log) for name in rows])
    figure = picture(NARROW, 0.5 * len(rows) + 1.7)
    axes = figure.subplots()
    low, high = float(values.min()), float(values.max())
    pad = 0.0 if high > low else max(abs(low) * 0.01, 0.5)
    norm = Normalize(low - pad, high + pad)
    order = np.argsort(values, kind="stable")
    on, off = order[picked[order]], order[~picked[order]]
    on, off = on[chosen(len(on), MOST_LINES)], off[chosen(len(off), MOST_LINES)]
    if limited:
        _lines(axes, places[off], color=PALE, zorder=1)
        _lines(axes, places[on], color=BLUE, zorder=2)
    else:
        _lines(axes, places[on], array=values[on], cmap=LINES, norm=norm, zorder=2)
    for at, name in enumerate(rows):
        axes.axhline(at, color=BLACK, linewidth=0.8, zorder=3)
        _ends(axes, points[name], at)
    axes.set_yticks(range(len(rows)), [named_in_line(name, units, 36) for name in rows])
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels()[-1:]:
        label.set_fontweight("bold")
    axes.set_ylim(len(rows) - 0.5, -0.35)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([])
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    if not limited:
        bar = figure.colorbar(ScalarMappable(norm, LINES), ax=axes, location="bottom", aspect=40, pad=0.01)
        bar.ax.set_xlabel(named_in_line(outcome, units, 60))
        bar.outline.set_visible(False)
        numbers(bar.ax, x=True)
    figure.suptitle(broken(title or titled(outcome), 56))
    shown = len(on) + (len(off) if limited else 0)
    criterion = _criterion(at_least, at_most, unit_of(outcome, units))
    handles = [
        Line2D([], [], color=BLUE, label=f"{criterion}: {many(int(picked.sum()), 'point')}"),
        Line2D([], [], color=PALE, label=f"other: {many(len(points) - int(picked.sum()), 'point')}"),
    ]
    foot(
        figure,
        f"{shown:,} of {len(points):,} lines are drawn, evenly by outcome" if shown < len(points) else "",
        _lost(table, points, outcome),
        handles=handles if limited else (),
    )
    return figure


@styled
def scatter_boxes(
    table: Any,
    outcome: str,
    boxes: "DataFrame",
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    trajectory: "DataFrame | None" = None,
    units: Mapping[str, str] = NO_UNITS,
    log: Collection[str] = (),
    title: str | None = None,
) -> Picture:
    """Draw boxes over the two parameters that they restrict most, and how much of what is sought they hold, and how densely.

    Parameters
    ----------
    table : SavedSweep or DataFrame
        What `sim.sweep` gives, or a row for each run or point: the frame of a sweep. Where it has a column ``point``, the
        outcome is averaged over the runs of each. Points without a value are left out.
    outcome : str
        Column in which something is sought.
    boxes : DataFrame
        A row for each ``box`` and ``parameter`` that it restricts, with ``low`` and ``high`` (NaN where open), ``coverage``
        and ``density``: what `SavedSweep.discover` gives. ``density_low`` and ``density_high`` are drawn where they are there.
    at_least, at_most : float, optional
        What is sought: points whose outcome lies within. One at least has to be given.
    trajectory : DataFrame, optional
        Boxes on the way to the best one, with ``coverage`` and ``density``, and ``restricted``, the number of parameters.
    units : mapping, optional
        Units by column. Outcomes have their own.
    log : collection of str, optional
        Columns that are measured on a log scale.
    title : str, optional
        Over the figure.

    Raises
    ------
    UserError
        A column is missing, no point has a value, nothing is sought, or there is no box.
    """
    if at_least is None and at_most is None:
        raise UserError("say what is sought: at_least or at_most")
    if not len(boxes):
        raise UserError("there is no box to draw; none was found")
    need(boxes, ("box", "parameter", "low", "high", "coverage", "density"))
    known = [str(name) for name in dict.fromkeys(boxes["parameter"])]
    table, units = runs_of(table, (*known, outcome), units)
    points = _valued(table, known, outcome)
    sought = _within(numbers_of(points, outcome), at_least, at_most)
    drawn = _most_restricted(boxes, points, log)
    figure = picture(NARROW, 7.2)
    upper, lower = figure.subplots(2, 1, height_ratios=(3, 2))
    _scatter(upper, points, drawn, sought, log)
    upper.set_xlabel(named(drawn[0], units))
    upper.set_ylabel(named(drawn[1], units, 30) if len(drawn) > 1 else "in no order")
    numbers_found = [int(number) for number in dict.fromkeys(boxes["box"])]
    others = sorted(set(known) - set(drawn))
    apart = [box for box in numbers_found if not set(drawn) & set(boxes.loc[boxes["box"] == box, "parameter"])]
    for place, box in enumerate(numbers_found):
        if box not in apart:
            _box(upper, boxes.loc[boxes["box"] == box], drawn, box, BOXES[place % len(BOXES)])
    _held(lower, boxes.drop_duplicates("box"), trajectory, float(sought.mean()))
    head = title or f"{titled(outcome)}: {_criterion(at_least, at_most, unit_of(outcome, units))}"
    figure.suptitle(broken(head, 56))
    foot(
        figure,
        f"Also restricted, and not on the axes: {', '.join(others[:4])}{' …' if len(others) > 4 else ''}" if others else "",
        f"Not restricted here, hence below only: box {', '.join(map(str, apart))}" if apart else "",
        _lost(table, points, outcome),
        handles=_legend(trajectory is not None),
    )
    return figure


def _valued(table: "DataFrame", names: Sequence[str], outcome: str) -> "DataFrame":
    points = of_points(table, names, outcome)
    points = points.loc[points[list(names)].notna().all(axis=1)]
    if not len(points):
        raise UserError(f"no point has a value of '{outcome}'")
    return points


def _lost(table: "DataFrame", points: "DataFrame", outcome: str) -> str:
    """Say how many points or rows have no value."""
    if "point" in table.columns:
        return left_out(len(points), table["point"].nunique()).replace("rows", "points")
    return left_out(len(points), len(table))


def _within(values: Array, low: float | None, high: float | None) -> Mask:
    inside: Mask = np.ones(len(values), dtype=bool)
    if low is not None:
        inside &= values >= low
    if high is not None:
        inside &= values <= high
    return inside


def _criterion(low: float | None, high: float | None, unit: str) -> str:
    parts = [f"{word} {number(end)}" for word, end in (("at least", low), ("at most", high)) if end is not None]
    return f"{' and '.join(parts)} {unit}".strip()


def _place(values: "Series[Any]", log: bool) -> Array:
    """Give places from 0 to 1 along the range of a column; names are spaced evenly."""
    if is_text(values):
        groups = levels(values)
        return fraction(groups.codes.astype(float), 0.0, len(groups.labels) - 1.0)
    column = values.to_numpy(dtype=float)
    return fraction(column, float(column.min()), float(column.max()), log=log)


def _lines(axes: Axes, places: Array, **style: Any) -> LineCollection:
    heights = np.broadcast_to(np.arange(places.shape[1]), places.shape)
    alpha = float(np.clip(25 / max(len(places), 1), 0.25, 0.9))
    collection = LineCollection(list(np.stack([places, heights], axis=2)), linewidths=1.0, alpha=alpha, **style)
    axes.add_collection(collection)
    return collection


def _ends(axes: Axes, values: "Series[Any]", at: int) -> None:
    """Write the ends of a range under its line, or the names along it."""
    style: dict[str, Any] = {"fontsize": 7.5, "va": "top", "zorder": 4}
    halo = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6}
    if is_text(values):
        texts = levels(values).labels
        shown = range(len(texts)) if len(texts) <= MOST_NAMES else (0, len(texts) - 1)
        written = [(0.5 if len(texts) == 1 else place / (len(texts) - 1), texts[place]) for place in shown]
    else:
        low, high = float(values.min()), float(values.max())
        written = [(0.5, number(low))] if low == high else [(0.0, number(low)), (1.0, number(high))]
    for x, text in written:
        side = "left" if x < 0.05 else "right" if x > 0.95 else "center"
        axes.text(x, at + 0.1, broken(text, 18), ha=side, bbox=halo, **style)


def _most_restricted(boxes: "DataFrame", points: "DataFrame", log: Collection[str]) -> list[str]:
    """Give the two parameters of which the boxes leave least, the first box first."""
    left: dict[str, float] = {}
    for row in boxes.itertuples(index=False):
        name = str(row.parameter)
        column = numbers_of(points, name)
        low, high = float(column.min()), float(column.max())
        ends = np.array([low if np.isnan(row.low) else row.low, high if np.isnan(row.high) else row.high], dtype=float)
        places = np.clip(fraction(np.maximum(ends, low), low, high, log=name in log), 0, 1)
        left[name] = min(left.get(name, 1.0), float(places[1] - places[0]) + 10.0 * (row.box != boxes["box"].iloc[0]))
    return sorted(left, key=lambda name: left[name])[:2]


def _across(points: "DataFrame", drawn: Sequence[str]) -> tuple[Array, Array]:
    """Give both coordinates; where one parameter alone is restricted, the points are spread evenly over the other axis."""
    x = numbers_of(points, drawn[0])
    return x, numbers_of(points, drawn[1]) if len(drawn) > 1 else np.modf(np.arange(len(x)) * 0.618034)[0]


def _scatter(axes: Axes, points: "DataFrame", drawn: Sequence[str], sought: Mask, log: Collection[str]) -> None:
    x, y = _across(points, drawn)
    size = float(np.clip(500 / len(points), 2.2, 5))
    for which, colour, face in ((~sought, GREY, "none"), (sought, BLUE, BLUE)):
        places = np.flatnonzero(which)
        places = places[chosen(len(places), MOST_MARKS)]
        axes.plot(
            x[places], y[places], linestyle="", marker="o", markersize=size, markerfacecolor=face, markeredgecolor=colour,
            markeredgewidth=0.6, alpha=0.8,
        )  # fmt: skip
    scaled(axes, x, drawn[0] in log, x=True)
    if len(drawn) > 1:
        scaled(axes, y, drawn[1] in log, x=False)
    else:
        axes.set_yticks([])
    axes.autoscale_view()
    axes.set_xlim(axes.get_xlim())
    axes.set_ylim(axes.get_ylim())


def _box(axes: Axes, sides: "DataFrame", drawn: Sequence[str], number: int, colour: str) -> None:
    """Draw a box over two parameters, open to the edge of the axes where it is; its number stands in its corner."""
    ends = []
    for name, limits in zip([*drawn, None][:2], (axes.get_xlim(), axes.get_ylim()), strict=False):
        row = sides.loc[sides["parameter"] == name]
        low, high = (float(row[key].iloc[0]) if len(row) else nan for key in ("low", "high"))
        ends.append((low if isfinite(low) else limits[0], high if isfinite(high) else limits[1]))
    (left, right), (bottom, top) = ends
    style = ("-", "--", ":")[(number - 1) % 3]
    axes.add_patch(
        Rectangle(
            (left, bottom), right - left, top - bottom, fill=False, edgecolor=colour, linewidth=2, linestyle=style, zorder=4
        )
    )
    x, y = ((left, top), (right, bottom), (right, top), (left, bottom))[(number - 1) % 4]  # so that numbers seldom collide
    shift, across, up = (4 if x == left else -4, -4 if y == top else 4), x == left, y == top
    axes.annotate(
        str(number), (x, y), shift, textcoords="offset points", ha="left" if across else "right", va="top" if up else "bottom",
        fontsize=9, weight="bold", color="white", bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.5}, zorder=5,
    )  # fmt: skip


def _held(axes: Axes, boxes: "DataFrame", trajectory: "DataFrame | None", base: float) -> None:
    """Draw the boxes by coverage and density, over the way to the best one."""
    if trajectory is not None:
        need(trajectory, ("coverage", "density"))
        axes.plot(trajectory["coverage"], trajectory["density"], color=GREY, marker=".", markersize=4, linewidth=1)
        if "restricted" in trajectory.columns:
            _steps(axes, trajectory)
    axes.axhline(base, color=BLACK, linewidth=0.9, linestyle=":")
    for place, row in enumerate(boxes.itertuples(index=False)):
        colour = BOXES[place % len(BOXES)]
        if "density_low" in boxes.columns:
            axes.plot([row.coverage] * 2, [row.density_low, row.density_high], color=colour, linewidth=1.5)
        axes.plot(row.coverage, row.density, marker="s", markersize=11, color=colour)
        axes.annotate(
            str(int(row.box)), (row.coverage, row.density), ha="center", va="center", color="white", fontsize=8, weight="bold"
        )
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.05, 1.07)
    percents(axes.xaxis)
    percents(axes.yaxis)
    axes.set_xlabel("coverage: share of all sought points that the box holds")
    axes.set_ylabel("density: share of\nits points that are sought")


def _steps(axes: Axes, trajectory: "DataFrame") -> None:
    """Write the number of restricted parameters where it changes."""
    before = None
    for row in trajectory.itertuples(index=False):
        if row.restricted != before:
            axes.annotate(
                str(int(row.restricted)), (row.coverage, row.density), (0, -5), textcoords="offset points", ha="center", va="top",
                fontsize=7.5, color="#555555",
            )  # fmt: skip
        before = row.restricted


def _legend(trajectory: bool) -> list[Line2D]:
    handles = [
        Line2D([], [], linestyle="", marker="o", color=BLUE, label="point that is sought"),
        Line2D([], [], linestyle="", marker="o", color=GREY, markerfacecolor="none", label="other point"),
        Line2D([], [], color=BLACK, linewidth=2, label="box, by number"),
        Line2D([], [], color=BLACK, linestyle=":", linewidth=0.9, label="density of all points"),
    ]
    if trajectory:
        handles.append(Line2D([], [], color=GREY, marker=".", label="on the way to it (number: sides)"))
    return handles
