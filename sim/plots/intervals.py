"""Estimates with their intervals, as the figures of the thesis test show them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator

from sim.numerals import share
from sim.plots.style import BLACK, BLUE, ORANGE, PURPLE, broken

WIDTH = 7.2  # inches: the column of a page
ROW = 0.21  # inches a row of a chart needs
LONGEST = 44  # letters in a line of a label
NIL = 1e-100  # values closer together than this are one
LIGHT = "#BDBDBD"
WORD_COLOUR = {"holds": BLUE, "undecided": LIGHT, "fails": ORANGE, "reversed": PURPLE}
WORD_MARKER = {"holds": "o", "undecided": "D", "fails": "s", "reversed": "<"}
WORD_HATCH = {"holds": "", "undecided": "", "fails": "////", "reversed": "xxxx"}


class Span(NamedTuple):
    """An estimate and the ends of its interval: nan where unknown, infinite where a side is open."""

    value: float
    low: float
    high: float


def limits_of(spans: Sequence[Span], *, always: Sequence[float] = (0.0,), widest: float = 1.5) -> tuple[float, float]:
    """Ends of an axis that shows every estimate, and every interval unless that would dwarf the estimates.

    Parameters
    ----------
    spans : sequence of Span
    always : sequence of float
        Values that have to be on the axis, such as zero.
    widest : float
        How many times the reach of the estimates an interval may claim on either side.
    """
    values = [*always, *(span.value for span in spans if isfinite(span.value))] or [0.0]
    low, high = min(values), max(values)
    reach = max(high - low, 0.2 * max(abs(low), abs(high)))
    reach = reach if reach > NIL else 1.0
    ends = [end for span in spans for end in (span.low, span.high) if isfinite(span.value) and isfinite(end)]
    low, high = max(min([low, *ends]), low - widest * reach), min(max([high, *ends]), high + widest * reach)
    pad = 0.05 * max(high - low, reach)
    return low - pad, high + pad


def draw_span(axes: Axes, span: Span, at: float, limits: tuple[float, float], **style: Any) -> None:
    """Draw an estimate and its interval on a line; what runs off the axis ends in an arrow.

    Parameters
    ----------
    limits : tuple of float
        Ends of the axis.
    style : object
        Options of the marker, as of ``Axes.plot``.
    """
    if not isfinite(span.value):
        return
    marker: dict[str, Any] = {"marker": "o", "markersize": 5.5, "color": BLACK} | style
    colour = marker["color"]
    axes.plot([max(span.low, limits[0]), min(span.high, limits[1])], [at, at], color=colour, linewidth=1.6, zorder=3)
    for beyond, end, arrow in ((span.low < limits[0], limits[0], "<"), (span.high > limits[1], limits[1], ">")):
        if beyond:
            axes.plot(end, at, marker=arrow, color=colour, markersize=4.5, clip_on=False, zorder=3)
    axes.plot(min(max(span.value, limits[0]), limits[1]), at, linestyle="", zorder=4, clip_on=False, **marker)


@dataclass(slots=True)
class Rows:
    """Rows of a chart from the top down, gathered under headings; each call gives the place of the row."""

    at: int = -1
    labels: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)

    def heading(self, text: str) -> int:
        """Open a group."""
        self.headings.append(text)
        return self.row(text)

    def row(self, label: str, longest: int = LONGEST) -> int:
        """Add a row; a long label is broken into lines of at most so many letters."""
        self.at += 1
        self.labels.append(broken(label, longest))
        self.places.append(self.at)
        return self.at

    def label(self, axes: Axes) -> None:
        """Write the labels beside the rows, headings bold and to the left, without ticks."""
        axes.set_yticks(self.places, self.labels)
        for text in axes.get_yticklabels():
            if text.get_text() in self.headings:
                text.set_fontweight("bold")
        axes.tick_params(axis="y", length=0, pad=6)  # room for an arrow at the end of the axis
        axes.spines["left"].set_visible(False)
        axes.grid(visible=False, axis="y")
        axes.set_ylim(self.at + 0.7, -0.7)


def percents(axis: Axis, most: int = 5) -> None:
    """Label an axis of shares with percentages, a few round ones."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(lambda value, _: share(value, figures=4))


def say(axes: Axes, text: str) -> None:
    """Say in the middle of an empty panel why it is empty."""
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, fontsize=8, color="#555555", wrap=True)
    axes.tick_params(axis="x", bottom=False, labelbottom=False)  # ticks themselves may be shared with other panels
    axes.grid(visible=False)
