"""Which parameters move an outcome: bars from low to high, screening measures, and Sobol indices with their intervals."""

from collections.abc import Collection, Mapping, Sequence
from math import inf, isfinite, nan
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.errors import UserError
from sim.plots.columns import NARROW, foot, many, need, titled, unit_of
from sim.plots.inputs import sensitivity_of
from sim.plots.intervals import ROW, Rows, Span, draw_span, limits_of
from sim.plots.style import BLACK, BLUE, ORANGE, Picture, broken, numbers, picture, styled

if TYPE_CHECKING:
    from pandas import DataFrame

LABEL = 36  # letters in a line of a parameter's name
COLUMNS = ("parameter", "measure", "value", "low", "high")
UNKNOWN = Span(nan, nan, nan)
INDICES = {"first": (BLUE, "o", "first order: alone"), "total": (ORANGE, "s", "total: with all interactions")}
# What a bar from nought stands for, and whether it has the outcome's unit.
MEASURES = {
    "mu_star": ("mean absolute effect over the full range, μ*", True),
    "rank_regression": ("standardized rank regression coefficient", False),
}


@styled
def tornado(effects: Any, outcome: str, unit: str | None = None, *, most: int = 15, title: str | None = None) -> Picture:
    """Draw how far each parameter moves an outcome, the strongest on top.

    Parameters
    ----------
    effects : SavedSweep or DataFrame
        What `sim.sweep` gives, with every lever at its first option; or a row for each ``parameter``, with ``measure``,
        ``value``, ``low`` and ``high``: the sensitivity of a sweep. Measure ``outcome`` gives the outcome at the centre (value)
        and with one parameter at its low and at its high end: a bar each. ``mu_star`` (Morris 1991; Campolongo et al. 2007) and
        ``rank_regression`` are bars from nought with their intervals. NaN where nothing is known. Rows of other measures are
        not looked at.
    outcome : str
        What is moved, such as ``munitions``.
    unit : str, optional
        Its unit; that of the outcome when left out.
    most : int
        Bars to draw; how many more there are is said below.
    title : str, optional
        Over the figure.

    Raises
    ------
    UserError
        A column is missing, the table has no such measure, or a parameter has two rows of one measure.
    """
    effects = sensitivity_of(effects, outcome)
    measured = _spans(effects)
    measure = next((name for name in ("outcome", *MEASURES) if name in measured), "")
    if not measure:
        raise UserError(
            f"a measure of {', '.join(('outcome', *MEASURES))} is needed; the table has {', '.join(sorted(measured))}"
        )
    spans, swings = measured[measure], measure == "outcome"
    sizes = {name: _swing(span) if swings else abs(span.value) for name, span in spans.items()}
    order = _ranked(sizes)
    shown = order[:most]
    figure = picture(NARROW, ROW * 1.45 * len(shown) + 1.7)
    axes = figure.subplots()
    places = _rows(axes, shown, [name for name in shown if not isfinite(sizes[name])])
    known = {name: spans[name] for name in shown if isfinite(sizes[name])}
    (_swung if swings else _from_nought)(axes, known, places)
    numbers(axes, x=True)
    what, has_unit = MEASURES.get(measure, (titled(outcome), True))
    unit = (unit_of(outcome) if unit is None else unit) if has_unit else ""
    axes.set_xlabel(f"{broken(what, 52)}\n({unit})" if unit else broken(what, 52))
    figure.suptitle(broken(title or f"What moves it: {titled(outcome)}", 52))
    handles = _ends() if swings else _signs(known)
    foot(figure, _rest(len(order), len(shown)), str(effects.attrs.get("note", "")), handles=handles)
    return figure


@styled
def indices(table: Any, outcome: str, *, most: int = 15, title: str | None = None) -> Picture:
    """Draw first-order and total Sobol indices with their intervals, the largest total on top.

    Parameters
    ----------
    table : SavedSweep or DataFrame
        What `sim.sweep` gives, with every lever at its first option; or a row for each ``parameter`` and ``measure``
        (``first``, ``total``), with ``value``, ``low`` and ``high``.
    outcome : str
        Whose variance is shared out.
    most : int
        Parameters to draw; how many more there are is said below.
    title : str, optional
        Over the figure.

    Raises
    ------
    UserError
        A column is missing, or the table has no index.
    """
    table = sensitivity_of(table, outcome)
    measured = _spans(table)
    if not INDICES.keys() & measured.keys():
        raise UserError(f"measures needed: 'first' and 'total'; the table has {', '.join(sorted(measured))}")
    by_size = measured.get("total") or measured["first"]
    order = _ranked({name: span.value for name, span in by_size.items()})
    shown = order[:most]
    figure = picture(NARROW, ROW * 1.7 * len(shown) + 1.7)
    axes = figure.subplots()
    drawn = {key: {name: measured.get(key, {}).get(name, UNKNOWN) for name in shown} for key in INDICES}
    limits = limits_of([span for group in drawn.values() for span in group.values()], always=(0.0, 0.1))
    unknown = [name for name in shown if not any(isfinite(group[name].value) for group in drawn.values())]
    places = _rows(axes, shown, unknown)
    for shift, (key, (colour, marker, _)) in zip((-0.17, 0.17), INDICES.items(), strict=True):
        for name, at in places.items():
            draw_span(axes, drawn[key][name], at + shift, limits, color=colour, marker=marker, markersize=5)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    if limits[1] > 1:
        axes.axvline(1, color=BLACK, linewidth=0.8, linestyle=":")
    axes.set_xlim(limits)
    numbers(axes, x=True)
    axes.set_xlabel("share of the outcome's variance")
    handles = [Line2D([], [], color=colour, marker=marker, label=label) for colour, marker, label in INDICES.values()]
    figure.suptitle(broken(title or f"What makes it vary: {titled(outcome)}", 52))
    foot(figure, _rest(len(order), len(shown)), str(table.attrs.get("note", "")), handles=handles)
    return figure


def _spans(table: "DataFrame") -> dict[str, dict[str, Span]]:
    """Give the rows by measure and parameter."""
    need(table, COLUMNS)
    measured: dict[str, dict[str, Span]] = {}
    for row in table[list(COLUMNS)].itertuples(index=False):
        group = measured.setdefault(str(row.measure), {})
        if str(row.parameter) in group:
            raise UserError(f"two rows of '{row.measure}'; choose one combination of levers", str(row.parameter))
        group[str(row.parameter)] = Span(float(row.value), float(row.low), float(row.high))
    return measured


def _ranked(sizes: Mapping[str, float]) -> list[str]:
    """Give names from the largest to the smallest, the unknown last."""
    return sorted(sizes, key=lambda name: -sizes[name] if isfinite(sizes[name]) else inf)


def _swing(span: Span) -> float:
    """Give how far apart the outcomes at the centre and at the two ends lie."""
    known = [value for value in span if isfinite(value)]
    return max(known) - min(known) if isfinite(span.value) and len(known) > 1 else nan


def _rows(axes: Axes, names: Sequence[str], unknown: Collection[str]) -> dict[str, int]:
    """Label a row for each name, and give its place."""
    rows = Rows()
    places = {name: rows.row(name, LABEL) for name in names}
    rows.label(axes)
    for name in unknown:
        axes.text(0.5, places[name], "not known", transform=axes.get_yaxis_transform(), fontsize=7.5, va="center", ha="center")
    return places


def _swung(axes: Axes, spans: Mapping[str, Span], places: Mapping[str, int]) -> None:
    """Draw bars from the outcome at the centre to that at either end of a parameter."""
    for name, span in spans.items():
        both = (span.low - span.value) * (span.high - span.value) > 0  # the ends lie on one side, and share the row
        for end, colour, hatch, side in ((span.low, BLUE, "", -1), (span.high, ORANGE, "////", 1)):
            if isfinite(end):
                at = places[name] + (0.17 * side if both else 0)
                bar: dict[str, Any] = {"color": colour, "hatch": hatch, "height": 0.33 if both else 0.66}
                axes.barh(at, end - span.value, left=span.value, edgecolor="white", **bar)
    for centre in {span.value for span in spans.values()}:
        axes.axvline(centre, color=BLACK, linewidth=0.9)
    ends = [Span(value, value, value) for span in spans.values() for value in span if isfinite(value)]
    axes.set_xlim(limits_of(ends, always=[span.value for span in spans.values()]))


def _from_nought(axes: Axes, spans: Mapping[str, Span], places: Mapping[str, int]) -> None:
    """Draw bars from nought with their intervals, those below it hatched."""
    limits = limits_of(list(spans.values()))
    for name, span in spans.items():
        colour, hatch = (ORANGE, "////") if span.value < 0 else (BLUE, "")
        axes.barh(places[name], span.value, color=colour, hatch=hatch, edgecolor="white", alpha=0.8, height=0.66)
        draw_span(axes, span, places[name], limits, markersize=4)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.set_xlim(0 if all(min(span.value, span.low) >= 0 for span in spans.values()) else limits[0], limits[1])


def _ends() -> list[Patch]:
    low = Patch(facecolor=BLUE, edgecolor="white", label="at the low end of its range")
    return [low, Patch(facecolor=ORANGE, hatch="////", edgecolor="white", label="at the high end")]


def _signs(spans: Mapping[str, Span]) -> list[Any]:
    handles: list[Any] = [Patch(facecolor=BLUE, alpha=0.8, label="value")]
    if any(span.value < 0 for span in spans.values()):
        handles = [Patch(facecolor=BLUE, alpha=0.8, label="raises it")]
        handles.append(Patch(facecolor=ORANGE, hatch="////", edgecolor="white", alpha=0.8, label="lowers it"))
    return [*handles, Line2D([], [], color=BLACK, marker="o", markersize=4, label="with its interval")]


def _rest(of: int, shown: int) -> str:
    return f"not shown: {many(of - shown, 'further parameter')}, which move it less" if shown < of else ""
