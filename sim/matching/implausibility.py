"""How implausible is a world? Pure functions of numbers, without a simulation or a file.

The implausibility of a world by one figure is the distance of its mean from the range of the figure, in standard deviations of
all that may keep a good world from it (Craig et al. 1997; for agent-based models McCulloch et al. 2022, JASSS 25(2)1):

    I = max(0, low − ȳ, ȳ − high) / √(V_ensemble + V_discrepancy)

Distances are to the range and not to its middle, so a wide range rules out little.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.arrays import Array

PRIOR_FREEDOM = 4.0  # how many degrees of freedom the variance pooled over worlds is worth within one


def pooled_variance(samples: ArrayLike) -> Array:
    """Variance between the runs of a world, averaged over worlds, shape (target,). Worlds with a run that failed are passed over.

    Parameters
    ----------
    samples : array, shape (target, world, run)
        At least two runs.
    """
    variance = np.asarray(samples, dtype=float).var(axis=-1, ddof=1)
    known = np.isfinite(variance)
    return np.where(known, variance, 0.0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1)


def ensemble_variance(samples: ArrayLike, pooled: ArrayLike) -> Array:
    """Variance of one history about the mean of a world's runs, shape (target, world).

    The record is a single history. Even in the true world it would differ from the mean of R runs by its own chance, variance σ²,
    and by the error of that mean, σ²/R: together σ² (1 + 1/R). With few runs σ² is poorly known, so each world's is drawn towards
    that pooled over worlds, as if by 4 further degrees of freedom (Smyth 2004, Statistical Applications in Genetics and Molecular
    Biology 3); a world whose few runs happen to agree is so not taken for a certain one.

    Parameters
    ----------
    samples : array, shape (target, world, run)
        At least two runs.
    pooled : array, shape (target,)
        As `pooled_variance` gives it.
    """
    samples = np.asarray(samples, dtype=float)
    runs = samples.shape[-1]
    own = samples.var(axis=-1, ddof=1)
    pooled = np.asarray(pooled, dtype=float)[:, None]
    return (own * (runs - 1) + pooled * PRIOR_FREEDOM) / (runs - 1 + PRIOR_FREEDOM) * (1 + 1 / runs)


def discrepancy_variance(end: ArrayLike, relative: ArrayLike, floor: ArrayLike) -> Array:
    """Square of the larger of ``relative`` times an end of the range and ``floor``; an open end has none."""
    end = np.asarray(end, dtype=float)
    size = np.where(np.isfinite(end), np.abs(end), 0.0)
    return np.maximum(size * relative, floor) ** 2


def implausibility(
    mean: ArrayLike, variance: ArrayLike, low: ArrayLike, high: ArrayLike, relative: ArrayLike = 0.0, floor: ArrayLike = 0.0
) -> Array:
    """Distance from a range in standard deviations; 0 within it.

    Parameters
    ----------
    mean, variance : array, shape (target, world)
        Mean of the runs of each world, and variance of one history about it.
    low, high : array, shape (target,)
        Ends of the range, infinite where it is open.
    relative, floor : array, shape (target,)
        Discrepancy, as a share of the end that is missed, and at least.

    Returns
    -------
    ndarray, shape (target, world)
        Infinite where a run failed, or where a mean that cannot vary lies outside a range without discrepancy.
    """
    mean, variance = np.asarray(mean, dtype=float), np.asarray(variance, dtype=float)
    low, high, relative, floor = (np.asarray(each, dtype=float)[..., None] for each in (low, high, relative, floor))
    found = np.zeros(np.broadcast_shapes(mean.shape, low.shape))
    for gap, end in ((low - mean, low), (mean - high, high)):
        spread = np.sqrt(variance + discrepancy_variance(end, relative, floor))
        away = gap > 0
        distance = np.divide(gap, spread, out=np.full(found.shape, np.inf), where=spread > 0)
        found = np.where(away, np.maximum(found, distance), found)
    return np.where(np.isfinite(mean) & np.isfinite(variance), found, np.inf)


def highest_in(found: ArrayLike, groups: Sequence[Sequence[int]]) -> Array:
    """Highest implausibility among the targets of each group, shape (group, world); 0 for a group without targets."""
    found = np.asarray(found, dtype=float)
    return np.stack([found[list(rows)].max(axis=0) if len(rows) else np.zeros(found.shape[-1]) for rows in groups])


def at_rank(by_group: ArrayLike, rank: int) -> Array:
    """Give the rank-th highest over the groups, shape (world,): the second-highest at rank 2. 0 where there are fewer groups."""
    by_group = np.asarray(by_group, dtype=float)
    if rank > len(by_group):
        return np.zeros(by_group.shape[-1])
    return np.partition(by_group, len(by_group) - rank, axis=0)[len(by_group) - rank]


def left(by_group: ArrayLike, rank: int, cut: float) -> NDArray[np.bool_]:
    """Which worlds are not ruled out, shape (world,): their implausibility at the rank is below the cut."""
    ruled: NDArray[np.bool_] = at_rank(by_group, rank) < cut
    return ruled
