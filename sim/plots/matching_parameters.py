"""What the record tells of parameters: ranges before and after, what is left along each, and pairs that trade off."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from sim.arrays import Array
from sim.errors import UserError
from sim.numerals import number
from sim.plots.columns import NARROW, NO_UNITS, chosen, foot, fraction, many, named_in_line, need, numbers_of, scaled
from sim.plots.intervals import Rows, percents
from sim.plots.style import BLACK, BLUE, GREY, ORANGE, Picture, panels, picture, styled

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_MARKS = 1_000
HIGHEST = 3.0  # times the cut-off: implausibilities beyond are drawn there


@styled
def ranges_before_after(table: "DataFrame", *, most: int = 20) -> Picture:
    """Draw what is left of each parameter's range: first those that the record tells of, the most narrowed on top.

    All ranges are drawn at one length, in their own measure, with their ends in numbers.

    Parameters
    ----------
    table : DataFrame
        A row for each ``parameter``: ``low`` and ``high``, the declared range; ``q05``, ``q50`` and ``q95`` of the worlds that
        are left; optionally ``unit``, ``measure`` (``linear``, ``log``), and ``informed``, whether the record tells more of it
        than chance would: the others are drawn in grey.
    most : int
        Parameters to draw; how many more there are is said below.

    Raises
    ------
    UserError
        A column is missing, or there is no parameter.
    """
    need(table, ("parameter", "low", "high", "q05", "q50", "q95"))
    rows = table.to_dict("records")
    places = {row["parameter"]: _places(row) for row in rows}
    width = {name: float(high - low) for name, (low, _, high) in places.items()}
    order = sorted(rows, key=lambda row: (not row.get("informed", True), width[row["parameter"]]))
    shown = order[:most]
    figure = picture(NARROW, 0.44 * len(shown) + 1.3)
    axes = figure.subplots()
    chart = Rows()
    for row in shown:
        at, (low, middle, high) = chart.row(str(row["parameter"]), 30), places[row["parameter"]]
        colour, hatch = (BLUE, "") if row.get("informed", True) else (GREY, "////")
        axes.add_patch(Rectangle((0, at - 0.3), 1, 0.36, facecolor="#E8E8E8", edgecolor="none"))
        axes.add_patch(
            Rectangle((low, at - 0.3), high - low, 0.36, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0)
        )
        axes.plot([middle] * 2, [at - 0.34, at + 0.1], color=BLACK, linewidth=2, zorder=3)
        unit = str(row.get("unit", "") or "")
        said = f"{number(row['q05'])} to {number(row['q95'])} {'' if unit == 'dimensionless' else unit}".strip()
        for x, text, side in ((0, number(row["low"]), "left"), (0.5, said, "center"), (1, number(row["high"]), "right")):
            axes.text(x, at + 0.28, text, fontsize=7.5, ha=side, va="center", color="#333333" if side == "center" else "#777777")
    chart.label(axes)
    axes.set_xlim(-0.01, 1.01)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    figure.suptitle("What the record leaves of each range")
    handles: list[Any] = [
        Patch(facecolor="#E8E8E8", label="declared range"),
        Patch(facecolor=BLUE, label="nine in ten of the worlds that are left"),
        Line2D([], [], color=BLACK, linewidth=2, label="their median"),
    ]
    if not all(row.get("informed", True) for row in shown):
        handles.insert(2, Patch(facecolor=GREY, hatch="////", edgecolor="white", label="the same, told by chance at most"))
    rest = len(order) - len(shown)
    foot(figure, f"not shown: {many(rest, 'further parameter')}, told of or narrowed less" if rest else "", handles=handles)
    return figure


@styled
def profiles(
    table: "DataFrame",
    cut: float = 3.0,
    *,
    units: Mapping[str, str] = NO_UNITS,
    log: Collection[str] = (),
    most: int = 12,
    columns: int = 3,
) -> Picture:
    """Draw along each parameter which share of the worlds is left, and below it how near the best world comes to the record.

    The share tells how much more easily the record is met in one slice than in another. The best world tells what is ruled out
    for good: a slice in which even it lies above the cut-off is ruled out, whatever the other parameters are.

    Parameters
    ----------
    table : DataFrame
        A row for each ``parameter`` and slice: ``low`` and ``high``, its ends; ``lowest``, the lowest implausibility of any world
        in it, and ``share``, the share of its worlds that is not ruled out, NaN where it has none.
    cut : float
        Implausibility from which a world is ruled out.
    units : mapping, optional
        Units by parameter.
    log : collection of str, optional
        Parameters that are measured on a log scale.
    most : int
        Parameters to draw, in the order of the table.
    columns : int
        Panels in a row.

    Raises
    ------
    UserError
        A column is missing, or there is no parameter.
    """
    need(table, ("parameter", "low", "high", "lowest", "share"))
    names = list(dict.fromkeys(table["parameter"]))
    shown = names[:most]
    rows = -(-len(shown) // columns)
    figure = picture(2.6 * columns, 2.3 * rows + 1.1)
    grid = figure.subplots(2 * rows, columns, squeeze=False, height_ratios=(3, 2) * rows)
    for spare in np.concatenate([grid[half::2].ravel()[len(shown) :] for half in (0, 1)]):
        spare.set_axis_off()
    above, below = (grid[half::2].ravel()[: len(shown)] for half in (0, 1))
    for upper, lower, name in zip(above, below, shown, strict=True):
        slices = table.loc[table["parameter"] == name].sort_values("low")
        edges = np.append(numbers_of(slices, "low"), numbers_of(slices, "high")[-1])
        _shares(upper, edges, numbers_of(slices, "share"))
        _lowest(lower, edges, np.minimum(numbers_of(slices, "lowest"), HIGHEST * cut), cut)
        for axes in (upper, lower):
            scaled(axes, edges, name in log, x=True)
            axes.set_xlim(edges[0], edges[-1])
        upper.tick_params(axis="x", which="both", labelbottom=False)
        lower.set_xlabel(named_in_line(str(name), units, 26), fontsize=8)
    for half, least, word in ((above, 0.05, "share left"), (below, 1.2 * cut, "best")):
        top = max(least, *(float(axes.dataLim.ymax) for axes in half))
        for place, axes in enumerate(half):
            axes.set_ylim(0, top * 1.06)
            axes.tick_params(axis="y", labelleft=place % columns == 0)
            axes.set_ylabel(word if place % columns == 0 else "")
    figure.suptitle("What is left along each parameter")
    handles: list[Any] = [
        Patch(facecolor=BLUE, alpha=0.35, label="share of the slice's worlds that is left"),
        Line2D([], [], color=BLACK, linewidth=1, linestyle=":", label="the same of all slices"),
        Line2D([], [], color=BLUE, linewidth=1.8, label="implausibility of its best world"),
        Line2D([], [], color=BLACK, linewidth=1, linestyle=(0, (4, 2)), label=f"cut-off, {number(cut)}"),
    ]
    if (table["lowest"] >= cut).any():
        handles.append(Patch(facecolor=ORANGE, alpha=0.35, hatch="////", edgecolor="white", label="slice ruled out"))
    rest = len(names) - len(shown)
    foot(figure, f"not shown: {many(rest, 'further parameter')}" if rest else "", handles=handles)
    return figure


@styled
def trade_offs(
    worlds: "DataFrame",
    pairs: Sequence[tuple[str, str]] | None = None,
    *,
    parameters: Sequence[str] | None = None,
    units: Mapping[str, str] = NO_UNITS,
    log: Collection[str] = (),
    which: str = "that are left",
    most: int = 6,
    columns: int = 2,
) -> Picture:
    """Draw worlds over pairs of parameters of which one makes up for the other, with their rank correlation.

    Parameters
    ----------
    worlds : DataFrame
        A row for each world, with a column for each parameter.
    pairs : sequence of (str, str), optional
        Which pairs; when left out, those with the strongest rank correlation.
    parameters : sequence of str, optional
        Columns among which to look for pairs; all those with an address (which has a point) when left out.
    units : mapping, optional
        Units by parameter.
    log : collection of str, optional
        Parameters that are measured on a log scale.
    which : str
        Which worlds these are, in words.
    most : int
        Pairs to draw.
    columns : int
        Panels in a row.

    Raises
    ------
    UserError
        A column is missing, or there is no pair or no world.
    """
    known = list(parameters) if parameters is not None else [str(name) for name in worlds.columns if "." in str(name)]
    need(worlds, known if pairs is None else [name for pair in pairs for name in pair])
    found = list(pairs)[:most] if pairs is not None else _strongest(worlds, known, most)
    if not found:
        raise UserError("there is no pair to draw; two parameters that vary are needed")
    figure = picture(3.1 * columns, 2.6 * -(-len(found) // columns) + 0.8)
    some = worlds.iloc[chosen(len(worlds), MOST_MARKS)]
    for axes, (first, second) in zip(panels(figure, len(found), columns), found, strict=True):
        axes.plot(some[first], some[second], linestyle="", marker="o", markersize=3, color=BLUE, alpha=0.5, markeredgewidth=0)
        scaled(axes, numbers_of(worlds, first), first in log, x=True)
        scaled(axes, numbers_of(worlds, second), second in log, x=False)
        axes.set_xlabel(named_in_line(first, units, 34), fontsize=8)
        axes.set_ylabel(named_in_line(second, units, 28), fontsize=8)
        rho = float(_rank_correlations(np.column_stack([numbers_of(worlds, first), numbers_of(worlds, second)]))[0, 1])
        said = f"{rho:+.2f}".replace("-", "−") if np.isfinite(rho) else "not known"
        axes.set_title(f"Rank correlation {said}", fontsize=9)
    figure.suptitle("Pairs that trade off")
    few = f", of which {MOST_MARKS:,} are drawn" if len(some) < len(worlds) else ""
    foot(figure, f"{many(len(worlds), 'world')} {which}{few}")
    return figure


def _places(row: Mapping[str, object]) -> Array:
    """Give 5, 50 and 95 percent as places along the declared range, within it."""
    low, high = float(str(row["low"])), float(str(row["high"]))
    values = np.array([float(str(row[key])) for key in ("q05", "q50", "q95")])
    places: Array = np.clip(fraction(np.maximum(values, low), low, high, log=row.get("measure") == "log"), 0.0, 1.0)
    return places


def _shares(axes: Axes, edges: Array, share: Array) -> None:
    axes.stairs(share, edges, fill=True, color=BLUE, alpha=0.35, linewidth=0, zorder=2)
    axes.stairs(share, edges, baseline=None, color=BLUE, linewidth=1.2, zorder=3)
    if np.isfinite(share).any():
        axes.axhline(float(np.nanmean(share)), color=BLACK, linewidth=1, linestyle=":", zorder=4)
    percents(axes.yaxis, 3)


def _lowest(axes: Axes, edges: Array, lowest: Array, cut: float) -> None:
    axes.stairs(lowest, edges, baseline=None, color=BLUE, linewidth=1.8, zorder=3)
    axes.axhline(cut, color=BLACK, linewidth=1, linestyle=(0, (4, 2)), zorder=2)
    axes.yaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 5, 10]))
    for place in np.flatnonzero(lowest >= cut):
        axes.axvspan(edges[place], edges[place + 1], facecolor=ORANGE, alpha=0.35, hatch="////", edgecolor="white", linewidth=0)


def _strongest(worlds: "DataFrame", names: Sequence[str], most: int) -> list[tuple[str, str]]:
    found = (
        np.abs(_rank_correlations(np.column_stack([numbers_of(worlds, name) for name in names]))) if names else np.zeros((0, 0))
    )
    first, second = np.triu_indices(len(found), 1)
    strength = np.nan_to_num(found[first, second], nan=-1.0)
    order = [place for place in np.argsort(-strength, kind="stable")[:most] if strength[place] >= 0]
    return [(names[first[place]], names[second[place]]) for place in order]


def _rank_correlations(values: Array) -> Array:
    """Give Spearman's correlations of columns, shape (column, column); NaN for one that does not vary."""
    ranks = np.column_stack([_ranks(column) for column in values.T])
    centred = ranks - ranks.mean(axis=0)
    sizes = np.sqrt((centred**2).sum(axis=0))
    centred /= np.where(sizes > 0, sizes, np.nan)
    found: Array = centred.T @ centred
    return found


def _ranks(column: Array) -> Array:
    """Give ranks, those of equal values averaged."""
    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Array = (last - (counts - 1) / 2.0)[place]
    return ranks
