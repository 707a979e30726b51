"""How good was a forecast? Scores of an ensemble and of naive forecasts against figures that are ranges."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.arrays import Array


def crps(samples: ArrayLike, observed: ArrayLike) -> Array:
    """Continuous ranked probability score of an ensemble, shape (...): E|X − y| − E|X − X′|/2, in the unit of what is observed.

    For a single number it is the absolute error (Gneiting and Raftery 2007, Journal of the American Statistical Association 102).

    Parameters
    ----------
    samples : array, shape (..., run)
    observed : array, shape (...)
    """
    x = np.sort(np.asarray(samples, dtype=float), axis=-1)
    runs = x.shape[-1]
    weights = (2 * np.arange(1, runs + 1) - runs - 1) / runs**2
    return np.abs(x - np.asarray(observed, dtype=float)[..., None]).mean(axis=-1) - (x * weights).sum(axis=-1)


def range_crps(samples: ArrayLike, low: ArrayLike, high: ArrayLike) -> Array:
    """The score at the point of a range that is kindest to the forecast, shape (...).

    The record does not say where in its range the truth lies, so no forecast is blamed for what the record leaves open. The
    score is convex in y with its minimum at the median, so that point is the median, moved into the range. For a forecast of a
    single number it is the distance from the range.

    Parameters
    ----------
    samples : array, shape (..., run)
    low, high : array, shape (...)
        Ends, infinite where open.
    """
    return crps(samples, np.clip(np.median(np.asarray(samples, dtype=float), axis=-1), low, high))


def within(samples: ArrayLike, low: ArrayLike, high: ArrayLike, share: float) -> NDArray[np.bool_]:
    """Whether a range meets the central band that holds a share of the ensemble, shape (...)."""
    lower, upper = np.quantile(np.asarray(samples, dtype=float), [(1 - share) / 2, (1 + share) / 2], axis=-1)
    met: NDArray[np.bool_] = (np.asarray(high) >= lower) & (np.asarray(low) <= upper)
    return met


def distance(forecast: ArrayLike, low: ArrayLike, high: ArrayLike) -> Array:
    """Distance of a single number from a range: its score."""
    forecast = np.asarray(forecast, dtype=float)
    return np.maximum(np.maximum(low - forecast, forecast - high), 0.0)


def last_value(times: ArrayLike, values: ArrayLike) -> float:
    """Forecast that nothing changes: the latest value known, NaN without any. Of several on one day, their mean."""
    times, values = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    return float(values[times == times.max()].mean()) if len(times) else np.nan


def linear_trend(times: ArrayLike, values: ArrayLike, at: ArrayLike) -> Array:
    """Forecast that things go on: the least-squares line through the values known, NaN from fewer than two times."""
    times, values, at = (np.asarray(each, dtype=float) for each in (times, values, at))
    if len(np.unique(times)) < 2:
        return np.full(at.shape, np.nan)
    centre = times.mean()
    slope = ((times - centre) * values).sum() / ((times - centre) ** 2).sum()
    return values.mean() + slope * (at - centre)
