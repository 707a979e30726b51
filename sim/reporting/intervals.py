"""Means and shares with their Monte-Carlo intervals: the small change of every other module here.

Runs, worlds or scramblings are always on the last axis, and every function reduces that axis alone.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtri, stdtrit

from sim.arrays import Array

LEVEL = 0.95


class Estimate(NamedTuple):
    """A number with its Monte-Carlo error and the interval that follows from it; each part has the same shape.

    From a single run nothing is known of the spread: the error is infinite and the interval is the whole line.
    """

    value: Array
    error: Array
    low: Array
    high: Array


def t_quantile(freedom: ArrayLike, level: float = LEVEL) -> Array:
    """Half-width of a two-sided interval, in standard errors, by Student's t. Infinite freedom gives the normal."""
    tail = (1 + level) / 2
    freedom = np.asarray(freedom, dtype=float)
    finite = np.where(np.isfinite(freedom) & (freedom > 0), freedom, 1.0)
    known = np.where(np.isfinite(freedom), stdtrit(finite, tail), ndtri(tail))
    return np.where(freedom > 0, known, np.inf)


def around(value: ArrayLike, error: ArrayLike, freedom: ArrayLike, level: float = LEVEL) -> Estimate:
    """Put a t-interval around a value: value ± t · error, the whole line where the error is infinite."""
    value, error = np.broadcast_arrays(np.asarray(value, dtype=float), np.asarray(error, dtype=float))
    exact = error == 0
    half = np.where(exact, 0.0, np.where(exact, 1.0, error) * t_quantile(freedom, level))
    return Estimate(value.copy(), error.copy(), value - half, value + half)


def mean(samples: ArrayLike, level: float = LEVEL) -> Estimate:
    """Mean over the last axis with a t-interval.

    Parameters
    ----------
    samples : array, shape (..., run)
        Independent values, at least one.
    level : float
        Confidence of the interval.

    Returns
    -------
    Estimate of arrays, shape (...)

    Raises
    ------
    ValueError
        If there is no run.
    """
    samples = np.asarray(samples, dtype=float)
    runs = samples.shape[-1]
    if runs == 0:
        raise ValueError("a mean needs at least one run")
    centre = samples.mean(axis=-1)
    if runs == 1:
        return around(centre, np.full(centre.shape, np.inf), 0, level)
    return around(centre, spread(samples) / np.sqrt(runs), runs - 1, level)


def spread(samples: ArrayLike) -> Array:
    """Standard deviation over the last axis, exactly 0 where all values are equal, infinite for a single value."""
    samples = np.asarray(samples, dtype=float)
    if samples.shape[-1] == 1:
        return np.full(samples.shape[:-1], np.inf)
    equal = np.all(samples == samples[..., :1], axis=-1)
    return np.where(equal, 0.0, samples.std(axis=-1, ddof=1))


def share(hits: ArrayLike, trials: ArrayLike, level: float = LEVEL) -> Estimate:
    """Share of trials that are hits, with Jeffreys's interval, which survives counts of nought and of all.

    The limits are the tail quantiles of Beta(hits + ½, trials − hits + ½), except 0 at no hit and 1 at all hits (Brown,
    Cai and DasGupta 2001, Statistical Science 16(2)). Hits and trials may be effective, hence fractional, counts. Without
    any trial the share is unknown (nan) and the interval is [0, 1].
    """
    hits, trials = np.broadcast_arrays(np.asarray(hits, dtype=float), np.asarray(trials, dtype=float))
    some = trials > 0
    value = np.where(some, hits / np.where(some, trials, 1.0), np.nan)
    misses, tail = np.maximum(trials - hits, 0.0), (1 - level) / 2
    low = np.where(hits > 0, betaincinv(hits + 0.5, misses + 0.5, tail), 0.0)
    high = np.where(misses > 0, betaincinv(hits + 0.5, misses + 0.5, 1 - tail), 1.0)
    error = np.where(some, np.sqrt((hits + 0.5) * (misses + 0.5) / (trials + 1) ** 2 / (trials + 2)), np.inf)
    return Estimate(value, error, np.where(some, low, 0.0), np.where(some, high, 1.0))


def share_difference(first: ArrayLike, second: ArrayLike, level: float = LEVEL) -> Estimate:
    """Difference of two paired shares, with the adjusted Wald interval of Agresti and Min (2005, Statistics in Medicine 24).

    Half a run is added to each of the four outcomes of a pair, so that the interval keeps a width where no pair differs.
    The value itself is the plain difference.

    Parameters
    ----------
    first, second : array of bool, shape (..., run)
        Whether the thing is so in each run of the two arms, on common draws.

    Returns
    -------
    Estimate of arrays, shape (...)
        Share in the first less share in the second.
    """
    first, second = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    runs = first.shape[-1]
    more = (first & ~second).sum(axis=-1)
    less = (second & ~first).sum(axis=-1)
    value = (more - less) / runs
    centre = (more - less) / (runs + 2)
    error = np.sqrt((more + less + 1) / (runs + 2) - centre**2) / np.sqrt(runs + 2)
    half = t_quantile(np.inf, level) * error
    return Estimate(value, error, np.maximum(centre - half, -1.0), np.minimum(centre + half, 1.0))
