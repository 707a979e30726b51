"""What is left of a box of worlds beside the record: fan charts before and after the end of the fit, waves, and scores."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import isfinite
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from sim.arrays import Array
from sim.errors import UserError
from sim.evidence import last_day
from sim.evidence.series import SERIES, Target
from sim.numerals import number
from sim.plots.columns import NARROW, foot, many, need, numbers_of
from sim.plots.fans import HALF_MONTH, LEVELS, MONTH, SO_FAR, Months, bands_over, draw_bands, draw_target
from sim.plots.intervals import ROW, Rows, percents
from sim.plots.outcomes import draw_distributions
from sim.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    YELLOW,
    Picture,
    broken,
    dates,
    numbers,
    panels,
    picture,
    styled,
)

if TYPE_CHECKING:
    from pandas import DataFrame
    from xarray import Dataset

QUARTER = 3  # months over which a series of counts is summed up
GRADES = {"A": ("o", "A, traceable"), "B": ("s", "B, widely known"), "C": ("^", "C, disputed or derived")}
HELD_BACK = "white"
FORECASTS = {
    "crps": (BLUE, "", "worlds that are left"),
    "prior_crps": (GREY, "", "whole box"),
    "last_value": (ORANGE, "////", "last value known"),
    "trend": (SKY, "....", "linear trend"),
}
BANDS = {"within_50": (-0.14, "o", BLUE, 0.5), "within_90": (0.14, "s", GREEN, 0.9)}
FARTHEST = 3.0  # times the cut-off: implausibilities beyond are drawn there


def bands_of(runs: "Dataset", series: Collection[str] | None = None) -> dict[str, Array]:
    """Give the quantiles (5, month) of what series of the record count, as `matched_fans` takes them.

    Totals and events are summed up so far, counts over three months; of first events it is the share of runs that have had one,
    which has no spread; the others are by month.

    Parameters
    ----------
    runs : Dataset
        Full paths of runs (month, holder, run).
    series : collection of str, optional
        Names of series; all for which the runs have the quantities when left out.

    Raises
    ------
    UserError
        A series that is asked for has no counterpart in the runs.
    """
    found = {}
    for name in SERIES if series is None else series:
        try:
            found[name] = _bands(SERIES[name].kind, SERIES[name].paths(runs))
        except UserError:
            if series is not None:
                raise
    return found


@styled
def matched_fans(
    months: Months,
    bands: Mapping[str, Array],
    targets: Sequence[Target],
    *,
    fitted: Collection[str],
    until: str,
    prior: Mapping[str, Array] | None = None,
    columns: int = 2,
) -> Picture:
    """Draw the worlds that are left beside every figure of the record, parted where the fit ends.

    Series that count the same thing share a panel.

    A figure has its range as a line, an arrow where the range is open, and its period across. Full marks were fitted, hollow
    ones were not. The mark says how sure the figure is.

    Parameters
    ----------
    months : array of datetime64, shape (month,)
    bands : mapping
        Quantiles at 5, 25, 50, 75 and 95 percent, shape (5, month), by name of a series: see `bands_of`.
    targets : sequence of Target
        Figures in the model's units; those of series without bands are left out.
    fitted : collection of str
        Ids of the figures that were used in the fit.
    until : str
        Last month that was fitted, such as ``"2024-06"``.
    prior : mapping, optional
        The same bands for the whole box, drawn pale behind.
    columns : int
        Panels in a row.

    Raises
    ------
    UserError
        There are no bands, or ``until`` is no month.
    """
    if not bands:
        raise UserError("there are no bands to draw")
    months = np.asarray(months).astype("datetime64[D]")
    end = last_day(until)
    groups = _groups(bands)
    shown = [target for target in targets if target.series.name in bands]
    figure = picture(3.5 * columns, 2.35 * -(-len(groups) // columns) + 1.1)
    for axes, names in zip(panels(figure, len(groups), columns), groups, strict=True):
        name = names[0]
        at = months + (HALF_MONTH if SERIES[name].kind in ("mean", "first") else MONTH)
        if prior is not None and name in prior:
            axes.fill_between(at, prior[name][0], prior[name][4], color=GREY, alpha=0.22, linewidth=0)
        draw_bands(axes, at, bands[name], BLUE)
        for target in shown:
            if target.series.name in names:
                row = target.observation
                draw_target(axes, _marked(target), GRADES[row.grade][0], face=BLACK if row.id in fitted else HELD_BACK)
        _parted(axes, end, months)
        axes.set_title(broken(_title(names), 34))
        axes.set_ylabel(broken(_unit(name), 24))
        axes.margins(y=0.12)
        if axes.get_ylim()[0] < 0 <= axes.dataLim.ymin:
            axes.set_ylim(bottom=0)
        dates(axes)
        numbers(axes)
        axes.set_xlim(months[0], months[-1] + MONTH + (months[-1] - months[0]) // 50)
    figure.suptitle("The worlds that are left, and the record")
    foot(figure, f"fitted to {until}; shaded: after it", handles=_fan_legend(shown, fitted, prior is not None), columns=columns)
    return figure


@styled
def implausibility_by_wave(table: "DataFrame", cut: float = 3.0) -> Picture:
    """Draw the distribution of implausibility in each wave, with the cut-off and the share of its worlds that is left.

    Parameters
    ----------
    table : DataFrame
        A row for each world: ``wave``, ``implausibility`` (infinite or NaN for a world that failed), and ``left``, whether it
        is not ruled out.
    cut : float
        Implausibility from which a world is ruled out.

    Raises
    ------
    UserError
        A column is missing, or there is no world.
    """
    need(table, ("wave", "implausibility", "left"))
    waves = {int(wave): rows for wave, rows in table.groupby("wave")}
    values = [
        np.minimum(np.nan_to_num(numbers_of(rows, "implausibility"), nan=np.inf), FARTHEST * cut) for rows in waves.values()
    ]
    figure = picture(NARROW, 0.75 * max(len(waves), 2) + 1.5)
    axes = figure.subplots()
    draw_distributions(axes, values, colours=(BLUE,))
    axes.axvspan(cut, FARTHEST * cut * 1.02, color=GREY, alpha=0.15, linewidth=0, zorder=0)
    axes.axvline(cut, color=BLACK, linewidth=1.2, linestyle=(0, (4, 2)))
    axes.set_xlim(0, FARTHEST * cut * 1.02)
    labels = [
        f"Wave {wave}\n{many(len(rows), 'world')}\n{_percent(float(rows['left'].mean()))} left" for wave, rows in waves.items()
    ]
    axes.set_yticks([0.15 - row for row in range(len(waves))], labels)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(f"implausibility, in standard deviations (ruled out from {number(cut)} on)")
    figure.suptitle("How far worlds lie from the record")
    beyond = sum(int((each >= FARTHEST * cut).sum()) for each in values)
    foot(figure, f"at the right end: {many(beyond, 'world')} at {number(FARTHEST * cut)} or more, or failed" if beyond else "")
    return figure


@styled
def scores(table: "DataFrame") -> Picture:
    """Draw how well each series was forecast, beside the whole box and naive forecasts, and how often bands held what came.

    Parameters
    ----------
    table : DataFrame
        A row for each series: ``series``, its title; ``unit``; ``figures``, how many were scored; ``crps``, the mean continuous
        ranked probability score of the worlds that are left, in that unit; ``last_value`` and ``trend``, those of the naive
        forecasts, NaN where there is none; ``within_50`` and ``within_90``, shares of figures in the middle bands. With
        ``prior_`` before them, ``crps``, ``within_50`` and ``within_90`` of the whole box.

    Raises
    ------
    UserError
        A column is missing, or there is no series.
    """
    need(table, ("series", "unit", "figures", *FORECASTS, *BANDS, *(f"prior_{name}" for name in BANDS)))
    figure = picture(NARROW, ROW * 3.1 * len(table) + 2.1)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    rows = Rows()
    for row in table.to_dict("records"):
        at = rows.row(f"{row['series']} ({row['figures']}), {row['unit']}", 30)
        _compared(left, {name: float(row[name]) for name in FORECASTS}, at)
        for name, (shift, marker, colour, goal) in BANDS.items():
            right.plot([goal, row[name]], [at + shift] * 2, color=colour, linewidth=1.2, zorder=2)
            right.plot(row[name], at + shift, marker=marker, color=colour, markersize=5, linestyle="", zorder=4)
            box: Any = {"marker": marker, "markersize": 8.5, "markerfacecolor": "none", "markeredgecolor": "#555555"}
            right.plot(row[f"prior_{name}"], at + shift, linestyle="", zorder=3, **box)
    rows.label(left)
    left.set_xlim(0, 1.35)
    left.set_xticks([])
    left.spines["bottom"].set_visible(False)
    left.set_title("Score: shorter is better")
    left.set_xlabel("as a share of the worst of the four")
    right.set_ylim(left.get_ylim())
    right.set_yticks([])
    right.spines["left"].set_visible(False)
    right.set_xlim(-0.05, 1.05)
    for _, _, colour, goal in BANDS.values():
        right.axvline(goal, color=colour, linewidth=1, linestyle=":")
    percents(right.xaxis, 3)
    right.set_title("Within the band")
    right.set_xlabel("share of figures\n(dotted: as it should be)")
    handles: list[Any] = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=label) for colour, hatch, label in FORECASTS.values()
    ]
    handles += [
        Line2D([], [], color=colour, marker=marker, linestyle="", label=f"band of {goal:.0%}")
        for _, marker, colour, goal in BANDS.values()
    ]
    handles.append(
        Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            markersize=8,
            markerfacecolor="none",
            markeredgecolor="#555555",
            label="hollow: the same of the whole box",
        )
    )
    foot(figure, "In brackets: figures that were scored", handles=handles)
    return figure


def _compared(axes: Axes, values: Mapping[str, float], at: int) -> None:
    """Draw the scores as shares of the worst, with their numbers."""
    worst = max([*(value for value in values.values() if isfinite(value)), 0.0])
    for place, (name, value) in enumerate(values.items()):
        colour, hatch, _ = FORECASTS[name]
        y, length = at + 0.21 * (place - 1.5), value / worst if isfinite(value) and worst > 0 else 0.0
        axes.barh(y, length, height=0.2, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
        axes.text(length + 0.02, y, number(value) if isfinite(value) else "none", fontsize=7.5, va="center_baseline")


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def _title(names: Sequence[str]) -> str:
    """Give the title of a panel; where it holds several series, without what sets them apart."""
    series = SERIES[names[0]]
    title = series.title if len(names) == 1 else series.title.partition(",")[0]
    title = title.removeprefix("month of ") if series.kind == "first" else title
    return title[:1].upper() + title[1:]


def _unit(name: str) -> str:
    series = SERIES[name]
    if series.kind == "first":
        return "share of runs so far"
    return f"{series.unit}{' in three months' if series.kind == 'count' else ''}"


def _bands(kind: str, paths: Array) -> Array:
    if kind == "first":
        return np.tile((np.cumsum(paths, axis=0) > 0).mean(axis=1), (len(LEVELS), 1))
    return bands_over(paths, {"total": SO_FAR, "events": SO_FAR, "count": QUARTER}.get(kind, 1))


def _groups(names: Iterable[str]) -> list[list[str]]:
    """Put series together that are the same path, summed up alike."""
    found: dict[Any, list[str]] = {}
    order = list(SERIES)
    for name in sorted(names, key=order.index):
        found.setdefault((SERIES[name].path, SERIES[name].kind), []).append(name)
    return list(found.values())


def _marked(target: Target) -> Target:
    """Give a figure of bounds alone a place for its mark: the middle of its range, or the one end that there is."""
    ends = [end for end in (target.low, target.high) if isfinite(end)]
    return target if isfinite(target.central) or not ends else replace(target, central=fmean(ends))


def _parted(axes: Axes, end: date, months: NDArray[np.datetime64]) -> None:
    """Shade what comes after the fit, if any of it is within the months."""
    last = (months[-1] + 2 * MONTH).astype(date)
    if end < last:
        first = max(end, months[0].astype(date))
        axes.axvspan(date2num(first), date2num(last), color=YELLOW, alpha=0.16, linewidth=0, zorder=0)
        axes.axvline(date2num(first), color=GREY, linewidth=1, zorder=1)


def _fan_legend(targets: Sequence[Target], fitted: Collection[str], prior: bool) -> list[Any]:
    black: dict[str, Any] = {"color": BLACK, "linestyle": "", "markersize": 5}
    handles: list[Any] = [
        Line2D([], [], color=BLUE, linewidth=1.6, label="median run"),
        Patch(color=BLUE, alpha=0.45, label="half of the runs"),
        Patch(color=BLUE, alpha=0.18, label="nine runs in ten"),
    ]
    if prior:
        handles.append(Patch(color=GREY, alpha=0.22, label="nine in ten of the whole box"))
    handles.append(Line2D([], [], marker="o", label="figure that was fitted", **black))
    if any(target.observation.id not in fitted for target in targets):
        handles.append(Line2D([], [], marker="o", markerfacecolor=HELD_BACK, label="figure that was not", **black))
    grades = {target.observation.grade for target in targets}
    handles += [
        Line2D([], [], marker=mark, label=f"grade {label}", **black) for key, (mark, label) in GRADES.items() if key in grades
    ]
    kinds = {target.series.kind for target in targets}
    events: tuple[tuple[str, str, Any], ...] = (("events", "summit, as it was", ":"), ("first", "treaty, as it was", "--"))
    return handles + [Line2D([], [], color=BLACK, linestyle=style, label=label) for kind, label, style in events if kind in kinds]
