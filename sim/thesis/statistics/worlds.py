"""In how many worlds? Shares of a declared box of parameters, under a declared measure, with their sampling error.

A share is one of worlds in that box under that measure. It is no probability.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from sim.arrays import Array
from sim.errors import UserError
from sim.reporting.intervals import LEVEL, Estimate, mean, share
from sim.thesis.statistics.effects import at_point, paired_effect, verdict
from sim.thesis.statistics.words import WORDS, Words

FEWEST_SCRAMBLINGS = 16
PRIOR_FREEDOM = 4.0  # how many degrees of freedom the spread pooled over worlds is worth within one


def classes(off: ArrayLike, on: ArrayLike, delta: ArrayLike, delta_abs: ArrayLike, floor: ArrayLike = 0.0) -> Words:
    """Class each world by its point estimate; a world without a number is `undecided`.

    Parameters
    ----------
    off, on : array, shape (..., world, run)
        Outcome without and with Beijing, on common draws; 2 to 4 runs a world are enough.
    delta, delta_abs, floor : array, shape (...) that fits (..., world)
        Smallest effects of interest, and the mean of Y(off) up to which there is no relative effect.

    Returns
    -------
    array of str, shape (..., world)
    """
    return verdict(at_point(paired_effect(off, on, floor)), delta, delta_abs)


def closeness(off: ArrayLike, on: ArrayLike, delta: ArrayLike, delta_abs: ArrayLike, floor: ArrayLike = 0.0) -> Array:
    """How many standard errors each world lies from the nearest edge between two classes: runs go to the smallest.

    A world holds where both (off − on) − δ · off and (off − on) − δ_abs are positive on average, and is reversed where
    (off − on) + δ · off is negative: contrasts that are linear in the outcomes. With few runs the spread within a world is
    poorly known, so it is drawn towards that pooled over worlds, as if by 4 further degrees of freedom (Smyth 2004,
    Statistical Applications in Genetics and Molecular Biology 3). A world in which no run differs is infinitely far.

    Parameters
    ----------
    off, on : array, shape (..., world, run)
        As in `classes`; at least two runs.
    delta, delta_abs, floor : array, shape (...) that fits (..., world)

    Returns
    -------
    ndarray, shape (..., world)

    Raises
    ------
    ValueError
        If there are fewer than two runs.
    """
    off, on = np.broadcast_arrays(np.asarray(off, dtype=float), np.asarray(on, dtype=float))
    if off.shape[-1] < 2:
        raise ValueError("the spread within a world needs at least two runs")
    difference = off - on
    relative, absolute = (np.asarray(edge, dtype=float)[..., None] for edge in (delta, delta_abs))
    usable = off.mean(axis=-1) > np.maximum(np.asarray(floor, dtype=float), 0.0)
    enough = _distance(difference - absolute)
    over = np.where(usable, np.minimum(_distance(difference - relative * off), enough), enough)
    under = np.where(usable, _distance(difference + relative * off), _distance(difference + absolute))
    away = np.minimum(np.abs(over), np.abs(under))
    return np.where((difference == 0).all(axis=-1), np.inf, away)


def misclassed(away: ArrayLike) -> Array:
    """Share of worlds that the noise within them has put into the wrong class, as expected: mean Φ(−closeness).

    This supposes that worlds are spread far more widely than the noise within one, as they are here; else it is too low.

    Parameters
    ----------
    away : array, shape (..., world)
        Distances of `closeness`.
    """
    return ndtr(-np.asarray(away, dtype=float)).mean(axis=-1)


def shares(words: ArrayLike, level: float = LEVEL) -> dict[str, Estimate]:
    """Share of each word, with a t-interval over scramblings.

    Where all scramblings agree, as at none or all of the worlds, their spread tells nothing; the interval is then Jeffreys's
    for as many independent worlds, which is on the safe side. Shares are kept within 0 and 1.

    Parameters
    ----------
    words : array of str, shape (scrambling, ..., world)
        Class of each world.
    level : float
        Confidence of the intervals.

    Returns
    -------
    dict from holds, fails, undecided, reversed to Estimate, each of shape (...)

    Raises
    ------
    UserError
        If there are fewer than 16 scramblings.
    """
    words = np.asarray(words)
    if len(words) < FEWEST_SCRAMBLINGS:
        raise UserError(f"a t-interval needs at least {FEWEST_SCRAMBLINGS} scramblings, not {len(words)}", "scramblings")
    return {word: _share(words == word, level) for word in WORDS}


def noise_within(off: ArrayLike, on: ArrayLike) -> Array:
    """Variance of the paired difference within worlds over its variance between them, shape (...).

    Between worlds is the variance of the worlds' means less what the noise within gives them. nan where worlds do not
    differ by more than that.

    Parameters
    ----------
    off, on : array, shape (..., world, run)
        At least two worlds of two runs.
    """
    difference = np.asarray(off, dtype=float) - np.asarray(on, dtype=float)
    within = difference.var(axis=-1, ddof=1).mean(axis=-1)
    between = difference.mean(axis=-1).var(axis=-1, ddof=1) - within / difference.shape[-1]
    return np.where(between > 0, within / np.where(between > 0, between, 1.0), np.nan)


def _share(hit: NDArray[np.bool_], level: float) -> Estimate:
    worlds = hit.shape[0] * hit.shape[-1]
    over = mean(np.moveaxis(hit.mean(axis=-1), 0, -1), level)
    pooled = share(hit.sum(axis=(0, -1)), worlds, level)
    agree = over.error == 0
    low, high = np.where(agree, pooled.low, over.low), np.where(agree, pooled.high, over.high)
    return Estimate(over.value, np.where(agree, pooled.error, over.error), np.maximum(low, 0.0), np.minimum(high, 1.0))


def _distance(contrast: Array) -> Array:
    """Mean of each world's contrast over its moderated standard error."""
    runs = contrast.shape[-1]
    own = contrast.var(axis=-1, ddof=1)
    pooled = own.mean(axis=-1, keepdims=True)
    error = np.sqrt((own * (runs - 1) + pooled * PRIOR_FREEDOM) / (runs - 1 + PRIOR_FREEDOM) / runs)
    centre = contrast.mean(axis=-1)
    return np.where(error > 0, centre / np.where(error > 0, error, 1.0), np.copysign(np.inf, centre))
