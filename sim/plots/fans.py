"""Fan charts: median and bands of the main flows by month, with what is known drawn on."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import FigureBase
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from sim.arrays import Array
from sim.errors import UserError
from sim.evidence import Observation, observations
from sim.evidence.series import PARTNERSHIP, SERIES, Target, months_of, targets
from sim.mechanisms.quantities import QUANTITIES
from sim.plots.inputs import KEEP, Labels, months_by_arm
from sim.plots.style import BLACK, BLUE, SERIES_COLOURS, Picture, country_name, dates, numbers, panels, picture, styled

if TYPE_CHECKING:
    from xarray import DataArray, Dataset

Months = NDArray[np.datetime64]

# Holders that the record speaks of, and the empty name of a series between two of them.
OF_RECORD = {"", PARTNERSHIP, "russia", "north_korea"}
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
HOLDERS = {quantity.name: quantity.holder for quantity in QUANTITIES}
UNITS = {quantity.name: quantity.unit for quantity in QUANTITIES}
MARKERS = ("o", "s", "D", "^")
LINES = ("-", "--")
HALF_MONTH = np.timedelta64(15, "D")
MONTH = np.timedelta64(30, "D")
SO_FAR = 10**9


@dataclass(frozen=True, slots=True)
class Panel:
    """One fan chart: a recorded quantity, or a series of the record, and the evidence that goes on it.

    ``over`` is the number of months that are summed up: one, some of the last, or all so far (`SO_FAR`). Where ``series``
    is given, its path is shown instead of a quantity. ``axis`` replaces the unit on the vertical axis.
    """

    title: str
    quantity: str = ""
    over: int = 1
    series: str = ""
    evidence: tuple[str, ...] = ()
    axis: str = ""

    @property
    def unit(self) -> str:
        """Label of the vertical axis."""
        unit = SERIES[self.series].unit if self.series else UNITS[self.quantity]
        return self.axis or (unit.removesuffix("/month") if self.over > 1 else unit)

    @property
    def needs_runs(self) -> bool:
        """Whether quantiles by month are not enough: sums over months or lanes have quantiles of their own."""
        return self.over > 1 or bool(self.series)


PANELS = (
    Panel("Munitions delivered a month", "munitions_delivered", evidence=("PRK_RUS_shells_flow",)),
    Panel(
        "Munitions delivered so far",
        "munitions_delivered",
        over=SO_FAR,
        evidence=("PRK_RUS_shells_cum", "PRK_RUS_containers_cum"),
    ),
    Panel("Share of Russian fire", "fire_share", evidence=("PRK_share_of_RUS_shell_use",)),
    Panel("Technology handed over so far", "technology"),
    Panel("Soldiers sent so far", "troops_sent", over=SO_FAR, evidence=("PRK_RUS_troops",)),
    Panel("Soldiers abroad", "troops_abroad"),
    Panel("Oil in kind", "oil_delivered", evidence=("RUS_PRK_refined_oil",)),
    Panel("Payment to the supplier", "payment"),
    Panel("Openness of the tie", "openness", evidence=("Kim_Putin_summit", "RUS_PRK_treaty")),
    Panel("China–North Korea trade", series="PRK_CHN_trade_month", evidence=("PRK_CHN_trade_month", "PRK_CHN_trade_cum")),
    Panel("Dual-use goods received", "components_from_patrons", evidence=("CHN_RUS_dualuse",)),
    Panel(
        "Chinese exports to Russia",
        series="CHN_to_RUS_exports_yoy",
        evidence=("CHN_to_RUS_exports_yoy",),
        axis="percent, on the year before",
    ),
    Panel("Beijing's resolve, as believed", "belief"),
    Panel("Missile tests in three months", "tests", over=3, evidence=("PRK_missile_events_quarter",)),
    Panel("Visible tie", "visible_tie"),
)


@dataclass(frozen=True, slots=True)
class Fan:
    """One fan of a panel: its quantiles (5, month), how it is named, and how it looks."""

    name: str
    values: Array
    colour: str
    line: str = "-"


@styled
def fan_charts(
    summary: Any,
    paths: "Dataset | None" = None,
    evidence: Iterable[Observation] | None = None,
    columns: int = 3,
    *,
    title: str | None = None,
    labels: Labels | None = None,
    colours: Sequence[str] = SERIES_COLOURS,
) -> Picture:
    """Draw median, 50 and 90% bands of the main flows by month, with the evidence on them.

    Parameters
    ----------
    summary : Dataset, SavedRun or mapping
        What `sim.run`, `sim.compare` or `sim.open_run` gives: runs (month, holder, run) or quantiles by month (quantile, month,
        holder). Several scenarios, also as a mapping of label to runs, share each panel, a colour each.
    paths : Dataset, optional
        Full paths of some runs (month, holder, run). Sums over months or lanes are drawn from it; without it, and if
        ``summary`` has no runs either, those panels are left out.
    evidence : observations, optional
        Those that ship when left out; an empty tuple for none.
    columns : int
        Panels in a row.
    title : str, optional
        Over the figure.
    labels : sequence or mapping of str, optional
        Other names for the scenarios.
    colours : sequence of str
        One for each scenario, or for each holder where there is one scenario.

    Raises
    ------
    UserError
        If it is given something else, or runs without months.
    """
    rows = observations() if evidence is None else tuple(evidence)
    arms = months_by_arm(summary, paths, labels)
    return _figure(title or "Main flows by month", PANELS, arms, rows, columns, colours)


@styled
def evidence_charts(
    summary: Any,
    paths: "Dataset | None" = None,
    evidence: Iterable[Observation] | None = None,
    columns: int = 3,
    *,
    title: str | None = None,
    labels: Labels | None = None,
    colours: Sequence[str] = SERIES_COLOURS,
) -> Picture | None:
    """Draw the flows of which something is known, over the months of which it is known. Parameters as in `fan_charts`.

    Returns
    -------
    Picture or None
        None where nothing is known of these months.
    """
    rows = observations() if evidence is None else tuple(evidence)
    arms = months_by_arm(summary, paths, labels)
    ends = [target.observation.end for target in targets(rows, months_of(next(iter(arms.values()))[0]))]
    if not ends:
        return None
    until = np.datetime64(max(ends))
    known = {
        label: (months.sel(month=months["month"] <= until), full and full.sel(month=full["month"] <= until))
        for label, (months, full) in arms.items()
    }
    shown = [panel for panel in PANELS if panel.evidence]
    return _figure(title or "The runs beside the record", shown, known, rows, columns, colours)


def fans(panel: Panel, summary: "Dataset", paths: "Dataset | None") -> dict[str, Array]:
    """Give the quantiles (5, month) of a panel by holder; nothing where the data do not hold them.

    Holders that have none of it in any month are left out beside others that do.
    """
    source = summary
    if panel.needs_runs and "run" not in summary.dims:
        if paths is None:
            return {}
        source = paths
    if panel.series:
        try:
            return {"": _quantiles(SERIES[panel.series].paths(source))}
        except UserError:
            return {}
    by_holder = quantiles_by_holder(source, panel.quantity, panel.over)
    return {name: fan for name, fan in by_holder.items() if np.nanmax(np.abs(fan)) > 0} or by_holder


def quantiles_by_holder(data: "Dataset", quantity: str, over: int = 1) -> dict[str, Array]:
    """Give the quantiles (5, month) of a quantity by holder; nothing where the data do not hold it."""
    if quantity not in data:
        return {}
    values, holder = data[quantity], HOLDERS[quantity]
    by_holder = {str(name): _bands(values.sel({holder: name}), over) for name in values[holder].values}
    return {name: fan for name, fan in by_holder.items() if not np.isnan(fan).all()}


def bands_over(paths: Array, over: int = 1) -> Array:
    """Give the quantiles (5, month) of sums over so many months, from paths (month, run); NaN before there are as many."""
    if over == 1:
        return _quantiles(paths)
    sums = np.cumsum(paths, axis=0)
    earlier = np.zeros_like(sums)
    earlier[over:] = sums[:-over] if over < len(sums) else 0.0
    fan = _quantiles(sums - earlier)
    if over < SO_FAR:
        fan[:, : over - 1] = np.nan
    return fan


def draw_bands(axes: Axes, at: NDArray[Any], fan: Array, colour: str, **line: Any) -> None:
    """Draw the quantiles (5, month) of one fan: nine runs in ten, half of the runs, the median run."""
    axes.fill_between(at, fan[0], fan[4], color=colour, alpha=0.18, linewidth=0)
    axes.fill_between(at, fan[1], fan[3], color=colour, alpha=0.32, linewidth=0)
    axes.plot(at, fan[2], color=colour, linewidth=1.6, **line)


def draw_fan(axes: Axes, panel: Panel, by_holder: Mapping[str, Array], months: Months, rows: Iterable[Observation]) -> None:
    """Draw one panel: a fan for each holder, and the evidence of the panel's series where the record speaks of a holder."""
    drawn = fans_of({"": by_holder}, SERIES_COLOURS)
    draw_panel(axes, panel, drawn, months, rows if OF_RECORD & by_holder.keys() else ())


def draw_panel(axes: Axes, panel: Panel, drawn: Sequence[Fan], months: Months, rows: Iterable[Observation]) -> None:
    """Draw the fans of a panel, named where there are several, and the evidence of its series."""
    at = months + (MONTH if panel.over > 1 else HALF_MONTH)
    for fan in drawn:
        draw_bands(axes, at, fan.values, fan.colour, linestyle=fan.line, label=fan.name)
    if rows := tuple(rows):
        days = months.astype("datetime64[D]").tolist()
        for target in targets((row for row in rows if row.series in panel.evidence), days):
            draw_target(axes, target, MARKERS[panel.evidence.index(target.series.name)])
    axes.set_title(panel.title)
    axes.set_ylabel(panel.unit)
    axes.margins(y=0.12)
    if axes.get_ylim()[0] < 0 <= axes.dataLim.ymin:
        axes.set_ylim(bottom=0)
    if len(drawn) > 1:
        axes.legend(loc="best")
    dates(axes)
    numbers(axes)
    axes.set_xlim(months[0], months[-1] + MONTH + (months[-1] - months[0]) // 50)


def fans_of(by_arm: Mapping[str, Mapping[str, Array]], colours: Sequence[str]) -> list[Fan]:
    """Fans of a panel: of one scenario a colour for each holder, of several a colour for each and a line for each holder."""
    several = len(by_arm) > 1
    drawn = []
    for place, (label, by_holder) in enumerate(by_arm.items()):
        for number, (holder, fan) in enumerate(by_holder.items()):
            name = country_name(holder) if not several else label if len(by_holder) == 1 else f"{label}: {country_name(holder)}"
            drawn.append(Fan(name, fan, colours[(place if several else number) % len(colours)], LINES[number % 2]))
    return drawn


def _figure(
    title: str,
    chosen: Iterable[Panel],
    arms: "Mapping[str, tuple[Dataset, Dataset | None]]",
    rows: Iterable[Observation],
    columns: int,
    colours: Sequence[str],
) -> Picture:
    found = [(panel, {label: fans(panel, *parts) for label, parts in arms.items()}) for panel in chosen]
    drawn = [(panel, by_arm) for panel, by_arm in found if any(by_arm.values())]
    if not drawn:
        raise UserError(f"keep no quantity that is drawn here; {KEEP}", "runs")
    months = next(iter(arms.values()))[0]["month"].values
    figure = picture(3.5 * columns, 2.35 * -(-len(drawn) // columns) + 0.6)
    for axes, (panel, by_arm) in zip(panels(figure, len(drawn), columns), drawn, strict=True):
        known = OF_RECORD & {holder for by_holder in by_arm.values() for holder in by_holder}
        draw_panel(axes, panel, fans_of(by_arm, colours), months, rows if known else ())
    figure.suptitle(title)
    legend_of_fans(figure)
    return figure


def draw_target(axes: Axes, target: Target, marker: str, face: str = "") -> None:
    """Draw an observation: its period across, its range upwards, an arrow where that range is open, a mark at the number.

    A ``face`` fills the mark, which then has a black edge.
    """
    row, kind = target.observation, target.series.kind
    if kind in ("events", "first"):
        day = date2num(row.start)
        axes.axvline(day, color=BLACK, linewidth=1, linestyle=":" if kind == "events" else "--")
        return
    low, central, high = target.low, target.central, target.high
    first, last = np.datetime64(row.start), np.datetime64(row.end)
    at = first + (last - first) / 2 if kind == "mean" else last
    ends = [value for value in (low, high) if math.isfinite(value)]
    axes.plot([at, at], [min(ends), max(ends)], color=BLACK, linewidth=1.1, solid_capstyle="butt")
    if kind == "mean" and not math.isnan(central):
        axes.plot([first, last], [central, central], color=BLACK, linewidth=1.1)
    for value in ends:
        axes.plot(at, value, marker="_", color=BLACK, markersize=5)
    if len(ends) == 1:
        shift = 13 if high == math.inf else -13
        arrow = {"arrowstyle": "<-", "color": BLACK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (at, ends[0]), (0, shift), textcoords="offset points", arrowprops=arrow)
    if not math.isnan(central):
        look: dict[str, Any] = {"markeredgecolor": BLACK, "markerfacecolor": face} if face else {"markeredgecolor": "white"}
        axes.plot(at, central, marker=marker, color=BLACK, markersize=4, markeredgewidth=0.6, zorder=3, **look)


def legend_of_fans(figure: FigureBase) -> None:
    """Explain bands and marks below a figure of fan charts."""
    black: Any = {"color": BLACK, "linewidth": 1.1}
    entries = [
        Line2D([], [], color=BLUE, linewidth=1.6, label="median run"),
        Patch(color=BLUE, alpha=0.45, label="half of the runs"),
        Patch(color=BLUE, alpha=0.18, label="nine runs in ten"),
        Line2D([], [], marker="o", markersize=4, label="figure of the record, with its range", **black),
        Line2D([], [], marker="s", markersize=4, label="the same by another count", **black),
        Line2D([], [], linestyle=":", label="summit", **black),
        Line2D([], [], linestyle="--", label="treaty", **black),
    ]
    figure.legend(handles=entries, loc="outside lower center", ncols=4)


def _bands(values: "DataArray", over: int) -> Array:
    """Give quantiles (5, month) of sums over months, from runs; or of single months, from quantiles as well."""
    if "quantile" in values.dims:
        return np.asarray(values.transpose("quantile", "month").values, dtype=float)
    return bands_over(np.asarray(values.transpose("month", "run").values, dtype=float), over)


def _quantiles(paths: Array) -> Array:
    return np.quantile(paths, LEVELS, axis=1)
