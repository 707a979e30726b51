"""The ensemble: many runs of two worlds on the same chance events, as a table and as pictures."""

import csv
import io
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array
from sim.dashboard.settings import Settings
from sim.dashboard.svg import fans_svg
from sim.dashboard.tally import Tally
from sim.numerals import number, share
from sim.plots.fans import LEVELS, PANELS, Panel, quantiles_by_holder
from sim.plots.outcomes import OUTCOME, draw_distributions
from sim.plots.style import Picture, numbers, styled
from sim.reporting.intervals import mean
from sim.reporting.labels import amount
from sim.runs.ensemble import check_comparable, run

if TYPE_CHECKING:
    from xarray import Dataset

    from sim.scenario.scenario import Scenario

RUNS = 2_000
BEAT = 0.1  # seconds between two looks at how far the work is
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
OUTCOME_MARGINS = {"left": 0.03, "right": 0.97, "top": 0.86, "bottom": 0.26}


@dataclass(frozen=True)
class Pair:
    """Two worlds to be set side by side.

    Attributes
    ----------
    scenarios : tuple of Scenario
    names : tuple of str
        What each is called.
    under : str
        Where there is less or more: "with Beijing".
    """

    scenarios: "tuple[Scenario, Scenario]"
    names: tuple[str, str]
    under: str


@dataclass(frozen=True)
class Row:
    """One outcome in words: its mean in each world, and how the first differs from the second."""

    title: str
    first: str
    second: str
    difference: str


@dataclass(frozen=True)
class Drawn:
    """A picture as PNG, and what it shows in words."""

    says: str
    png: bytes


@dataclass(frozen=True)
class SideBySide:
    """What is shown of an ensemble: pictures month by month as SVG, and all that they show as a table in CSV."""

    names: tuple[str, str]
    rows: tuple[Row, ...]
    fans: tuple[str, ...]
    outcomes: tuple[Drawn, ...]
    table: str
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


def pair_of(settings: Settings, other: "Scenario | None" = None) -> Pair:
    """Set a scenario with all changes beside another, or beside itself with an indifferent Beijing.

    Raises
    ------
    UserError
        If the two start in different months or have different lengths.
    """
    if other is None:
        return Pair(settings.arms, ARMS, "with Beijing")
    check_comparable((settings.scenario, other), None, ("these settings", "the other"))
    return Pair((settings.scenario, other), ("Your settings", other.title), "under your settings")


def run_both(
    pair: Pair,
    runs: int = RUNS,
    seed: int = 0,
    helpers: Executor | None = None,
    tell: Callable[[float], object] = lambda done: None,
) -> SideBySide:
    """Run two worlds on the same chance events, and draw both.

    Parameters
    ----------
    helpers : Executor, optional
        Processes that share the work. Where they are gone it is done here.
    tell : callable, optional
        Is told, some times a second, how many runs of both worlds are done. An error that it raises ends the work.

    Raises
    ------
    UserError
        If a world cannot be run.
    """
    with Tally(len(pair.scenarios)) as tally:
        if helpers is not None:
            with suppress(RuntimeError, CancelledError):  # they died, or are being ended; an error of the work comes again here
                return _both(pair, runs, seed, helpers, tally, tell)
            tally.reset()
        with ThreadPoolExecutor(1) as here:
            return _both(pair, runs, seed, here, tally, tell)


def _both(pair: Pair, runs: int, seed: int, crew: Executor, tally: Tally, tell: Callable[[float], object]) -> SideBySide:
    """Have a crew run two worlds and draw them."""
    both = _awaited(
        [crew.submit(_arm, scenario, runs, seed, tally, place) for place, scenario in enumerate(pair.scenarios)], tally, tell
    )
    first, second = both
    drawn = [crew.submit(_outcome, name, first.outcomes[name], second.outcomes[name], pair.names) for name in OUTCOMES]
    fans = tuple(
        fans_svg(says, SHOWN[title].unit, [arm.fans[title] for arm in both], pair.names, pair.scenarios[0].start)
        for title, says in FANS.items()
    )
    return SideBySide(
        names=pair.names,
        rows=tuple(_row(name, first.outcomes[name], second.outcomes[name], len(first.months), pair.under) for name in OUTCOMES),
        fans=fans,
        outcomes=tuple(_awaited(drawn, tally, tell)),
        table=_table(both, pair.names),
        runs=runs,
    )


def _awaited[T](work: Sequence[Future[T]], tally: Tally, tell: Callable[[float], object]) -> list[T]:
    """Wait for work and tell how far it is. Whatever ends the waiting ends the work first."""
    try:
        while wait(work, timeout=BEAT).not_done:
            tell(tally.done)
        return [each.result() for each in work]
    except BaseException:
        tally.stop()
        for each in work:
            each.cancel()
        wait(work)
        raise


def _arm(scenario: "Scenario", runs: int, seed: int, tally: Tally, place: int) -> Arm:
    record = sorted({panel.quantity for panel in SHOWN.values()})
    data = run(scenario, runs, seed=seed, record=record, progress=partial(tally.add, place), processes=1)
    return Arm(
        outcomes={name: np.asarray(data["outcomes"].sel(outcome=name).values, dtype=float) for name in OUTCOMES},
        fans={title: _quantiles(data, panel) for title, panel in SHOWN.items()},
        months=data["month"].values,
    )


def _row(name: str, first: Array, second: Array, months: int, under: str) -> Row:
    if OUTCOME[name].how == "first":  # a date that may never come is told by how often it comes
        first, second = np.where(first <= months, 100.0, 0.0), np.where(second <= months, 100.0, 0.0)
        change = mean(first - second)
        points = f"{number(abs(float(change.value)), figures=2)} percentage points {'fewer' if change.value < 0 else 'more'}"
        return Row(
            f"Treaty within {months} months",
            f"{share(first.mean() / 100)} of runs",
            f"{share(second.mean() / 100)} of runs",
            f"{points} {under}" if _seen(change.low, change.high) else "no difference to be seen",
        )
    unit = OUTCOME[name].unit
    return Row(
        OUTCOMES[name], amount(float(first.mean()), unit), amount(float(second.mean()), unit), _effect(first, second, under)
    )


def _effect(first: Array, second: Array, under: str) -> str:
    """Say how much less there is in the first world, of what there is in the second; run by run, on the same chance events."""
    change, there = mean(first - second), float(second.mean())
    if not _seen(change.low, change.high):
        return "no difference to be seen"
    if there <= 0:
        return f"some {under}, else none"
    ends = sorted((change.low, change.high), key=abs)
    less, most = ("less", 100.0) if change.value < 0 else ("more", np.inf)  # there cannot be less than nothing
    size, low, high = (number(min(100 * abs(float(each)) / there, most), figures=2) for each in (change.value, *ends))
    return f"{size}% {less} {under} ({low} to {high}%)"


def _seen(low: Array, high: Array) -> bool:
    return bool(low > 0 or high < 0)


def _table(arms: Sequence[Arm], names: Sequence[str]) -> str:
    """All fans as CSV, a row for each picture, world and month."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["picture", "unit", "world", "month", *(f"{100 * level:g}%" for level in LEVELS)])
    for title, panel in SHOWN.items():
        for arm, name in zip(arms, names, strict=True):
            for month, quantiles in zip(arm.months, arm.fans[title].T, strict=True):
                writer.writerow([FANS[title], panel.unit, name, str(month)[:7], *(f"{value:.6g}" for value in quantiles)])
    return file.getvalue()


def _quantiles(data: "Dataset", panel: Panel) -> Array:
    """Give the quantiles (5, month) of a panel over all partnerships together."""
    values = data[panel.quantity]
    joined = values.mean("partnership") if panel.quantity in SHARES else values.sum("partnership")
    whole = joined.expand_dims(partnership=["all"]).to_dataset(name=panel.quantity)
    return quantiles_by_holder(whole, panel.quantity, panel.over)["all"]


@styled
def _outcome(name: str, first: Array, second: Array, names: Sequence[str]) -> Drawn:
    figure = Picture(figsize=(SIZE[0], 0.7 * SIZE[1]))
    axes = figure.subplots(gridspec_kw=OUTCOME_MARGINS)
    draw_distributions(axes, [first, second])
    axes.set_title(OUTCOMES[name])
    outcome = OUTCOME[name]
    axes.set_xlabel(outcome.unit + (" (one past the end: never)" if outcome.how == "first" else ""))
    numbers(axes, x=True)
    return _drawn(figure, f"{OUTCOMES[name]}: distribution over the runs, {' and '.join(names)}")


def _drawn(figure: Picture, says: str) -> Drawn:
    return Drawn(says, figure.to_bytes("png"))
