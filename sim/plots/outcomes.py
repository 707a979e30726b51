"""Distributions of outcomes, of several scenarios side by side, and paired differences between them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.mechanisms.quantities import OUTCOMES
from sim.numerals import number
from sim.plots.inputs import Labels, outcomes_by_arm
from sim.plots.style import BLACK, SERIES_COLOURS, Picture, numbers, panels, picture, readable, styled

if TYPE_CHECKING:
    from xarray import DataArray

OUTCOME = {outcome.name: outcome for outcome in OUTCOMES}
SHOWN = (
    "munitions", "technology", "troops", "oil", "openness", "payment", "fire_share", "first_visit", "treaty", "tests", "trust",
    "beijing_months",
)  # fmt: skip
TITLES = {
    "munitions": "Effective rounds delivered",
    "technology": "Technology handed over",
    "troops": "Soldiers sent",
    "oil": "Oil in kind",
    "openness": "Openness, mean",
    "payment": "Money paid",
    "fire_share": "Share of Russian fire, mean",
    "first_visit": "First summit",
    "treaty": "Treaty",
    "tests": "Missile tests",
    "trust": "Trust at the end",
    "beijing_months": "Months under Beijing's pressure",
}
BINS = 80


@styled
def distributions(
    outcomes: Any,
    names: Sequence[str] = SHOWN,
    columns: int = 3,
    *,
    title: str | None = None,
    labels: Labels | None = None,
    colours: Sequence[str] = SERIES_COLOURS,
) -> Picture:
    """Draw the distribution of each outcome over the runs, scenarios under one another.

    Parameters
    ----------
    outcomes : Dataset, DataArray, SavedRun or mapping
        What `sim.run`, `sim.compare` or `sim.open_run` gives, outcomes (dims outcome, run), or a mapping of label to these.
    names : sequence of str
        Outcomes to draw.
    columns : int
        Panels in a row.
    title : str, optional
        Over the figure.
    labels : sequence or mapping of str, optional
        Other names for the scenarios.
    colours : sequence of str
        One for each scenario.

    Raises
    ------
    UserError
        No scenario is given, or an outcome is unknown.
    """
    by_arm = outcomes_by_arm(outcomes, labels)
    return _figure(by_arm, names, columns, title or "Outcomes over all runs", zero=False, colours=colours)


@styled
def compare_figure(
    comparison: Any,
    names: Sequence[str] = SHOWN,
    columns: int = 3,
    *,
    title: str | None = None,
    labels: Labels | None = None,
    colours: Sequence[str] = SERIES_COLOURS,
) -> Picture:
    """Draw by how much the outcomes of each scenario differ from those of the first, run by run on the same shocks.

    Parameters
    ----------
    comparison : Dataset
        What `sim.compare` gives: ``difference`` with dims (scenario, outcome, run).
    names, columns, title, labels, colours
        As in `distributions`; the first label is that of the scenario from which the others differ.

    Raises
    ------
    UserError
        If it is given something else, or an outcome is unknown.
    """
    if "difference" not in getattr(comparison, "data_vars", ()):
        text = f"needs what sim.compare gives, not {type(comparison).__name__}"
        raise UserError(f"{text}; for the runs of one scenario see distributions", "comparison")
    first, *others = outcomes_by_arm(comparison["difference"], labels).items()
    head = title or f"Difference from '{first[0]}', run by run on the same shocks"
    return _figure(dict(others), names, columns, head, zero=True, colours=colours)


def draw_distributions(
    axes: Axes, values: Sequence[Array], *, zero: bool = False, colours: Sequence[str] = SERIES_COLOURS
) -> None:
    """Draw a silhouette, the middle 50 and 90% and the median for each array of runs, from the top down."""
    finite = [np.asarray(each, dtype=float)[np.isfinite(each)] for each in values]
    together = np.concatenate(finite) if finite else np.zeros(0)
    if not together.size or not np.ptp(together):  # nothing is distributed, so there is no shape to draw
        said = f"{number(float(together[0]))} in every run" if together.size else "no value in any run"
        axes.text(0.5, 0.5, said, ha="center", va="center", transform=axes.transAxes)
        axes.set(xticks=[], yticks=[], ylim=(0.72 - len(values), 0.75))
        axes.spines[["left", "bottom"]].set_visible(False)
        return
    whole = bool(np.array_equal(together, np.round(together))) and np.ptp(together) <= BINS
    edges = np.arange(together.min() - 0.5, together.max() + 1) if whole else _edges(together)
    for place, runs in enumerate(finite):
        colour = colours[place % len(colours)]
        base = -place
        if runs.size:
            height = np.histogram(np.clip(runs, edges[0], edges[-1]), edges)[0].astype(float)
            height = height if whole else _smooth(height)
            axes.stairs(
                base + 0.62 * height / height.max(), edges, baseline=base, fill=True, color=colour, alpha=0.35, linewidth=0
            )
            q = np.quantile(runs, (0.05, 0.25, 0.5, 0.75, 0.95))
            at = base - 0.1
            axes.plot(q[[0, 4]], [at, at], color=colour, linewidth=1.2, solid_capstyle="butt")
            axes.plot(q[[1, 3]], [at, at], color=colour, linewidth=4.5, solid_capstyle="butt")
            axes.plot(q[2], at, marker="o", color="white", markeredgecolor=BLACK, markersize=4.5, zorder=3)
        axes.axhline(base, color="#CFCFCF", linewidth=0.5, zorder=0)
    if zero:
        axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.set_ylim(-len(values) + 0.72, 0.75)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    numbers(axes, x=True)


def _figure(
    outcomes: Mapping[str, "DataArray"],
    names: Sequence[str],
    columns: int,
    title: str,
    *,
    zero: bool,
    colours: Sequence[str],
) -> Picture:
    if not outcomes:
        raise UserError("give the outcomes of one scenario or more")
    for name in names:
        if name not in OUTCOME:
            raise UserError(f"there is no outcome '{name}'; {suggest(name, OUTCOME)}")
    height = 0.75 + 0.5 * max(len(outcomes), 2)
    rows = -(-len(names) // columns)
    figure = picture(3.5 * columns, height * rows + 0.4 + 0.2 * -(-len(outcomes) // 4))
    for axes, name in zip(panels(figure, len(names), columns), names, strict=True):
        draw_distributions(axes, [each.sel(outcome=name).values for each in outcomes.values()], zero=zero, colours=colours)
        axes.set_title(TITLES.get(name, readable(name)))
        axes.set_xlabel(_axis(name, zero))
        if names.index(name) % columns == 0 and len(outcomes) > len(colours):
            axes.set_yticks([0.1 - place for place in range(len(outcomes))], list(outcomes))
    figure.suptitle(title)
    if 1 < len(outcomes) <= len(colours) or zero:
        entries = [Patch(color=colours[place % len(colours)], alpha=0.7, label=label) for place, label in enumerate(outcomes)]
        figure.legend(handles=entries, loc="outside lower center", ncols=min(len(outcomes), 4))
    return figure


def _axis(name: str, zero: bool) -> str:
    outcome = OUTCOME[name]
    if zero:
        return f"{outcome.unit}, difference"
    return outcome.unit + (" (one past the end: never)" if outcome.how == "first" else "")


def _edges(values: Array) -> Array:
    """Give edges of bins over all values but the few at the ends; those go into the last bins."""
    low, high = np.quantile(values, (0.002, 0.998))
    if high <= low:
        low, high = values.min(), values.max()
    half = 0.0 if high > low else max(abs(float(low)) * 0.01, 0.5)
    return np.linspace(low - half, high + half, BINS + 1)


def _smooth(height: Array) -> Array:
    """Smooth a histogram by a bell of a few bins, mirrored at the ends so that nothing leaks out."""
    reach = np.arange(-6, 7)
    bell = np.exp(-0.5 * (reach / 2.0) ** 2)
    padded = np.pad(height, 6, mode="symmetric")
    return np.convolve(padded, bell / bell.sum(), mode="valid")
