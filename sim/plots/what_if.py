"""What an act changes, month by month."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots.style import BLACK, BLUE, GREY, Picture, dates, numbers, panels, picture, styled

COLUMNS = 3
MONTH = np.timedelta64(1, "M")


@styled
def what_if_figure(found: Mapping[str, tuple[Any, str]], start: str, in_force: range, title: str) -> Picture:
    """Draw the paired difference of each good to each month with its 95% band, and the months of the act shaded.

    Parameters
    ----------
    found : mapping
        By title of a panel: an effect whose fields ``absolute``, ``absolute_low`` and ``absolute_high`` have shape (months,),
        and its unit.
    start : str
        First month, "YYYY-MM".
    in_force : range
        Months of the act, counted from 1.
    title : str
        What is done.
    """
    figure = picture(3.5 * COLUMNS, 2.3 * -(-len(found) // COLUMNS) + 0.7)
    first = np.datetime64(start, "M")
    for axes, (name, (effect, unit)) in zip(panels(figure, len(found), COLUMNS), found.items(), strict=True):
        ends = (first + MONTH * np.arange(1, len(effect.absolute) + 1)).astype("datetime64[D]")
        act = (first + MONTH * np.array([in_force.start - 1, in_force.stop - 1])).astype("datetime64[D]")
        axes.axvspan(act[0], act[1], color=GREY, alpha=0.2, linewidth=0)
        axes.axhline(0, color=BLACK, linewidth=0.8)
        axes.fill_between(ends, effect.absolute_low, effect.absolute_high, color=BLUE, alpha=0.3, linewidth=0)
        axes.plot(ends, effect.absolute, color=BLUE, linewidth=1.6)
        axes.set_title(name)
        axes.set_ylabel(f"{unit}, difference")
        axes.set_xlim(first.astype("datetime64[D]"), ends[-1])
        dates(axes)
        numbers(axes)
    figure.suptitle(f"{title}:\nwhat it changes, counted from the start to each month")
    entries = [
        Line2D([], [], color=BLUE, linewidth=1.6, label="mean difference of paired runs"),
        Patch(color=BLUE, alpha=0.3, label="95% interval of the mean"),
        Patch(color=GREY, alpha=0.2, label="months of the act"),
    ]
    figure.legend(handles=entries, loc="outside lower center", ncols=3)
    return figure
