"""Exploring: the numbers that matter most are found, every combination of their stops is run, and a page shows it all."""

from collections.abc import Sequence
from math import prod
from pathlib import Path

from sim.experiments.arms import Tick
from sim.explorer.choice import BOTH, STOPS, runs_to_choose, sliders
from sim.explorer.explored import Explored
from sim.explorer.grid import simulate
from sim.runs.arguments import name_list, whole_number
from sim.runs.datasets import month_number
from sim.runs.progress import progress as shown
from sim.scenario.scenario import Scenario
from sim.thesis.declaration import Declaration

FAN_MONTHS = 20  # months that a fan has, about
MOST_RUNS = 1_000  # of a point: beyond, an interval is narrower than the picture shows


def explore(
    scenario: Scenario | str | Path = "base",
    numbers: Sequence[str] = (),
    *,
    runs: int = 48,
    months: int | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> Explored:
    """Work out what the verdict is where the numbers that matter most are set otherwise, for a page to hand on.

    Parameters
    ----------
    scenario : Scenario, str or Path
        What is explored, as in `sim.run`.
    numbers : sequence of str
        Addresses of up to five numbers that get a slider, the most important first. By default those to which the effect of
        Beijing answers most, in worlds drawn from all ranges that the thesis test declares.
    runs : int
        Runs at each setting with Beijing, and as many without, on the same shocks.
    months : int, optional
        Number of months; the scenario's own by default.
    seed : int
        Seed of all draws.
    progress : bool, optional
        Whether to show a bar; by default in a terminal or notebook, else a line a minute.

    Returns
    -------
    Explored
        ``write("page.html")`` makes the page.

    Raises
    ------
    UserError
        If a number cannot be moved, or as `sim.run`.
    """
    base, declaration = Scenario.load(scenario), Declaration.load("thesis")
    if months is not None:
        base = base.set("months", whole_number(months, "months", 1))
    whole_number(runs, "runs", 2, MOST_RUNS)
    whole_number(seed, "seed", 0)
    asked = name_list(numbers, "numbers", "addresses such as china.resolve") if numbers else ()
    dates = _dates(base, declaration)
    every = -(-base.months // FAN_MONTHS)
    fan_months = sorted({*range(every, base.months + 1, every), *dates})
    total = 0 if asked else runs_to_choose()
    with shown(total + len(BOTH) * prod(STOPS[: len(asked) or None]) * runs, progress) as bar:
        tick: Tick = bar.update
        found = sliders(base, declaration, asked, seed, tick)
        grid = simulate(base, declaration, found, fan_months, dates, runs, seed, tick)
    return Explored(base, declaration, found, grid, runs, seed)


def _dates(base: Scenario, declaration: Declaration) -> list[int]:
    """Months of the declared dates that lie within the scenario, and its last."""
    months = {month_number(when, base.start) for when in declaration.dates}
    return sorted({month for month in months if 1 <= month <= base.months} | {base.months})
