"""The cap itself: effects with their intervals, by threat or by deed, along Beijing's tolerance, and the ceiling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.numerals import share
from sim.plots.intervals import ROW, WIDTH, WORD_COLOUR, WORD_HATCH, WORD_MARKER, Rows, Span, draw_span, limits_of, percents, say
from sim.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, SKY, VERMILLION, Picture, panels, picture, styled

DEED_STYLE = {
    "threat": (BLUE, "o"),
    "deed, in total": (VERMILLION, "s"),
    "deed, directly": (VERMILLION, "D"),
    "both": (BLACK, "o"),
    "interaction": (GREY, "P"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """An effect with its word, under the label of its row."""

    label: str
    effect: Span
    word: str


@dataclass(frozen=True, slots=True)
class CurvePanel:
    """The effect along an axis, for one dimension: shares of the outcome without Beijing, by level."""

    title: str
    effects: Mapping[str, Sequence[Span]]
    """By date; the last is the one that is shaded."""
    delta: float
    crossings: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class CeilingData:
    """The visible tie beside Beijing's tolerance."""

    levels: Sequence[float]
    q95: Sequence[float]
    q95_off: float
    crowding: Mapping[str, tuple[Span, Span]] = field(default_factory=dict)
    """Share of runs just below an edge, with and without Beijing."""


@styled
def cap_figure(
    groups: Mapping[str, Sequence[Judged]],
    deltas: Mapping[str, float],
    shares: Mapping[str, Mapping[str, Span]],
) -> Picture:
    """Draw the effect of Beijing on each dimension, and beside it the share of worlds in which each word is the verdict.

    Parameters
    ----------
    groups : mapping
        Effects by the title of a dimension, as shares of the outcome without Beijing, a row each.
    deltas : mapping
        Smallest relative effect of interest of each.
    shares : mapping
        For each dimension the share of worlds by word; empty where worlds were not counted.
    """
    count = sum(len(group) + 1 for group in groups.values())
    figure = picture(WIDTH, ROW * count + 1.3)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2), sharey=True)
    spans = [row.effect for group in groups.values() for row in group]
    limits = limits_of(spans, always=(0.0, *deltas.values()))
    rows = Rows()
    for title, group in groups.items():
        top = at = rows.heading(title)
        for row in group:
            at = rows.row(row.label)
            colour = WORD_COLOUR[row.word]
            draw_span(left, row.effect, at, limits, color=colour, marker=WORD_MARKER[row.word], markeredgecolor=BLACK)
            if not isfinite(row.effect.value):
                left.text(0.5, at, "nothing to be a share of", transform=left.get_yaxis_transform(), fontsize=7.5, va="center")
        left.plot([deltas[title]] * 2, [top + 0.5, at + 0.5], color=BLACK, linewidth=1, linestyle=(0, (2, 2)))
        _stack(right, shares.get(title, {}), (top + at + 1) / 2, min(1.6, 0.8 * len(group)), least=0.13)
    rows.label(left)
    left.axvline(0, color=BLACK, linewidth=0.8)
    left.set_xlim(limits)
    percents(left.xaxis)
    left.set_title("How much lower with Beijing", pad=8)
    left.set_xlabel("share of the outcome without Beijing\n(dashed: smallest effect of interest)")
    right.set_xlim(0, 1)
    percents(right.xaxis)
    right.tick_params(axis="y", labelleft=False, length=0)
    right.spines["left"].set_visible(False)
    right.grid(visible=False, axis="y")
    right.set_title("In how many worlds of the box", pad=8)
    right.set_xlabel("share of worlds by verdict\n(line: interval of 'holds')")
    figure.legend(handles=word_legend(), loc="outside lower center", ncols=4)
    return figure


def word_legend() -> list[Patch]:
    """Give legend entries for the four words of a verdict."""
    return [Patch(facecolor=WORD_COLOUR[word], hatch=WORD_HATCH[word], edgecolor="white", label=word) for word in WORD_COLOUR]


@styled
def share_figure(shares: Mapping[str, Mapping[str, Mapping[str, Span]]], axis: str) -> Picture:
    """Draw the share of worlds by word as stacked bars, a group for each dimension and a bar for each kind of worlds.

    Parameters
    ----------
    shares : mapping
        Share of worlds by title of a dimension, kind of worlds and word.
    axis : str
        Label of the axis.
    """
    rows = Rows()
    count = sum(len(group) + 1 for group in shares.values())
    figure = picture(WIDTH, ROW * count + 1.0)
    axes = figure.subplots()
    for title, group in shares.items():
        rows.heading(title)
        for kind, by_word in group.items():
            _stack(axes, by_word, rows.row(kind), 0.72)
    rows.label(axes)
    axes.set_xlim(0, 1)
    percents(axes.xaxis)
    axes.set_xlabel(axis)
    figure.legend(handles=word_legend(), loc="outside lower center", ncols=4)
    return figure


@styled
def deed_figure(groups: Mapping[str, Mapping[str, Span]]) -> Picture:
    """Draw what is added by removing Beijing's threat, its deeds, and both.

    Parameters
    ----------
    groups : mapping
        Effects by the title of a dimension and by name (`DEED_STYLE`), as shares of the outcome with neither.
    """
    figure = picture(WIDTH, ROW * sum(len(group) + 1 for group in groups.values()) + 0.8)
    axes = figure.subplots()
    limits = limits_of([span for group in groups.values() for span in group.values()])
    rows = Rows()
    for title, group in groups.items():
        rows.heading(title)
        for name, span in group.items():
            at = rows.row(name)
            colour, marker = DEED_STYLE[name]
            hollow = {"markerfacecolor": "white"} if name == "deed, directly" else {}
            draw_span(axes, span, at, limits, color=colour, marker=marker, **hollow)
            if not isfinite(span.value):
                axes.text(0.5, at, "nothing to be a share of", transform=axes.get_yaxis_transform(), fontsize=7.5, va="center")
    rows.label(axes)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.set_xlim(limits)
    percents(axes.xaxis)
    axes.set_xlabel("what the removal adds, as a share of the outcome with neither threat nor deed")
    return figure


@styled
def curve_figure(
    levels: Sequence[float],
    curves: Sequence[CurvePanel],
    remaining: Sequence[Span] = (),
    threshold: float = 0.0,
    left: tuple[float, float] | None = None,
    axis: str = "tolerance",
) -> Picture:
    """Draw the effect along Beijing's tolerance, or along what makes it, a panel for each dimension.

    What is observed of openness stands beside them.

    Parameters
    ----------
    levels : sequence of float
        Levels of tolerance, ascending.
    curves : sequence of CurvePanel
    remaining : sequence of Span
        Share of worlds, by level, that show at least the observed openness; without it that panel is left out.
    threshold : float
        Share from which on a level is left.
    left : tuple of float, optional
        Lowest and highest level that the observation leaves: shaded in all panels.
    axis : str
        What the levels are levels of.
    """
    count = len(curves) + bool(remaining)
    figure = picture(WIDTH, 2.0 * max(-(-count // 2), 1) + 0.5)
    axes_list = panels(figure, max(count, 1), 2)
    x = np.asarray(levels, dtype=float)
    for axes, curve in zip(axes_list, curves, strict=False):
        _curve(axes, x, curve)
        axes.set_title(curve.title)
        percents(axes.yaxis)
        axes.set_ylabel("how much lower")
    if remaining:
        axes = axes_list[len(curves)]
        _band(axes, x, remaining, GREEN, "share of worlds")
        axes.axhline(threshold, color=BLACK, linewidth=1, linestyle=(0, (2, 2)))
        axes.set_ylim(-0.03, 1.03)
        axes.set_title("As open as observed")
        axes.set_ylabel("share of worlds")
        percents(axes.yaxis)
    for axes in axes_list[:count]:
        axes.set_xlabel(f"Beijing's {axis}")
        if left is not None:
            axes.axvspan(*left, color=SKY, alpha=0.22, linewidth=0, zorder=0)
    handles: list[Any] = [Line2D([], [], color=BLACK, linestyle=(0, (2, 2)), label="smallest effect of interest")]
    handles += (
        [Line2D([], [], **_line(n, len(curves[0].effects)), label=date) for n, date in enumerate(curves[0].effects)]
        if curves
        else []
    )
    if left is not None:
        handles.append(Patch(color=SKY, alpha=0.22, label="left by the observed openness"))
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


@styled
def ceiling_figure(data: CeilingData) -> Picture:
    """Draw the upper end of the visible tie along Beijing's tolerance, and the share of runs just below each edge."""
    figure = picture(WIDTH, 2.9)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    x = np.asarray(data.levels, dtype=float)
    left.plot(x, data.q95, color=BLUE, marker="o", markersize=4, label="with Beijing")
    left.axhline(data.q95_off, color=ORANGE, linestyle="--", label="without Beijing")
    top = max([*data.q95, data.q95_off, 1e-9]) * 1.12
    left.plot([0, top], [0, top], color=GREY, linestyle=":", label="a perfect ceiling")
    left.set_ylim(0, top)
    if len(x):
        left.set_xlim(min(0, x.min()), x.max() * 1.02)
    left.set_xlabel("Beijing's tolerance, 95% quantile")
    left.set_ylabel("visible tie, 95% quantile")
    left.set_title("Does the tie rise with tolerance?")
    left.legend(loc="best", fontsize=7.5)
    if data.crowding:
        limits = (0.0, limits_of([span for pair in data.crowding.values() for span in pair])[1])
        rows = Rows()
        for edge, pair in data.crowding.items():
            rows.heading(edge)
            for who, span, colour, hatch in zip(("with", "without"), pair, (BLUE, ORANGE), ("", "////"), strict=True):
                at = rows.row(who)
                if isfinite(span.value):
                    right.barh(at, span.value, color=colour, height=0.75, hatch=hatch, edgecolor="white")
                draw_span(right, span, at, limits, markersize=3)
        rows.label(right)
        right.set_xlim(limits)
        percents(right.xaxis)
    else:
        say(right, "not computed")
    right.set_xlabel("share of runs")
    right.set_title("Do runs crowd below it?")
    return figure


def _stack(axes: Axes, by_word: Mapping[str, Span], at: float, height: float, least: float = 0.09) -> None:
    """Draw shares by word on end; those of at least so much have room for their number."""
    start = 0.0
    for word, colour in WORD_COLOUR.items():
        if word not in by_word or not isfinite(by_word[word].value):
            continue
        size = by_word[word].value
        axes.barh(at, size, left=start, height=height, color=colour, hatch=WORD_HATCH[word], edgecolor="white", linewidth=0.5)
        if size > least:
            on_dark = word in ("holds", "reversed")
            axes.text(
                start + size / 2, at, share(size), ha="center", va="center", fontsize=8, color="white" if on_dark else BLACK,
                bbox=None if not WORD_HATCH[word] else {"facecolor": colour, "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
        start += size
    if "holds" in by_word and isfinite(by_word["holds"].value):
        span = by_word["holds"]
        axes.plot(
            [max(span.low, 0), min(span.high, 1)],
            [at + height * 0.36] * 2,
            color=BLACK,
            linewidth=1.6,
            solid_capstyle="butt",
            zorder=4,
        )


def _line(number: int, count: int) -> dict[str, Any]:
    """Style of the curve of a date: the last is drawn in full, the others thinner and broken."""
    if number == count - 1:
        return {"color": BLUE, "linewidth": 1.8, "marker": "o", "markersize": 3.5}
    return {"color": (GREY, ORANGE)[number % 2], "linewidth": 1.2, "linestyle": ("--", "-.")[number % 2]}


def _curve(axes: Axes, x: np.ndarray, curve: CurvePanel) -> None:
    dates = list(curve.effects)
    known = [span for spans in curve.effects.values() for span in spans]
    if not any(isfinite(span.value) for span in known):
        say(axes, "nothing to be a share of")
        axes.set_yticks([])
        return
    limits = limits_of(known, always=(0.0, curve.delta))
    for number, date in enumerate(dates):
        spans = curve.effects[date]
        if number == len(dates) - 1:
            axes.fill_between(
                x,
                [max(s.low, limits[0]) for s in spans],
                [min(s.high, limits[1]) for s in spans],
                color=BLUE,
                alpha=0.2,
                linewidth=0,
            )
        axes.plot(x, [span.value for span in spans], **_line(number, len(dates)))
    axes.axhline(0, color=BLACK, linewidth=0.8)
    axes.axhline(curve.delta, color=BLACK, linewidth=1, linestyle=(0, (2, 2)))
    axes.plot(
        curve.crossings, [curve.delta] * len(curve.crossings), linestyle="", marker="X", color=VERMILLION, markersize=7, zorder=5
    )
    axes.set_ylim(limits)


def _band(axes: Axes, x: np.ndarray, spans: Sequence[Span], colour: str, label: str) -> None:
    axes.fill_between(x, [s.low for s in spans], [s.high for s in spans], color=colour, alpha=0.2, linewidth=0)
    axes.plot(x, [span.value for span in spans], color=colour, marker="o", markersize=3.5, label=label)
