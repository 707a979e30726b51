"""How all pictures look: one palette, one set of sizes, and figures that need no display and no global state."""

import io
import re
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from sim.numerals import tick
from sim.paths import user_path
from sim.plots.fonts import lay_out, told_already
from sim.whole_files import reasons, write_whole

# Okabe and Ito (2008): told apart by readers with any of the common kinds of colour blindness.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILLION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
GREY = "#8C8C8C"
BROWN = "#8A5A2B"
SERIES_COLOURS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK, YELLOW)
MAP = "cividis"  # Nuñez et al. (2018): even steps for all eyes, and ever lighter in grey

DIGITS = 9  # of a place in a figure

PROPER = (
    "China", "North Korea", "South Korea", "Russia", "Japan", "US", "United States", "Iran", "EU", "Beijing", "Seoul", "Moscow",
    "Pyongyang", "Washington", "Tokyo", "Kim",
)  # fmt: skip

STYLE: Any = {
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "figure.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
}


class Picture(Figure):
    """A figure that a notebook shows by itself, whether or not pyplot was ever imported."""

    def _repr_png_(self) -> bytes:
        return self.to_bytes("png")

    def draw_without_rendering(self) -> None:
        """Settle the layout, with fonts for all signs as far as there are any."""
        lay_out(self, super().draw_without_rendering)

    def to_bytes(self, kind: str) -> bytes:
        """Draw the figure as ``png`` or ``svg``, the same bytes each time. The first time settles the layout."""
        if self.get_layout_engine() is not None:
            self.draw_without_rendering()
            self.set_layout_engine("none")
            for axes in self.axes:  # the solver of the layout gives other last digits each time
                left, bottom, wide, high = (round(end, DIGITS) for end in axes.get_position(original=True).bounds)
                axes.set_position((left, bottom, wide, high))
        file = io.BytesIO()
        with told_already(), mpl.rc_context({"svg.hashsalt": "beijing-cap", "svg.fonttype": "none"}):
            self.savefig(file, format=kind, dpi=110, metadata={"Date": None} if kind == "svg" else None)
        return file.getvalue()


def styled[**P, R](draw: Callable[P, R]) -> Callable[P, R]:
    """Draw in the common style without changing that of the caller."""

    @wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(STYLE):
            return draw(*args, **kwargs)

    return wrapper


def picture(width: float, height: float) -> Picture:
    """Open an empty figure of a size in inches, laid out so that labels do not overlap."""
    layout = ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.07, hspace=0.02, wspace=0.03)
    return Picture(figsize=(width, height), layout=layout)


def panels(figure: Any, count: int, columns: int, **options: Any) -> list[Axes]:
    """Give ``count`` axes of a figure or subfigure in rows of ``columns``; what is left of the last row stays empty."""
    rows = -(-count // columns)
    grid = figure.subplots(rows, columns, squeeze=False, **options).ravel()
    for spare in grid[count:]:
        spare.set_axis_off()
    return list(grid[:count])


def save(figure: Picture, stem: Path, kinds: Sequence[str] = ("png",)) -> list[Path]:
    """Write a figure under one name in several formats, and give the paths."""
    written = []
    for kind in kinds:
        path = stem.with_suffix(f".{kind}")
        content = figure.to_bytes(kind)
        with reasons(path):
            write_whole(path, content)
        written.append(path)
    return written


def figure_folder(result: Path, out: Path | str | None) -> Path:
    """Make the folder for the figures of a result: its own, or another for a result that is only read."""
    folder = result / "figures" if out is None else user_path(out)
    with reasons(folder):
        folder.mkdir(exist_ok=True, parents=out is not None)
    return folder


def readable(name: str) -> str:
    """Turn a name such as ``china_snubs_north_korea`` into words, with capitals where they belong."""
    words = name.replace("_", " ")
    for proper in PROPER:
        words = re.sub(rf"\b{proper}\b", proper, words, flags=re.IGNORECASE)
    return words[:1].upper() + words[1:]


def broken(text: str, width: int) -> str:
    """Break a long name into lines, after a point, a line or a space where there is one; all of it stays readable."""
    lines = [""]
    for part in re.findall(rf"[^._ ]{{1,{width}}}[._ ]*|[._ ]+", text):
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)


def country_name(name: str) -> str:
    """Turn ``north_korea`` into North Korea."""
    return "Rest of world" if name == "rest_of_world" else name.replace("_", " ").title()


def dates(axes: Axes, most: int = 6) -> None:
    """Label a time axis with at most so many years, or months where it is short."""
    locator = mdates.AutoDateLocator(minticks=most // 2, maxticks=most)
    locator.intervald[mdates.MONTHLY] = [1, 2, 3, 4, 6, 12]  # without the last it warns of some spans between two and three years
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, show_offset=False))


def numbers(axes: Axes, *, x: bool = False) -> None:
    """Label an axis with at most five numbers that have thousands separated."""
    axis = axes.xaxis if x else axes.yaxis
    axis.set_major_locator(MaxNLocator(nbins=4 if x else 5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(lambda value, _: tick(value))
