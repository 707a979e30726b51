"""What bound and who pressed, month by month."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.errors import UserError
from sim.mechanisms.quantities import DIMENSIONS, LIMITS
from sim.plots.fans import PANELS, draw_panel, fans, fans_of, quantiles_by_holder
from sim.plots.inputs import KEEP, Labels, months_by_arm
from sim.plots.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SERIES_COLOURS,
    VERMILLION,
    YELLOW,
    Picture,
    country_name,
    dates,
    panels,
    picture,
    readable,
    styled,
)  # fmt: skip

if TYPE_CHECKING:
    from xarray import DataArray, Dataset

# Twelve limits and eight safe colours: the second of two that share a colour is hatched.
LIMIT_STYLE: dict[str, tuple[str, str]] = {
    "none": ("#EDEDED", ""),
    "demand": (GREY, ""),
    "supply": (BLUE, ""),
    "payment": (YELLOW, ""),
    "quality": (BLUE, "////"),
    "trust": (PURPLE, ""),
    "reluctance": (GREEN, ""),
    "red_line": (GREEN, "////"),
    "interdiction": (ORANGE, "////"),
    "backlash": (PURPLE, "////"),
    "west": (ORANGE, ""),
    "beijing": (VERMILLION, ""),
}
SHOWN = 0.005  # share of runs that a limit has to reach in some month to be named in the legend
QUIET = 0.005  # a rule whose level stays below this in nine runs of ten is called idle


@styled
def limits_by_month(summary: Any, *, title: str | None = None, labels: Labels | None = None) -> Picture:
    """Draw which limit bound, as shares of runs stacked by month, a panel for each dimension.

    Parameters
    ----------
    summary : Dataset, SavedRun or mapping
        What `sim.run`, `sim.compare` or `sim.open_run` gives: ``limit_share`` (dimension, limit, month), or runs with the codes
        ``limit_munitions`` and so on. Several scenarios lie under one another.
    title : str, optional
        Over the figure.
    labels : sequence or mapping of str, optional
        Other names for the scenarios.
    """
    arms = {label: limit_shares(months) for label, (months, _) in months_by_arm(summary, labels=labels).items()}
    figure = picture(10.5, 0.4 + 5.4 * len(arms))
    parts: Any = figure.subfigures(len(arms), 1, squeeze=False)
    for part, (label, shares) in zip(parts[:, 0], arms.items(), strict=True):
        axes_list = panels(part, len(DIMENSIONS) + 1, 3, sharey=True)
        for axes, dimension in zip(axes_list, DIMENSIONS, strict=False):
            draw_limits(axes, shares.sel(dimension=dimension))
            axes.set_title(readable(dimension))
        for axes in axes_list[::3]:
            axes.set_ylabel("share of runs")
        axes_list[-1].set_axis_off()
        axes_list[-1].legend(handles=limit_legend(shares), loc="center", ncols=2, title="limit that bound")
        if label:
            part.suptitle(label)
    figure.suptitle(title or "Which limit bound, by month")
    return figure


def limit_shares(data: "Dataset") -> "DataArray":
    """Give the share of runs in which each limit bound, dims (dimension, limit, month)."""
    if "limit_share" in data:
        return data["limit_share"]
    import xarray as xr

    missing = [dimension for dimension in DIMENSIONS if f"limit_{dimension}" not in data]
    if missing:
        raise UserError(f"keep no 'limit_{missing[0]}'; {KEEP}", "runs")
    codes = [data[f"limit_{dimension}"].transpose("month", ...).values for dimension in DIMENSIONS]
    shares = [[(code == limit).reshape(len(code), -1).mean(axis=1) for limit in range(len(LIMITS))] for code in codes]
    labels = {"dimension": list(DIMENSIONS), "limit": list(LIMITS), "month": data["month"].values}
    return xr.DataArray(np.array(shares), coords=labels, dims=("dimension", "limit", "month"))


def draw_limits(axes: Axes, shares: "DataArray") -> None:
    """Stack the shares (limit, month) of one dimension; Beijing lies at the bottom, where it is read against zero."""
    months = shares["month"].values
    edges = np.append(months, months[-1] + np.timedelta64(30, "D"))
    order = list(reversed(LIMITS))
    bottom = np.zeros(len(edges))
    for limit in order:
        height = shares.sel(limit=limit).values
        top = bottom + np.append(height, height[-1])
        colour, hatch = LIMIT_STYLE[limit]
        axes.fill_between(
            edges, bottom, top, step="post", facecolor=colour, hatch=hatch, linewidth=0, edgecolor="white" if hatch else "none"
        )
        bottom = top
    axes.set_ylim(0, 1)
    axes.set_xlim(edges[0], edges[-1])
    axes.grid(visible=False)
    dates(axes)


def limit_legend(shares: "DataArray") -> list[Patch]:
    """Give legend entries for the limits that occur at all."""
    present = [limit for limit in LIMITS if float(shares.sel(limit=limit).max()) > SHOWN]
    entries = []
    for limit in reversed(present):
        colour, hatch = LIMIT_STYLE[limit]
        name = "none (zero is best)" if limit == "none" else readable(limit)
        entries.append(Patch(facecolor=colour, hatch=hatch, edgecolor="white" if hatch else colour, label=name))
    return entries


@styled
def pressure_levels(
    summary: Any,
    pressers: Mapping[str, str] | None = None,
    *,
    title: str | None = None,
    labels: Labels | None = None,
    colours: Sequence[str] = SERIES_COLOURS,
) -> Picture:
    """Draw the level of each rule by month, grouped by who presses, and the resolve that the partners believe Beijing to have.

    Parameters
    ----------
    summary : Dataset, SavedRun or mapping
        What `sim.run`, `sim.compare` or `sim.open_run` gives: quantiles by month or runs, with ``pressure`` and ``belief``.
        Each of several scenarios has panels of its own.
    pressers : mapping, optional
        Presser of each rule; without it all rules share one panel. A saved run knows it.
    title : str, optional
        Over the figure.
    labels : sequence or mapping of str, optional
        Other names for the scenarios.
    colours : sequence of str
        One for each rule of a panel.
    """
    arms = months_by_arm(summary, labels=labels)
    if pressers is None and hasattr(summary, "scenario") and hasattr(summary, "quantiles"):  # a saved run
        pressers = {name: rule.presser for name, rule in summary.scenario.rules.items()}
    groups: dict[str, dict[str, Any]] = {}
    for label, (data, _) in arms.items():
        for rule, fan in quantiles_by_holder(data, "pressure").items():
            presser = (pressers or {}).get(rule, "")
            name = ", ".join(each for each in (country_name(presser) if presser else "", label) if each)
            groups.setdefault(name or "All rules", {})[rule] = fan
    figure = picture(10.5, 2.7 * -(-(len(groups) + 1) // 2) + 0.5)
    axes_list = panels(figure, len(groups) + 1, 2)
    months = next(iter(arms.values()))[0]["month"].values
    for axes, (name, rules) in zip(axes_list, groups.items(), strict=False):
        _draw_rules(axes, months, rules, name, colours)
    belief = next(panel for panel in PANELS if panel.quantity == "belief")
    found = {label: fans(belief, *parts) for label, parts in arms.items()}
    draw_panel(axes_list[-1], belief, fans_of(found, colours), months, ())
    axes_list[-1].set_ylim(0, 1)
    figure.suptitle(title or "Pressure by month: median run, and the middle half of the runs")
    return figure


def _draw_rules(axes: Axes, months: Any, rules: Mapping[str, Any], name: str, colours: Sequence[str]) -> None:
    styles = ("-", "--", ":")
    at = months + np.timedelta64(15, "D")
    for number, (rule, fan) in enumerate(rules.items()):
        colour = colours[number % len(colours)]
        axes.fill_between(at, fan[1], fan[3], color=colour, alpha=0.2, linewidth=0)
        style = styles[number // len(colours) % len(styles)]
        axes.plot(
            at,
            fan[2],
            color=colour,
            linestyle=style,
            linewidth=1.5,
            label=readable(rule) + (": idle" if np.nanmax(fan[4]) < QUIET else ""),
        )
    axes.set_title(name)
    axes.set_ylabel("level of pressure (share)")
    axes.set_ylim(0, 1)
    axes.set_xlim(months[0], months[-1] + np.timedelta64(30, "D"))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    dates(axes)
