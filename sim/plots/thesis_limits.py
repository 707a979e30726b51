"""What else limits the tie: shares of the limits, who needs whom, where the claim fails, other ways of writing the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from sim.numerals import tick
from sim.plots.intervals import LIGHT, ROW, WIDTH, WORD_COLOUR, WORD_MARKER, Rows, Span, draw_span, limits_of, percents, say
from sim.plots.style import BLACK, BLUE, GREY, ORANGE, VERMILLION, Picture, numbers, picture, styled

BEIJING = VERMILLION


@dataclass(frozen=True, slots=True)
class Bars:
    """One panel of signed bars: a value for each row, and the marks beside it, each by name."""

    title: str
    values: Mapping[str, Span]
    marks: Mapping[str, Mapping[str, float]]
    """By the name of a mark (first in, last in) and by row."""
    unit: str = ""
    note: str = ""
    """Said instead of bars, where there is nothing to share out."""


@dataclass(frozen=True, slots=True)
class BoxSide:
    """One side of a box as places from 0 to 1 along the declared range (nan where there is none), and its ends in words."""

    label: str
    low: float
    high: float
    text: str


@styled
def bar_figure(
    columns: Sequence[Bars], order: Sequence[str], stressed: Sequence[str], axis: str, *, shares: bool = True
) -> Picture:
    """Draw signed bars, a column for each dimension and a row for each part, with marks for other ways of counting.

    Parameters
    ----------
    columns : sequence of Bars
    order : sequence of str
        Rows, from the top down.
    stressed : sequence of str
        Rows in the colour of Beijing.
    axis : str
        What the bars show, where the panels have no units of their own.
    shares : bool
        Whether values are shares of one whole, shown as percentages on one axis for all columns.
    """
    wanted = max(len(columns), 1)
    figure = picture(WIDTH + 0.6, ROW * 1.15 * len(order) + 1.35)
    axes_list = figure.subplots(1, wanted, sharey=True, squeeze=False)[0]
    spans = [span for bars in columns if not bars.note for span in bars.values.values()]
    common = limits_of(spans, always=(0.0, 0.1))
    marks = ("o", "|")
    for number, (axes, bars) in enumerate(zip(axes_list, columns, strict=False)):
        axes.set_title(bars.title, fontsize=9)
        axes.set_xlabel(bars.unit or (axis if number == len(columns) // 2 else ""), fontsize=8)
        rows = Rows()
        places = {name: rows.row(name) for name in order}
        rows.label(axes)
        if number:
            axes.tick_params(labelleft=False)
        if bars.note:
            say(axes, bars.note)
            continue
        limits = common if shares else limits_of(list(bars.values.values()))
        for name, place in places.items():
            span = bars.values.get(name, Span(nan, nan, nan))
            colour = BEIJING if name in stressed else BLUE
            if isfinite(span.value):
                axes.barh(
                    place,
                    span.value,
                    color=colour,
                    height=0.72,
                    alpha=0.85,
                    hatch="" if span.value >= 0 else "////",
                    edgecolor="white",
                )
                axes.plot(
                    [max(span.low, limits[0]), min(span.high, limits[1])], [place] * 2, color=BLACK, linewidth=1.2, zorder=3
                )
            for marker, by_row in zip(marks, bars.marks.values(), strict=False):
                _mark(axes, by_row.get(name, nan), place, limits, marker)
        axes.axvline(0, color=BLACK, linewidth=0.8)
        axes.set_xlim(limits)
        if shares:
            percents(axes.xaxis, 3)
        else:
            axes.xaxis.set_major_locator(MaxNLocator(2))
            axes.xaxis.set_major_formatter(lambda value, _: tick(value))
        axes.tick_params(axis="x", labelsize=7.5)
    names = list(columns[0].marks) if columns else []
    handles: list[Any] = (
        [Patch(color=BEIJING, label="Beijing"), Patch(color=BLUE, label="other")]
        if stressed
        else [Patch(color=BLUE, label="what it adds")]
    )
    styles: tuple[dict[str, Any], ...] = (
        {"marker": "o", "markerfacecolor": "white", "markersize": 5.5},
        {"marker": "|", "markersize": 9, "markeredgewidth": 2},
    )
    handles += [
        Line2D([], [], color=BLACK, linestyle="", label=name, **style) for name, style in zip(names, styles, strict=False)
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    return figure


@styled
def need_figure(losses: Mapping[str, Mapping[str, Span]], unit: str) -> Picture:
    """Draw what each country loses when its ties with another are cut, a group for each country.

    Parameters
    ----------
    losses : mapping
        Loss of welfare by country and partner, the dearest first.
    unit : str
    """
    figure = picture(WIDTH, ROW * sum(len(group) + 1 for group in losses.values()) + 0.7)
    axes = figure.subplots()
    limits = limits_of([span for group in losses.values() for span in group.values()])
    rows = Rows()
    for country, group in losses.items():
        rows.heading(f"{country} without")
        for partner, span in group.items():
            at = rows.row(partner)
            if isfinite(span.value):
                axes.barh(at, span.value, color=BEIJING if partner == "China" else LIGHT, height=0.7)
                draw_span(axes, span, at, limits, markersize=3)
    rows.label(axes)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.set_xlim(limits)
    numbers(axes, x=True)
    axes.set_xlabel(f"loss of welfare, {unit}")
    return figure


@styled
def box_figure(boxes: Mapping[str, Sequence[BoxSide]]) -> Picture:
    """Draw the boxes in which the claim fails: each side within the range that was declared for its parameter.

    Parameters
    ----------
    boxes : mapping
        Sides by the title of a box.
    """
    figure = picture(WIDTH, ROW * 1.1 * sum(len(sides) + 1 for sides in boxes.values()) + 0.6)
    axes = figure.subplots()
    rows = Rows()
    for title, sides in boxes.items():
        axes.text(0, rows.row(""), title, weight="bold", va="center", fontsize=9)
        for side in sides:
            at = rows.row(side.label)
            axes.add_patch(Rectangle((0, at - 0.25), 1, 0.5, facecolor="#EDEDED", edgecolor=GREY, linewidth=0.6))
            if isfinite(side.low):
                width = side.high - side.low
                axes.add_patch(Rectangle((side.low, at - 0.25), width, 0.5, facecolor=ORANGE, hatch="////", edgecolor="white"))
            axes.text(1.02, at, side.text, va="center", fontsize=8)
    rows.label(axes)
    axes.set_xlim(0, 1)  # the layout makes room for the texts beside
    axes.set_xticks([0, 1], ["low end\nof the range", "high end"])
    axes.spines["bottom"].set_visible(False)
    axes.grid(visible=False)
    return figure


@styled
def variant_figure(effects: Mapping[str, Sequence[tuple[str, Span, str, bool]]], deltas: Mapping[str, float]) -> Picture:
    """Draw the effect under every way of writing the model, a row of points for each dimension, the worst named.

    Parameters
    ----------
    effects : mapping
        By the title of a dimension: label, effect, word, and whether it is the way of the base scenario.
    deltas : mapping
        Smallest relative effect of interest of each.
    """
    figure = picture(WIDTH, 0.52 * len(effects) + 1.0)
    axes = figure.subplots()
    limits = limits_of(
        [Span(s.value, s.value, s.value) for each in effects.values() for _, s, _, _ in each], always=(0.0, *deltas.values())
    )
    rows = Rows()
    for title, group in effects.items():
        at = rows.row(title)
        known = [each for each in group if isfinite(each[1].value)]
        for number, (_, span, word, base) in enumerate(known):
            shift = 0.16 * (number % 5 - 2) / 2  # so that equal effects can be told apart
            axes.plot(
                span.value, at + shift, linestyle="", marker=WORD_MARKER[word], color=WORD_COLOUR[word],
                markersize=9 if base else 5.5,
                markeredgecolor=BLACK, markeredgewidth=1.6 if base else 0.5, zorder=4 if base else 3,
            )  # fmt: skip
        if known:
            label, span, _, _ = min(known, key=lambda each: each[1].value)
            axes.annotate(
                f"worst: {label}", (span.value, at + 0.16), (span.value, at + 0.42), fontsize=7, va="center",
                ha="left" if span.value < sum(limits) / 2 else "right",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},  # over the dashed line
            )  # fmt: skip
        else:
            axes.text(0.5, at, "nothing to be a share of", transform=axes.get_yaxis_transform(), fontsize=7.5, va="center")
        axes.plot([deltas[title]] * 2, [at - 0.4, at + 0.4], color=BLACK, linewidth=1, linestyle=(0, (2, 2)))
    rows.label(axes)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.set_xlim(limits)
    percents(axes.xaxis)
    axes.set_xlabel("how much lower with Beijing, mean over the worlds (dashed: smallest effect of interest)")
    handles = [
        Line2D([], [], linestyle="", marker=WORD_MARKER[word], color=WORD_COLOUR[word], markeredgecolor=BLACK, label=word)
        for word in WORD_COLOUR
    ]
    handles.append(
        Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            color="white",
            markeredgecolor=BLACK,
            markeredgewidth=1.6,
            markersize=9,
            label="base",
        )
    )
    figure.legend(handles=handles, loc="outside lower center", ncols=5)
    return figure


def _mark(axes: Axes, value: float, at: float, limits: tuple[float, float], marker: str) -> None:
    """Mark a value beside a bar; one that is off the axis sits at its end as an arrow."""
    if not isfinite(value):
        return
    inside = limits[0] <= value <= limits[1]
    shown = min(max(value, limits[0]), limits[1])
    if not inside:
        marker = "<" if value < limits[0] else ">"
    axes.plot(
        shown, at, linestyle="", marker=marker, color=BLACK, markerfacecolor="white", markersize=9 if marker == "|" else 5,
        markeredgewidth=2 if marker == "|" else 1, zorder=4, clip_on=False,
    )  # fmt: skip
