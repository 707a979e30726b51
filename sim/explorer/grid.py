"""What is worked out beforehand: at every combination of stops, how outcomes spread with and without Beijing, and the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.experiments.arms import Tick, ensemble
from sim.explorer.choice import BOTH, Slider
from sim.runs.results import QUANTILES, quantiles
from sim.scenario.scenario import Scenario
from sim.thesis.declaration import Declaration
from sim.thesis.statistics.effects import paired_effect, verdict
from sim.thesis.statistics.words import WORDS

LEVELS = tuple(QUANTILES.tolist())
FIELDS = ("absolute", "absolute_low", "absolute_high", "relative", "relative_low", "relative_high")
PART = 10_000  # runs in one call, between two looks at the bar


@dataclass(frozen=True)
class Grid:
    """The findings at every point; points run with the last slider changing fastest.

    Attributes
    ----------
    months : tuple of int
        Months of the fans, counted from 1 at the start.
    fans : ndarray, shape (point, outcome, arm, month, level)
        Quantiles of the outcome to each month; arms are with Beijing, and with an indifferent one.
    dates : tuple of int
        Months to which a verdict is given.
    effects : ndarray, shape (point, date, outcome, field)
        How much larger an outcome is without Beijing, in its unit and as a share; NaN where it cannot be told.
    words : ndarray of int, shape (point, date, outcome)
        Place of the verdict among `sim.thesis.statistics.words.WORDS`.
    """

    months: tuple[int, ...]
    fans: Array
    dates: tuple[int, ...]
    effects: Array
    words: NDArray[np.uint8]


@dataclass(frozen=True, repr=False)
class Findings:
    """All that the page shows.

    Attributes
    ----------
    scenario : Scenario
    declaration : Declaration
        Of the thesis test: what is judged, and from what size on an effect counts.
    sliders : tuple of Slider
    grid : Grid
    runs, seed : int
        Runs of each point with Beijing, and as many without; seed of their draws.
    """

    scenario: Scenario
    declaration: Declaration
    sliders: tuple[Slider, ...]
    grid: Grid
    runs: int
    seed: int


def points_of(sliders: Sequence[Slider]) -> dict[str, Array]:
    """Values of all points, by address, each of shape (point,)."""
    grid = np.meshgrid(*(slider.values for slider in sliders), indexing="ij")
    return {slider.address: values.ravel() for slider, values in zip(sliders, grid, strict=True)}


def simulate(
    scenario: Scenario,
    declaration: Declaration,
    sliders: Sequence[Slider],
    months: Sequence[int],
    dates: Sequence[int],
    runs: int,
    seed: int,
    tick: Tick,
) -> Grid:
    """Run every point with Beijing and without it; all points meet the same shocks.

    Parameters
    ----------
    months, dates : sequence of int
        Months of the fans, ascending, and those among them to which a verdict is given.
    runs : int
        Of each point and arm.
    tick : callable
        Is told of runs as they are done.

    Raises
    ------
    UserError
        As `sim.run`.
    """
    values, size = points_of(sliders), prod(len(slider.values) for slider in sliders)
    judged = list(declaration.dimensions.values())
    fans = np.empty((size, len(judged), len(BOTH), len(months), len(LEVELS)))
    effects = np.empty((size, len(dates), len(judged), len(FIELDS)))
    words = np.empty((size, len(dates), len(judged)), dtype=np.uint8)
    delta, delta_abs = (np.array([getattr(each, name) for each in judged]) for name in ("delta", "delta_abs"))
    at = [list(months).index(date) for date in dates]
    step = max(1, PART // (len(BOTH) * runs))
    for start in range(0, size, step):
        span = slice(start, min(start + step, size))
        count = span.stop - start
        found = ensemble(
            scenario,
            (len(BOTH), count, runs),
            at=months,
            outcomes=[each.outcome for each in judged],
            seed=seed,
            keys=np.arange(runs),
            values={address: column[span, None] for address, column in values.items()},
            knockouts={"beijing": np.array([False, True])[:, None, None]},
            tick=tick,
        ).outcomes  # (month, outcome, arm, point, run)
        fans[span] = quantiles(found).transpose(4, 2, 3, 1, 0)
        judged_at = found[at]
        effect = paired_effect(judged_at[:, :, 1], judged_at[:, :, 0], delta_abs[:, None])
        effects[span] = np.stack([getattr(effect, name) for name in FIELDS]).transpose(3, 1, 2, 0)
        said = verdict(effect, delta[:, None], delta_abs[:, None])
        words[span] = np.select([said == word for word in WORDS], range(len(WORDS))).transpose(2, 0, 1)
    return Grid(tuple(months), fans, tuple(dates), effects, words)
