"""Is there a ceiling, and does it sit at Beijing's tolerance? Four looks at the same question.

A tie held down by a foreseen punishment crowds just under the tolerance, rises with it one for one, and never falls as it
rises. And what Beijing puts off, such as a visit, happens later.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.arrays import Array
from sim.errors import UserError
from sim.reporting.intervals import Estimate, around, mean, share, share_difference

ROUNDING = 1e-9  # a tie within this share of the tolerance is at it


@dataclass(frozen=True, slots=True)
class Bunching:
    """Mass of the visible tie about the tolerance, with and without Beijing; every field has the shape (...).

    Attributes
    ----------
    with_beijing, without_beijing : Estimate
        Share of runs whose tie lies in the window that ends at the tolerance.
    excess : Estimate
        The first less the second, paired.
    missing : Estimate
        Share of runs above the tolerance without Beijing less the share with it, paired: where the excess came from.
    ratio : ndarray
        Excess over the share without Beijing; nan where no run lies in the window without it.
    """

    with_beijing: Estimate
    without_beijing: Estimate
    excess: Estimate
    missing: Estimate
    ratio: Array


@dataclass(frozen=True, slots=True)
class Slope:
    """How a quantile of the tie moves with Beijing's tolerance.

    Attributes
    ----------
    levels : ndarray, shape (level,)
    quantiles : ndarray, shape (level, ...)
        Quantile over runs at each level.
    slope : Estimate, shape (...)
        Least-squares slope of the quantile in the tolerance: 1 for a ceiling, 0 where another limit binds.
    """

    levels: Array
    quantiles: Array
    slope: Estimate


@dataclass(frozen=True, slots=True)
class Monotony:
    """Whether a curve of each run never falls as the tolerance rises.

    Attributes
    ----------
    share : Estimate, shape (...)
        Share of runs whose curve never falls.
    residual : ndarray, shape (..., run)
        Largest distance of each run's curve from the nearest one that never falls (least squares), in its unit.
    largest : ndarray, shape (...)
        Largest of these over runs.
    """

    share: Estimate
    residual: Array
    largest: Array


def bunching(on: ArrayLike, off: ArrayLike, tolerance: ArrayLike, window: float = 0.1) -> Bunching:
    """Excess mass just under the tolerance, against the density without Beijing.

    Bunching at a threshold (Saez 2010; Kleven 2016, Annual Review of Economics 8), with one difference: the density
    without the threshold need not be guessed from the curve's shape, as the same runs are simulated without it.

    Parameters
    ----------
    on, off : array, shape (..., run)
        Visible tie with and without Beijing, on common draws.
    tolerance : array, shape (...) or (..., run)
        Tolerance, above zero. A tie that equals it lies in the window.
    window : float
        Width of the window under the tolerance, as a share of it.

    Raises
    ------
    UserError
        If the window is not between 0 and 1.
    """
    if not 0 < window <= 1:
        raise UserError("the window is a share of the tolerance, above 0 and at most 1", "window")
    on, off = np.broadcast_arrays(np.asarray(on, dtype=float), np.asarray(off, dtype=float))
    tolerance = np.asarray(tolerance, dtype=float)
    edge = np.broadcast_to(tolerance if tolerance.ndim == on.ndim else tolerance[..., None], on.shape)
    top = edge * (1 + ROUNDING)

    def inside(tie: Array) -> NDArray[np.bool_]:
        return (tie > edge * (1 - window)) & (tie <= top)

    runs = on.shape[-1]
    without = share(inside(off).sum(axis=-1), runs)
    excess = share_difference(inside(on), inside(off))
    some = without.value > 0
    return Bunching(
        with_beijing=share(inside(on).sum(axis=-1), runs),
        without_beijing=without,
        excess=excess,
        missing=share_difference(off > top, on > top),
        ratio=np.where(some, excess.value / np.where(some, without.value, 1.0), np.nan),
    )


def quantile_slope(levels: ArrayLike, ties: ArrayLike, quantile: float = 0.95, resamples: int = 200, seed: int = 0) -> Slope:
    """Slope in the tolerance of a quantile of the tie, with a bootstrap over runs.

    Runs are drawn with replacement and carried through all levels at once, as the levels share their draws (Efron and
    Tibshirani 1993, chapter 9). The interval is the slope ± t · standard deviation of the resampled slopes.

    Parameters
    ----------
    levels : array, shape (level,)
        Tolerances, at least two different ones.
    ties : array, shape (level, ..., run)
        Visible tie in every run at each of them, on common draws.

    Raises
    ------
    UserError
        If there are fewer than two different levels.
    """
    levels, ties = np.asarray(levels, dtype=float), np.asarray(ties, dtype=float)
    away = levels - levels.mean()
    if len(np.unique(levels)) < 2:
        raise UserError("a slope needs at least two different levels", "tolerance")
    weights = away / (away**2).sum()

    def slopes(sample: Array) -> Array:
        found: Array = np.tensordot(weights, np.quantile(sample, quantile, axis=-1), axes=1)
        return found

    runs = ties.shape[-1]
    if runs == 1:
        error, resamples = np.full(ties.shape[1:-1], np.inf), 1
    else:
        rng = np.random.default_rng(seed)
        drawn = np.stack([slopes(ties[..., rng.integers(runs, size=runs)]) for _ in range(resamples)])
        error = drawn.std(axis=0, ddof=1)
    return Slope(levels, np.quantile(ties, quantile, axis=-1), around(slopes(ties), error, runs - 1))


def isotonic(curves: ArrayLike) -> Array:
    """Nearest curve (least squares) that never falls along the first axis, for each column: shape kept.

    The min-max formula g_i = max_{a ≤ i} min_{b ≥ i} mean(y_a … y_b) (Barlow, Bartholomew, Bremner and Brunk 1972), which
    serves all columns at once.
    """
    curves = np.asarray(curves, dtype=float)
    count = len(curves)
    sums = np.concatenate([np.zeros((1, *curves.shape[1:])), np.cumsum(curves, axis=0)])
    fitted = np.full(curves.shape, -np.inf)
    for a in range(count):
        lengths = np.arange(1, count - a + 1).reshape(-1, *[1] * (curves.ndim - 1))
        means = (sums[a + 1 :] - sums[a]) / lengths
        smallest = np.minimum.accumulate(means[::-1], axis=0)[::-1]
        fitted[a:] = np.maximum(fitted[a:], smallest)
    return fitted


def monotony(ties: ArrayLike, tolerated: float = 0.0) -> Monotony:
    """Share of runs whose tie never falls as Beijing's tolerance rises, and how far the others are from that.

    Parameters
    ----------
    ties : array, shape (level, ..., run)
        Outcome in every run at each level of tolerance, levels ascending, on common draws.
    tolerated : float
        A fall up to this, in the unit of the outcome, is none: the solver's precision.
    """
    ties = np.asarray(ties, dtype=float)
    falls = -np.diff(ties, axis=0, prepend=ties[:1])
    never = (falls <= tolerated).all(axis=0)
    residual = np.where(never, 0.0, np.abs(ties - isotonic(ties)).max(axis=0))
    return Monotony(share(never.sum(axis=-1), never.shape[-1]), residual, residual.max(axis=-1))


def restricted(months: ArrayLike, horizon: float) -> Array:
    """Time to the event, cut at the horizon: min(T, horizon) per run, shape kept.

    Its mean is the restricted mean time to the event, the area under the curve of those to whom it has not yet happened
    (Royston and Parmar 2013, BMC Medical Research Methodology 13). All runs are watched to the horizon, so nothing is
    censored before it. Two arms are compared by `paired_effect(restricted(off, h), restricted(on, h))`: below zero where
    Beijing puts the event off.

    Parameters
    ----------
    months : array, shape (..., run)
        Month of the event, infinite or nan where there is none.
    horizon : float
        Months watched, above zero.

    Raises
    ------
    UserError
        If the horizon is not above zero.
    """
    if not horizon > 0:
        raise UserError("the horizon must be above zero", "horizon")
    return np.fmin(np.asarray(months, dtype=float), horizon)


def restricted_mean(months: ArrayLike, horizon: float) -> tuple[Estimate, Estimate]:
    """Restricted mean time to an event, and the share of runs in which it happens by the horizon, each of shape (...).

    Parameters
    ----------
    months : array, shape (..., run)
        Month of the event, infinite or nan where there is none.
    horizon : float
        Months watched, above zero.
    """
    months = np.asarray(months, dtype=float)
    return mean(restricted(months, horizon)), share((months <= horizon).sum(axis=-1), months.shape[-1])
