"""Where a function crosses zero, in many runs at once: Newton's method within a bracket (Press et al. 2007, section 9.4)."""

from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array

PRECISION = 1e-10  # width at which a bracket of a root is narrow enough, relative to the root
FINEST = 1e-16  # and relative to the first bracket, where the root is nil
MOST_STEPS = 200  # no bracket needs as many: halving alone comes from the first to the finest in 54
FEW = 0.5  # share of runs still sought below which the others are left out


class Sought(Protocol):
    """A function of one number per run."""

    def value(self, argument: Array) -> tuple[Array, Array]:
        """Value and slope at an argument, shape (R,) each."""

    def take(self, runs: NDArray[np.intp]) -> Self:
        """The same function in some of the runs."""


def root(sought: Sought, low: Array, high: Array, first: Array, rise: Array | float = 0.0) -> Array:
    """Where a function crosses zero from below: Newton's steps, and halving where they would not halve the step before last.

    A jump across zero counts as a root: the bracket then closes on it by halving. Where the function is below zero even at
    the upper end, that end counts.

    Parameters
    ----------
    sought : Sought
        The function.
    low, high : ndarray, shape (R,)
        Ends of a bracket: it is below zero at ``low``.
    first : ndarray, shape (R,)
        Where to look first, between them.
    rise : ndarray, shape (R,), optional
        What is known of the least slope between them: a value that is then near enough to zero is taken for the root.

    Returns
    -------
    ndarray
        The root, or the upper end of the last bracket, shape (R,).
    """
    found, runs, active = high.copy(), np.arange(low.size), np.ones(low.size, dtype=bool)
    point, rise = first, np.broadcast_to(rise, low.shape)
    width = high - low
    finest, last, before = FINEST * width, width, width
    seen = np.zeros(low.size, dtype=bool)  # whether the upper end, or a point below it, was seen to be above zero
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for _ in range(MOST_STEPS):
            value, slope = sought.value(point)
            above = value >= 0.0
            narrow = PRECISION * point + finest
            hit = np.abs(value) <= rise * narrow
            low, high, seen = np.where(above, low, point), np.where(above, point, high), seen | above
            done = np.flatnonzero(active & (hit | (high - low <= narrow)))
            if done.size:
                # A run that is done stays as it is, so that its root does not depend on how long others take.
                found[runs[done]] = np.where(hit, point, high)[done]
                active[done] = False
                left = np.flatnonzero(active)
                if not left.size:
                    break
                if left.size < FEW * runs.size:
                    sought, runs, active, seen = sought.take(left), runs[left], active[left], seen[left]
                    point, low, high, value, slope, narrow, finest, last, before, rise = (
                        of[left] for of in (point, low, high, value, slope, narrow, finest, last, before, rise)
                    )
            step = value / slope
            step = np.copysign(np.maximum(np.abs(step), 0.5 * narrow), value)  # so far that it comes to the other side
            aim = point - step
            fast = (aim > low) & (aim < high) & (2.0 * np.abs(step) <= before) & (slope > 0.0)
            aim = np.where(fast, aim, np.where(seen | (aim < high), 0.5 * (low + high), high))
            last, before, point = np.abs(aim - point), last, aim
    return found
