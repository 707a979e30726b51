"""The ensemble: many runs with Beijing and the same runs with an indifferent one, as a table and as pictures."""

from concurrent.futures import CancelledError, Executor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array
from sim.dashboard.settings import Settings
from sim.numerals import number, share
from sim.plots.fans import PANELS, Panel, draw_fan, quantiles_by_holder
from sim.plots.outcomes import OUTCOME, draw_distributions
from sim.plots.style import BLUE, VERMILLION, Picture, numbers, styled
from sim.reporting.intervals import mean
from sim.reporting.labels import amount
from sim.runs.ensemble import run

if TYPE_CHECKING:
    from xarray import Dataset

    from sim.scenario.scenario import Scenario

RUNS = 2_000
ARMS = ("with Beijing", "Beijing indifferent")
FANS = {  # titles of fan charts, and what the page calls them
    "Munitions delivered so far": "Shells delivered so far",
    "Technology handed over so far": "Technology handed over so far, of 100 points",
    "Soldiers sent so far": "Soldiers sent so far",
    "Oil in kind": "Oil given in kind, a month",
    "Openness of the tie": "How openly the tie is shown",
    "Share of Russian fire": "Share of Russian fire from North Korea",
}
SHOWN = {panel.title: panel for panel in PANELS if panel.title in FANS}
SHARES = ("openness",)  # averaged where there are several partnerships; all else is added up
OUTCOMES = {  # as the table and the pictures call them
    "munitions": "Working shells delivered",
    "technology": "Technology handed over",
    "troops": "Soldiers sent",
    "oil": "Oil given in kind",
    "openness": "How openly the tie was shown, on average",
    "treaty": "Month of a treaty",
}
SIZE = (5.0, 2.9)
FAN_MARGINS = {"left": 0.14, "right": 0.985, "top": 0.78, "bottom": 0.11, "wspace": 0.07}
OUTCOME_MARGINS = {"left": 0.03, "right": 0.97, "top": 0.86, "bottom": 0.26}
COLOURS = (BLUE, VERMILLION)


@dataclass(frozen=True)
class Row:
    """One outcome in words: its median in each world, and what Beijing's part in it is."""

    title: str
    with_beijing: str
    without: str
    difference: str


@dataclass(frozen=True)
class Drawn:
    """A picture as PNG, and what it shows in words."""

    says: str
    png: bytes


@dataclass(frozen=True)
class SideBySide:
    """What is shown of an ensemble."""

    rows: tuple[Row, ...]
    fans: tuple[Drawn, ...]
    outcomes: tuple[Drawn, ...]
    runs: int


@dataclass(frozen=True)
class Arm:
    """What is shown of one of the two worlds.

    Attributes
    ----------
    outcomes : dict of ndarray, shape (runs,)
    fans : dict of ndarray, shape (quantiles, month)
        By the title of the panel.
    months : ndarray, shape (month,)
    """

    outcomes: dict[str, Array]
    fans: dict[str, Array]
    months: Any


def run_both(settings: Settings, runs: int = RUNS, seed: int = 0, helpers: Executor | None = None) -> SideBySide:
    """Run the settings and the same world with an indifferent Beijing on the same chance events, and draw both.

    Parameters
    ----------
    helpers : Executor, optional
        Processes that share the work. Where they are gone it is done here.

    Raises
    ------
    UserError
        If the settings cannot be run.
    """
    share = map if helpers is None else helpers.map
    try:
        actual, indifferent = share(partial(_arm, runs=runs, seed=seed), settings.arms)
        fans = share(
            partial(_fan, months=actual.months), FANS, *([arm.fans[title] for title in FANS] for arm in (actual, indifferent))
        )
        outcomes = share(_outcome, OUTCOMES, *([arm.outcomes[name] for name in OUTCOMES] for arm in (actual, indifferent)))
        return SideBySide(
            rows=tuple(_row(name, actual.outcomes[name], indifferent.outcomes[name], len(actual.months)) for name in OUTCOMES),
            fans=tuple(fans),
            outcomes=tuple(outcomes),
            runs=runs,
        )
    except (RuntimeError, CancelledError):  # they died, or are being ended; an error of the work itself comes again here
        if helpers is None:
            raise
        return run_both(settings, runs, seed)


def _arm(scenario: "Scenario", runs: int, seed: int) -> Arm:
    record = sorted({panel.quantity for panel in SHOWN.values()})
    data = run(scenario, runs, seed=seed, record=record, progress=False, processes=1)
    return Arm(
        outcomes={name: np.asarray(data["outcomes"].sel(outcome=name).values, dtype=float) for name in OUTCOMES},
        fans={title: _quantiles(data, panel) for title, panel in SHOWN.items()},
        months=data["month"].values,
    )


def _row(name: str, actual: Array, indifferent: Array, months: int) -> Row:
    if OUTCOME[name].how == "first":  # a date that may never come is told by how often it comes
        actual, indifferent = np.where(actual <= months, 100.0, 0.0), np.where(indifferent <= months, 100.0, 0.0)
        change = mean(actual - indifferent)
        points = f"{number(abs(float(change.value)), figures=2)} percentage points {'fewer' if change.value < 0 else 'more'}"
        return Row(
            f"Treaty within {months} months",
            f"{share(actual.mean() / 100)} of runs",
            f"{share(indifferent.mean() / 100)} of runs",
            f"{points} with Beijing" if _seen(change.low, change.high) else "no difference to be seen",
        )
    unit = OUTCOME[name].unit
    return Row(
        OUTCOMES[name],
        amount(float(np.median(actual)), unit),
        amount(float(np.median(indifferent)), unit),
        _effect(actual, indifferent),
    )


def _effect(actual: Array, indifferent: Array) -> str:
    """Say how much less there is with Beijing, of what there is without; means run by run, on the same chance events."""
    change, without = mean(actual - indifferent), float(indifferent.mean())
    if not _seen(change.low, change.high):
        return "no difference to be seen"
    if without <= 0:
        return "some with Beijing, none without"
    ends = sorted((change.low, change.high), key=abs)
    size, low, high = (number(100 * abs(float(each)) / without, figures=2) for each in (change.value, *ends))
    less = "less" if change.value < 0 else "more"
    return f"{size}% {less} with Beijing ({low} to {high}%)"


def _seen(low: Array, high: Array) -> bool:
    return bool(low > 0 or high < 0)


@styled
def _fan(title: str, actual: Array, indifferent: Array, months: Any) -> Drawn:
    """Draw the two fans next to each other, on one scale, each with the other's median dashed."""
    fans, panel = (actual, indifferent), SHOWN[title]
    figure = Picture(figsize=SIZE)  # margins are given, as finding them takes as long as drawing
    both = figure.subplots(1, 2, sharey=True, gridspec_kw=FAN_MARGINS)
    for place, axes in enumerate(both):
        draw_fan(axes, panel, {ARMS[place]: fans[place]}, months, ())
        for collection in axes.collections:
            collection.set_facecolor(COLOURS[place])
        axes.lines[0].set_color(COLOURS[place])
        axes.plot(axes.lines[0].get_xdata(), fans[1 - place][2], color=COLOURS[1 - place], linewidth=1.2, linestyle="--")
        axes.set_title(ARMS[place], color=COLOURS[place])
        axes.set_ylabel(panel.unit if place == 0 else "")
        axes.xaxis.get_major_locator().maxticks = dict.fromkeys(range(8), 4)
    figure.suptitle(FANS[title], x=0.01, horizontalalignment="left", fontsize=10.5, fontweight="bold")
    return _drawn(figure, f"{FANS[title]}, {' and '.join(ARMS)}: median, half and nine tenths of the runs")


def _quantiles(data: "Dataset", panel: Panel) -> Array:
    """Give the quantiles (5, month) of a panel over all partnerships together."""
    values = data[panel.quantity]
    joined = values.mean("partnership") if panel.quantity in SHARES else values.sum("partnership")
    whole = joined.expand_dims(partnership=["all"]).to_dataset(name=panel.quantity)
    return quantiles_by_holder(whole, panel.quantity, panel.over)["all"]


@styled
def _outcome(name: str, actual: Array, indifferent: Array) -> Drawn:
    figure = Picture(figsize=(SIZE[0], 0.7 * SIZE[1]))
    axes = figure.subplots(gridspec_kw=OUTCOME_MARGINS)
    draw_distributions(axes, [actual, indifferent])
    axes.set_title(OUTCOMES[name])
    outcome = OUTCOME[name]
    axes.set_xlabel(outcome.unit + (" (one past the end: never)" if outcome.how == "first" else ""))
    numbers(axes, x=True)
    return _drawn(figure, f"{OUTCOMES[name]}: distribution over the runs, {' and '.join(ARMS)}")


def _drawn(figure: Picture, says: str) -> Drawn:
    return Drawn(says, figure.to_bytes("png"))
