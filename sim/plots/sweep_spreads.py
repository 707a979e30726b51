"""How the spread of an outcome changes along an input of a sweep, and fan charts of some of its points."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from sim.errors import UserError, suggest
from sim.plots.columns import (
    NARROW,
    NO_UNITS,
    chosen,
    foot,
    grouped,
    left_out,
    many,
    named,
    named_in_line,
    need,
    numbers_of,
    titled,
)  # fmt: skip
from sim.plots.fans import LEVELS, UNITS, draw_bands
from sim.plots.inputs import quantiles_of, runs_of
from sim.plots.outcomes import draw_distributions
from sim.plots.style import BLUE, SERIES_COLOURS, Picture, broken, country_name, dates, numbers, panels, picture, readable, styled

if TYPE_CHECKING:
    pass

QUANTILES = tuple(f"q{round(100 * level):02d}" for level in LEVELS)
MOST_POINTS = 9  # panels of a figure


@styled
def ridge(
    table: Any,
    by: str,
    outcome: str,
    *,
    units: Mapping[str, str] = NO_UNITS,
    bins: int = 8,
    title: str | None = None,
) -> Picture:
    """Draw the distribution of an outcome at each level of an input, or in bins of it, the highest on top.

    Under each silhouette are its median, its middle half and its middle nine tenths.

    Parameters
    ----------
    table : SavedSweep or DataFrame
        What `sim.sweep` gives, or a row for each run: the frame of a sweep. Rows without a value, such as failed runs, are left
        out.
    by : str
        Column: an address or a lever. More than twelve values are put into bins with as many rows in each.
    outcome : str
        Column whose distribution is drawn.
    units : mapping, optional
        Units by column. Outcomes have their own.
    bins : int
        How many bins.
    title : str, optional
        Over the figure.

    Raises
    ------
    UserError
        A column is missing, or no row has a value.
    """
    table, units = runs_of(table, (by, outcome), units)
    need(table, (by, outcome))
    values = numbers_of(table, outcome)
    known = np.isfinite(values) & table[by].notna().to_numpy()
    if not known.any():
        raise UserError(f"no row has a value of '{outcome}'")
    groups = grouped(table.loc[known, by], bins)
    parts = [values[known][groups.codes == code] for code in range(len(groups.labels))]
    order = range(len(parts))[::-1]
    figure = picture(NARROW, 0.46 * max(len(parts), 2) + 1.4)
    axes = figure.subplots()
    draw_distributions(axes, [parts[place] for place in order], colours=(BLUE,))
    axes.set_yticks([0.12 - row for row in range(len(parts))], [broken(groups.labels[place], 26) for place in order])
    axes.tick_params(axis="y", length=0)
    axes.set_title(f"by {named_in_line(by, units, 60)}", fontweight="normal", fontsize=8.5)
    axes.set_xlabel(named(outcome, units))
    figure.suptitle(broken(title or titled(outcome), 56))
    sizes = sorted({len(part) for part in parts})
    count = many(sizes[0], "row") if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,} rows"
    foot(figure, f"{count} in each; thick line: half of them, thin: nine in ten", left_out(int(known.sum()), len(table)))
    return figure


@styled
def quantile_fan_by_point(
    quantiles: Any,
    quantity: str,
    *,
    points: Sequence[int] | None = None,
    labels: Mapping[int, str] | None = None,
    holders: Collection[str] | None = None,
    start: str | None = None,
    columns: int = 2,
    title: str | None = None,
) -> Picture:
    """Draw the fan chart of one quantity for some points of a sweep side by side, on one scale.

    Parameters
    ----------
    quantiles : SavedSweep or DataFrame
        What `sim.sweep` gives, or columns ``point``, ``quantity``, ``holder``, ``month`` (from 1) and ``q05``, ``q25``,
        ``q50``, ``q75``, ``q95``: the quantiles of a sweep.
    quantity : str
        A recorded quantity.
    points : sequence of int, optional
        Points to draw; nine at most, evenly chosen, when left out.
    labels : mapping, optional
        Title of each point, such as its values.
    holders : collection of str, optional
        Countries or partnerships to draw; all that have any of it by default.
    start : str, optional
        First month, such as ``"2023-08"``; months are numbered without it.
    columns : int
        Panels in a row.
    title : str, optional
        Over the figure.

    Raises
    ------
    UserError
        A column, the quantity or a point is missing.
    """
    quantiles = quantiles_of(quantiles)
    need(quantiles, ("point", "quantity", "holder", "month", *QUANTILES))
    rows = quantiles.loc[quantiles["quantity"] == quantity]
    if not len(rows):
        raise UserError(f"no quantiles of '{quantity}' were kept; {suggest(quantity, map(str, quantiles['quantity'].unique()))}")
    known = np.unique(rows["point"])
    shown = known[chosen(len(known), MOST_POINTS)].tolist() if points is None else list(points)
    if missing := [point for point in shown if point not in known]:
        raise UserError(f"there are no quantiles of point {missing[0]}; points {known[0]} to {known[-1]} have some")
    rows = rows.loc[rows["point"].isin(shown)]
    reach = rows.groupby("holder", sort=False)[list(QUANTILES)].max().abs().max(axis=1)
    names = [str(name) for name in reach.index if (holders is None and reach[name] > 0) or name in (holders or ())]
    names = names or [str(name) for name in reach.index[:1]]
    figure = picture(3.1 * columns, 2.1 * -(-len(shown) // columns) + 1.0)
    axes_list = panels(figure, len(shown), columns, sharex=True, sharey=True)
    for axes, point in zip(axes_list, shown, strict=True):
        for number, holder in enumerate(names):
            fan = rows.loc[(rows["point"] == point) & (rows["holder"] == holder)].sort_values("month")
            months = fan["month"].to_numpy()
            at = months if start is None else np.datetime64(start, "M") + (months - 1).astype("timedelta64[M]")
            style = {"linestyle": ("-", "--")[number % 2], "label": country_name(holder)}
            draw_bands(
                axes, at, fan[list(QUANTILES)].to_numpy(dtype=float).T, SERIES_COLOURS[number % len(SERIES_COLOURS)], **style
            )
        axes.set_title(broken((labels or {}).get(point, f"Point {point}"), 34), fontsize=9)
        numbers(axes)
        axes.tick_params(labelbottom=True)
        if start is not None:
            dates(axes)
    for axes in axes_list[::columns]:
        axes.set_ylabel(UNITS.get(quantity, ""))
    if start is None:
        for axes in axes_list[-columns:]:
            axes.set_xlabel("month")
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    handles: list[Any] = [
        Patch(color=BLUE, alpha=0.45, label="half of the runs"),
        Patch(color=BLUE, alpha=0.18, label="nine runs in ten"),
    ]
    if len(names) > 1:
        for number, name in enumerate(names):
            colour = SERIES_COLOURS[number % len(SERIES_COLOURS)]
            handles.append(Line2D([], [], color=colour, linestyle=("-", "--")[number % 2], label=country_name(name)))
    figure.suptitle(title or readable(quantity))
    note = f"{len(shown)} of {len(known):,} points" if len(shown) < len(known) else ""
    foot(figure, note, handles=handles, columns=2 if columns < 3 else 4)
    return figure
