"""What the record says of the claim: the model beside it, probabilities before and after, month by month, and the schools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots.intervals import ROW, WIDTH, Span, percents, say
from sim.plots.style import (
    BLACK,
    BLUE,
    GREY,
    SERIES_COLOURS,
    VERMILLION,
    Picture,
    broken,
    dates,
    numbers,
    picture,
    styled,
)

COLUMNS, PANEL = 2, 1.4  # series in a row, and their height in inches
MONTH = np.timedelta64(1, "M")
ROOM = (9, 5)  # width of the record, beside that of what is to come
HALF = 0.5
LOW = 0.5  # share of the height to come below which the record has a scale of its own


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of the record beside what the model says of it."""

    date: str
    low: float | None
    high: float | None
    model: Span
    hit: bool


@dataclass(frozen=True, slots=True)
class FanPanel:
    """One series: its figures, and the quantiles of what is to come."""

    title: str
    unit: str
    points: Sequence[Point]
    ahead: Mapping[str, tuple[float, float, float, float, float]] = field(default_factory=dict)
    """Quantiles at 5, 25, 50, 75 and 95 percent by date, "YYYY-MM"."""


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """A probability before the record and after it, with its range over other beliefs."""

    before: float
    after: Span


@styled
def record_fans(shown: Sequence[FanPanel]) -> Picture:
    """Draw series of the record over the model's range for the same figures, and its fan for what is to come."""
    rows = -(-len(shown) // COLUMNS)
    figure = picture(WIDTH, PANEL * rows + 0.45)
    grid = figure.add_gridspec(rows, min(COLUMNS, len(shown)))
    known = np.array([point.date for panel in shown for point in panel.points], dtype="datetime64[M]")
    for place, panel in enumerate(shown):
        axes = _series(figure, grid[divmod(place, grid.ncols)], panel)
        axes.set_xlim(known.min() - MONTH, known.max() + MONTH)
    handles = [
        Patch(color=BLUE, alpha=0.25, label="model: nine runs in ten"),
        *([Patch(color=BLUE, alpha=0.5, label="half of the runs")] if any(panel.ahead for panel in shown) else []),
        Line2D([], [], color=BLACK, marker="_", label="record, from low to high"),
        Line2D([], [], color=VERMILLION, marker="x", linestyle="", label="record, missed"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure


def _series(figure: Picture, cell: SubplotSpec, panel: FanPanel) -> Axes:
    """Draw the record and beside it what is to come, each with its own scale of time. Give the former.

    They share the scale of values unless the record would be flat on it, as that of a sum which goes on growing.
    """
    halves = cell.subgridspec(1, 2, width_ratios=ROOM, wspace=0.02)
    axes = figure.add_subplot(halves[0])
    _record(axes, panel)
    if panel.ahead:
        flat = axes.dataLim.y1 < LOW * max(fan[-1] for fan in panel.ahead.values())
        ahead = figure.add_subplot(halves[1], sharey=None if flat else axes)
        _ahead(ahead, panel.ahead)
        if flat:
            _own_scale(ahead)
        else:
            ahead.tick_params(left=False, labelleft=False)
            axes.autoscale(axis="y")
    if axes.dataLim.y0 >= 0:
        axes.set_ylim(bottom=0.0)
    return axes


def _own_scale(axes: Axes) -> None:
    axes.yaxis.tick_right()
    axes.tick_params(right=False)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set_title("expected, own scale", fontsize=7, fontweight="normal", loc="right")
    numbers(axes)


def _record(axes: Axes, panel: FanPanel) -> None:
    for point in panel.points:
        when = np.datetime64(point.date, "M")
        axes.plot([when, when], [point.model.low, point.model.high], color=BLUE, alpha=0.3, linewidth=5, solid_capstyle="butt")
        colour = BLACK if point.hit else VERMILLION
        known = [end for end in (point.low, point.high) if end is not None]
        if known:
            axes.plot([when] * len(known), known, color=colour, marker="_" if point.hit else "x", markersize=5, linewidth=1.2)
    axes.set_title(panel.title, fontsize=8)
    axes.set_ylabel(broken(panel.unit, 19), fontsize=7)
    numbers(axes)
    dates(axes)
    axes.tick_params(labelsize=7)


def _ahead(axes: Axes, ahead: Mapping[str, tuple[float, float, float, float, float]]) -> None:
    fan = np.array(list(ahead.values())).T
    at = np.array(list(ahead), dtype="datetime64[M]")
    axes.fill_between(at, fan[0], fan[4], color=BLUE, alpha=0.22, linewidth=0)
    axes.fill_between(at, fan[1], fan[3], color=BLUE, alpha=0.35, linewidth=0)
    axes.set_title("expected", fontsize=7, fontweight="normal", loc="right")
    axes.set_xlim(at[0], at[-1])
    axes.spines["left"].set(linestyle=(0, (2, 2)), color=GREY)
    axes.tick_params(labelsize=7)
    dates(axes, most=3)


@styled
def before_after(rows: Mapping[str, BeforeAfter], least: str = "as much as counts") -> Picture:
    """Draw for each good the probability of such an effect before the record and after it, with whiskers for other beliefs."""
    figure = picture(WIDTH, 1.2 * ROW * len(rows) + 0.8)
    axes = figure.subplots()
    for at, found in enumerate(rows.values()):
        axes.plot([found.after.low, found.after.high], [at, at], color=BLUE, linewidth=1.6)
        axes.plot([found.after.low, found.after.high], [at, at], color=BLUE, marker="|", linestyle="", markersize=7)
        axes.annotate("", (found.after.value, at), (found.before, at), arrowprops={"arrowstyle": "->", "color": GREY})
        axes.plot(found.before, at, marker="o", markersize=6, markerfacecolor="white", markeredgecolor=BLACK, clip_on=False)
        axes.plot(found.after.value, at, marker="o", markersize=6, color=BLUE, clip_on=False)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - HALF, -HALF)
    axes.set_xlim(0, 1)
    axes.axvline(HALF, color=BLACK, linewidth=0.8, linestyle=(0, (2, 2)))
    axes.text(HALF + 0.01, -HALF + 0.08, "even odds", fontsize=7, va="top")
    percents(axes.xaxis)
    axes.set_xlabel(f"how likely it is that Beijing holds it down by {least}")
    axes.grid(visible=False, axis="y")
    handles = [
        Line2D([], [], linestyle="", marker="o", markerfacecolor="white", markeredgecolor=BLACK, label="before the record"),
        Line2D([], [], linestyle="", marker="o", color=BLUE, label="after it"),
        Line2D([], [], color=BLUE, marker="|", label="on other assumptions"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


@styled
def verdict_moves(months: Mapping[str, Mapping[str, Span]], schools: Mapping[str, Span], by: str = "") -> Picture:
    """Draw the probability by the month in which the record ends, a line for each good, and beside it the schools' weights.

    Parameters
    ----------
    months : mapping
        Probability by good and month, "YYYY-MM", with its error; empty where it was not asked for.
    schools : mapping of Span
        Weight of each school; empty likewise.
    by : str
        The date that is judged, in words.
    """
    figure = picture(WIDTH, 2.2)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    for (name, line), colour in zip(months.items(), SERIES_COLOURS, strict=False):
        when, spans = np.array(list(line), dtype="datetime64[M]"), line.values()
        left.plot(when, [span.value for span in spans], color=colour, marker=".", label=name)
        left.fill_between(when, [span.low for span in spans], [span.high for span in spans], color=colour, alpha=0.2, linewidth=0)
    left.set_title(f"Chance by {by}, as the record grew" if by else "As the record grew")
    if months:
        known = sorted(set().union(*months.values()))
        left.set_xlabel(f"last month of the record, {known[0]} to {known[-1]}")
        left.set_ylim(0, 1)
        percents(left.yaxis)
        dates(left)
        left.legend(ncols=2, fontsize=7)
    else:
        say(left, "not asked for")
    right.set_title("The schools, 95% intervals")
    for at, weight in enumerate(schools.values()):
        right.barh(at, weight.value, color=BLUE, height=0.6)
        right.plot([weight.low, weight.high], [at, at], color=BLACK, linewidth=1.4)
    if schools:
        right.set_yticks(range(len(schools)), [broken(name, 22) for name in schools], fontsize=7)
        right.set_ylim(len(schools) - HALF, -HALF)
        right.set_xlim(0, 1)
        percents(right.xaxis)
        right.grid(visible=False, axis="y")
    else:
        say(right, "not asked for")
    return figure
