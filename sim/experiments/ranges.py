"""Boxes of parameters: ranges with a measure, and points of the unit cube carried into them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Array
from sim.errors import UserError

MEASURES = ("linear", "log")


@dataclass(frozen=True, slots=True)
class Range:
    """One side of the box: a parameter's range and the measure declared for it.

    Raises
    ------
    UserError
        If an end is not finite, the range is upside down, the measure is unknown, or it is `log` and reaches zero.
    """

    address: str
    low: float
    high: float
    measure: str = "linear"

    def __post_init__(self) -> None:
        if not (isfinite(self.low) and isfinite(self.high)):
            raise UserError(f"the ends of a range must be finite, not {self.low} and {self.high}", self.address)
        if self.low > self.high:
            raise UserError(f"the range is upside down: low {self.low} lies above high {self.high}", self.address)
        if self.measure not in MEASURES:
            raise UserError(f"unknown measure '{self.measure}'; known: {', '.join(MEASURES)}", self.address)
        if self.measure == "log" and self.low <= 0:
            raise UserError(f"a log measure needs a range above zero, not from {self.low}", self.address)


def scrambled(dimensions: int, points: int, scramblings: int, seed: int = 0) -> Array:
    """Sobol points in the unit cube under independent scramblings, shape (scrambling, world, dimension).

    Randomised quasi-Monte Carlo (Owen 1997, Annals of Statistics 25): each scrambling is an unbiased sample by itself, so
    their spread is the sampling error. Scrambling i depends on the seed and on i alone, so that more can be added.

    Parameters
    ----------
    dimensions : int
        Parameters that vary.
    points : int
        Worlds in each scrambling, a power of two.
    scramblings : int
    seed : int

    Raises
    ------
    UserError
        If the points are not a power of two, or there is no dimension or no scrambling.
    """
    from scipy.stats import qmc  # takes a second to load

    if points < 1 or points & (points - 1):
        raise UserError(f"Sobol points come in powers of two, not {points}", "worlds")
    if dimensions < 1 or scramblings < 1:
        raise UserError("at least one parameter and one scrambling are needed", "worlds")
    rngs = [np.random.default_rng([seed, index]) for index in range(scramblings)]
    return np.stack([qmc.Sobol(dimensions, scramble=True, rng=rng).random(points) for rng in rngs])


def in_box(unit: ArrayLike, ranges: Sequence[Range], measure: str = "declared") -> Array:
    """Carry points of the unit cube into the box, shape (..., dimension) kept.

    Parameters
    ----------
    unit : array, shape (..., dimension)
    ranges : sequence of Range
        One for each dimension.
    measure : {"declared", "linear", "log"}
        The measure of each range, or one for all. Under `log` a range that reaches zero or below stays linear.

    Raises
    ------
    UserError
        If the measure is unknown.
    """
    if measure not in ("declared", *MEASURES):
        raise UserError(f"unknown measure '{measure}'; known: declared, {', '.join(MEASURES)}", "measure")
    unit = np.asarray(unit, dtype=float)
    low, high = (np.array([getattr(each, end) for each in ranges]) for end in ("low", "high"))
    wanted = [each.measure if measure == "declared" else measure for each in ranges]
    logs = np.array([want == "log" for want in wanted]) & (low > 0)
    floor = np.where(logs, low, 1.0)
    ratio = np.where(logs, high, 1.0) / floor
    points = np.where(logs, floor * ratio**unit, low + (high - low) * unit)
    return np.clip(points, low, high)  # rounding must not carry a point out of the box
