"""What the record tells of numbers: each before and after."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from sim.numerals import number
from sim.plots.columns import NARROW, foot, fraction, many, need
from sim.plots.intervals import Rows
from sim.plots.style import BLACK, BLUE, GREY, Picture, picture, styled

if TYPE_CHECKING:
    from pandas import DataFrame

LIGHT = "#E0E0E0"
WHEN = ("prior", "posterior")
LEVELS = ("q05", "q50", "q95")
MARGIN = 0.25  # of the range before, that is shown to either side


@styled
def numbers_before_after(table: "DataFrame", *, most: int = 12) -> Picture:
    """Draw numbers before the record and after it, the most told of on top; all ranges before have one length.

    Parameters
    ----------
    table : DataFrame
        A row for each ``address``: ``unit``, ``family``, the quantiles ``prior_q05``, ``prior_q50``, ``prior_q95`` and those of
        the ``posterior``; what the record tells of it, ``told``, and what it would seem to tell by ``chance``: numbers told of
        no more than that are drawn in grey.
    most : int
        Numbers to draw; how many more there are is said below.

    Raises
    ------
    UserError
        A column is missing, or there is no number.
    """
    need(table, ("address", "unit", "family", "told", "chance", *(f"{when}_{level}" for when in WHEN for level in LEVELS)))
    rows = sorted(table.to_dict("records"), key=lambda row: -row["told"])
    shown = rows[:most]
    figure = picture(NARROW, 0.44 * len(shown) + 1.2)
    axes, chart = figure.subplots(), Rows()
    for row in shown:
        at, (before, after) = chart.row(str(row["address"]), 34), places(row)
        told = row["told"] > row["chance"]
        colour, hatch = (BLUE, "") if told else (GREY, "////")
        axes.add_patch(Rectangle((before[0], at - 0.3), before[2] - before[0], 0.36, facecolor=LIGHT, edgecolor="none"))
        axes.plot([before[1]] * 2, [at - 0.3, at + 0.06], color=GREY, linewidth=1.5, zorder=2)
        box: Any = {"facecolor": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0, "zorder": 3}
        axes.add_patch(Rectangle((after[0], at - 0.22), after[2] - after[0], 0.2, **box))
        axes.plot([after[1]] * 2, [at - 0.32, at + 0.08], color=BLACK, linewidth=2, zorder=4)
        axes.text(0.5, at + 0.26, said(row), fontsize=7.5, ha="center", va="center", color="#333333")
    chart.label(axes)
    axes.set_xlim(-MARGIN, 1 + MARGIN)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    figure.suptitle("What the record tells of numbers")
    handles: list[Any] = [
        Patch(facecolor=LIGHT, label="before: nine in ten"),
        Line2D([], [], color=GREY, linewidth=1.5, label="before: median"),
        Patch(facecolor=BLUE, label="after: nine in ten"),
        Line2D([], [], color=BLACK, linewidth=2, label="after: median"),
    ]
    if any(row["told"] <= row["chance"] for row in shown):
        handles.append(Patch(facecolor=GREY, hatch="////", edgecolor="white", label="the same, told by chance at most"))
    rest = len(rows) - len(shown)
    foot(figure, f"not shown: {many(rest, 'further number')}, told of less" if rest else "", handles=handles)
    return figure


def places(row: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Places of the quantiles before and after, in logs where so believed: 0 and 1 are the ends of nine in ten before."""
    low, high, log = float(row["prior_q05"]), float(row["prior_q95"]), row["family"] in ("log", "lognormal")
    least = 1e-9 if log and low > 0 else -np.inf
    found = [np.maximum([float(row[f"{when}_{level}"]) for level in LEVELS], least) for when in WHEN]
    before, after = (np.clip(fraction(each, low, high, log=log), -MARGIN, 1 + MARGIN) for each in found)
    return before, after


def said(row: Mapping[str, Any]) -> str:
    """Tell the medians and ends in numbers."""
    unit = "" if row["unit"] == "dimensionless" else f" {row['unit']}"
    before, after = (tuple(number(row[f"{when}_{level}"]) for level in LEVELS) for when in WHEN)
    return f"{before[1]} ({before[0]} to {before[2]}) → {after[1]} ({after[0]} to {after[2]}){unit}"
