"""Where a function crosses zero, in many runs at once (Chandrupatla 1997, Advances in Engineering Software 28)."""

from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array

PRECISION = 1e-10  # width at which a bracket of a root is narrow enough, relative to the root
FINEST = 1e-16  # and relative to the first bracket, where the root is nil
MOST_STEPS = 200  # no bracket needs as many: halving alone comes from the first to the finest in 54
FIRST = 0.05  # least share of the bracket that the first look, by a straight line, takes off either end
FEW = 0.7  # share of runs still sought below which the others are left out


class Sought(Protocol):
    """A function of one number per run."""

    def value(self, argument: Array) -> Array:
        """Value at an argument, shape (R,)."""

    def take(self, runs: NDArray[np.intp]) -> Self:
        """The same function in some of the runs."""


def bracket(sought: Sought, low: Array, high: Array, at_low: Array, at_high: Array) -> tuple[Array, Array]:
    """Narrow a bracket of a root: inverse quadratic interpolation where it is safe, else halving.

    A jump across zero counts as a root: the bracket then closes on it by halving.

    Parameters
    ----------
    sought : Sought
        The function.
    low, high : ndarray, shape (R,)
        Ends of the bracket.
    at_low, at_high : ndarray, shape (R,)
        Values there: below zero at ``low``, zero or more at ``high``.

    Returns
    -------
    ndarray, ndarray
        The ends of the last bracket, shape (R,) each.
    """
    least, most = low.copy(), high.copy()
    finest = FINEST * np.abs(high - low)
    runs, active = np.arange(low.size), np.ones(low.size, dtype=bool)
    # The newest point a, the end b of the bracket on the other side of the root, and the last point c left behind.
    a, b, at_a, at_b = high, low, at_high, at_low
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = np.minimum(np.maximum(at_a / (at_a - at_b), FIRST), 1.0 - FIRST)
        for _ in range(MOST_STEPS):
            point = a + share * (b - a)
            value = sought.value(point)
            same = (value >= 0.0) == (at_a >= 0.0)
            c, at_c = np.where(same, a, b), np.where(same, at_a, at_b)
            b, at_b = np.where(same, b, a), np.where(same, at_b, at_a)
            a, at_a = point, value
            width, narrow = np.abs(b - a), PRECISION * np.maximum(np.abs(a), np.abs(b)) + finest
            done = np.flatnonzero(active & ((width <= narrow) | (value == 0.0)))
            if done.size:
                # A run that is done stays as it is, so that its root does not depend on how long others take.
                above = at_a[done] >= 0.0
                least[runs[done]] = np.where(above, b[done], a[done])
                most[runs[done]] = np.where(above, a[done], b[done])
                active[done] = False
                left = np.flatnonzero(active)
                if not left.size:
                    break
                if left.size < FEW * runs.size:
                    sought, runs, active = sought.take(left), runs[left], active[left]
                    a, b, c, at_a, at_b, at_c, width, narrow, finest = (
                        array[left] for array in (a, b, c, at_a, at_b, at_c, width, narrow, finest)
                    )
            shortest = np.minimum(0.5 * narrow / np.maximum(width, narrow), 0.5)
            share = np.minimum(np.maximum(_next(a, b, c, at_a, at_b, at_c), shortest), 1.0 - shortest)
    return least, most


def _next(a: Array, b: Array, c: Array, at_a: Array, at_b: Array, at_c: Array) -> Array:
    """Share of the way from a to b at which to look next."""
    from_b = at_c - at_b
    xi, phi = (a - b) / (c - b), (at_a - at_b) / from_b
    safe = ((1.0 - phi) * (1.0 - phi) < 1.0 - xi) & (phi * phi < xi)
    inverse = (c - a) / (b - a) * (at_b / (at_c - at_a)) - at_c / (at_b - at_a)
    return np.where(safe, inverse * at_a / from_b, 0.5)
