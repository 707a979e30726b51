"""What an observation would tell, and what an observer of punishments alone would conclude."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from matplotlib.lines import Line2D

from sim.plots.intervals import ROW, WIDTH, Rows, Span, draw_span, say
from sim.plots.style import BLACK, BLUE, GREY, ORANGE, VERMILLION, Picture, numbers, panels, picture, styled

FARTHEST = 100.0  # likelihood ratios beyond this, or under its inverse, sit at the end of the axis


@dataclass(frozen=True, slots=True)
class Telling:
    """Likelihood ratios of one event: of its happening and of its not happening."""

    label: str
    presence: Span
    absence: Span


@dataclass(frozen=True, slots=True)
class Observer:
    """Cases as an observer sees them, with the line that the observer draws and the truth."""

    title: str
    unit: str
    cases: Sequence[tuple[float, float, float]]
    """Months punished, outcome with Beijing, outcome without."""
    slope: float
    cap: Span
    truth: Span


@styled
def evidence_figure(groups: Mapping[str, Sequence[Telling]], strong: float) -> Picture:
    """Draw the likelihood ratios of events on a log axis, a group for each dimension.

    Parameters
    ----------
    groups : mapping
        Events by the title of a dimension, most telling first.
    strong : float
        Ratio from which on evidence is strong: drawn as a line, with its inverse.
    """
    figure = picture(WIDTH, ROW * 1.6 * sum(len(group) + 1 for group in groups.values()) + 1.1)
    axes = figure.subplots()
    axes.set_xscale("log")
    limits = (1 / FARTHEST, FARTHEST)
    rows = Rows()
    for title, group in groups.items():
        rows.heading(title)
        for event in group:
            at = rows.row(event.label)
            for span, shift, colour, marker in ((event.presence, -0.16, BLUE, "^"), (event.absence, 0.16, ORANGE, "v")):
                draw_span(axes, _positive(span), at + shift, limits, color=colour, marker=marker, markersize=5)
    rows.label(axes)
    axes.set_xlim(limits)
    axes.axvline(1, color=BLACK, linewidth=0.8)
    for edge in (strong, 1 / strong):
        axes.axvline(edge, color=BLACK, linewidth=1, linestyle=(0, (2, 2)))
    ticks = [0.01, 0.1, 1, 10, 100]
    axes.set_xticks(ticks, ["1/100", "1/10", "1", "10", "100"])
    axes.minorticks_off()
    axes.set_xlabel("likelihood ratio (dashed: strong)\nagainst the cap  ←     →  for the cap")
    handles = [
        Line2D([], [], color=BLUE, marker="^", label="if it happens"),
        Line2D([], [], color=ORANGE, marker="v", label="if it does not"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure


@styled
def observer_figure(observers: Sequence[Observer]) -> Picture:
    """Draw cases by the months of punishment that are seen in them, the observer's line, and the outcomes without Beijing."""
    figure = picture(WIDTH, 2.35 * max(-(-len(observers) // 2), 1) + 0.4)
    for axes, seen in zip(panels(figure, max(len(observers), 1), 2), observers, strict=False):
        axes.set_title(seen.title)
        axes.set_ylabel(seen.unit)
        axes.set_xlabel("months of punishment seen")
        if not seen.cases:
            say(axes, "no cases")
            axes.set_yticks([])
            continue
        months, on, off = np.asarray(seen.cases, dtype=float).T
        axes.plot(months, off, linestyle="", marker="o", markersize=3.5, color=GREY, markerfacecolor="white", alpha=0.8)
        axes.plot(months, on, linestyle="", marker="o", markersize=3.5, color=BLUE, alpha=0.8)
        if isfinite(seen.slope):
            ends = np.array([months.min(), months.max()])
            axes.plot(ends, on.mean() + seen.slope * (ends - months.mean()), color=VERMILLION, linewidth=2)
        axes.axhline(off.mean(), color=GREY, linestyle="--", linewidth=1)
        axes.axhline(on.mean(), color=BLUE, linestyle="--", linewidth=1)
        numbers(axes)
        numbers(axes, x=True)
    handles = [
        Line2D([], [], linestyle="", marker="o", color=BLUE, label="with Beijing (what is seen)"),
        Line2D([], [], linestyle="", marker="o", color=GREY, markerfacecolor="white", label="without (never seen)"),
        Line2D([], [], color=VERMILLION, linewidth=2, label="the observer's line"),
        Line2D([], [], color=BLACK, linestyle="--", linewidth=1, label="means: their gap is the true cap"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure


def _positive(span: Span) -> Span:
    """A ratio as a log axis can show it: nought sits below its lowest end."""
    tiny = 1 / FARTHEST / 10
    if span.value != span.value:
        return span
    value = min(max(span.value, tiny), FARTHEST * 10)
    return Span(value, max(span.low, tiny), span.high)
