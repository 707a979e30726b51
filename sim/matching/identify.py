"""What worlds that are left tell of parameters: which the record moves beyond chance, and which trade off."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from sim.arrays import Array

LEVEL = 0.05  # of the test against chance, over all sides or pairs together
BINS = 10


def spread_ratio(unit: ArrayLike) -> Array:
    """Spread of worlds on each side over that of even draws, shape (side,): 1 where the record says nothing, 0 at a point.

    Parameters
    ----------
    unit : array, shape (world, side)
        Worlds in the unit cube; an even draw has the standard deviation 1/√12.
    """
    return np.asarray(unit, dtype=float).std(axis=0) * np.sqrt(12.0)


def distances(unit: ArrayLike) -> Array:
    """Kolmogorov-Smirnov distance of worlds from even draws on each side, shape (side,)."""
    ordered = np.sort(np.asarray(unit, dtype=float), axis=0)
    n = len(ordered)
    steps = np.arange(1, n + 1)[:, None] / n
    return np.maximum((steps - ordered).max(axis=0), (ordered - (steps - 1 / n)).max(axis=0))


def p_values(distance: ArrayLike, worlds: int) -> Array:
    """Probability that even draws lie as far from even as that, shape as given.

    What is left by chance of a Latin hypercube lies closer to even than free draws, so the test errs on the side of chance.
    """
    from scipy.stats import kstwo  # takes a second to load

    return np.asarray(kstwo.sf(np.asarray(distance, dtype=float), worlds))


def informed(unit: ArrayLike) -> NDArray[np.bool_]:
    """Whether worlds lie unevenly on each side beyond chance, shape (side,), over all sides together (Bonferroni)."""
    unit = np.asarray(unit, dtype=float)
    if not len(unit):
        return np.zeros(unit.shape[1], dtype=bool)
    beyond: NDArray[np.bool_] = p_values(distances(unit), len(unit)) < LEVEL / unit.shape[1]
    return beyond


def profile(unit: ArrayLike, implausibility: ArrayLike, left: ArrayLike) -> tuple[Array, Array]:
    """Along one side: the lowest implausibility in each slice, and the share not ruled out there, shape (BINS,) each.

    Parameters
    ----------
    unit, implausibility, left : array, shape (world,)
        NaN stands for a slice without worlds.
    """
    place = np.minimum((np.asarray(unit, dtype=float) * BINS).astype(int), BINS - 1)
    found, kept = np.asarray(implausibility, dtype=float), np.asarray(left, dtype=float)
    lowest, share = np.full((2, BINS), np.nan)
    for each in range(BINS):
        here = place == each
        if here.any():
            lowest[each], share[each] = found[here].min(), kept[here].mean()
    return lowest, share


def trade_offs(unit: ArrayLike, most: int) -> list[tuple[int, int, float]]:
    """Pairs of sides whose rank correlation is beyond chance over all pairs, the strongest first: places and correlation.

    Parameters
    ----------
    unit : array, shape (world, side)
        Worlds that are left.
    most : int
        How many pairs at most.
    """
    unit = np.asarray(unit, dtype=float)
    worlds, sides = unit.shape
    if worlds < 4 or sides < 2:
        return []
    ranks = np.argsort(np.argsort(unit, axis=0, kind="stable"), axis=0).astype(float)
    ranks = (ranks - ranks.mean(axis=0)) / ranks.std(axis=0)
    found = ranks.T @ ranks / worlds
    first, second = np.triu_indices(sides, 1)
    strength = found[first, second]
    least = ndtri(1 - LEVEL / (2 * len(strength))) / np.sqrt(worlds - 1)
    order = np.argsort(-np.abs(strength), kind="stable")[:most]
    return [(int(first[i]), int(second[i]), float(strength[i])) for i in order if abs(strength[i]) > least]


def strongest(unit: ArrayLike, names: Sequence[str], most: int) -> list[str]:
    """Names of the sides of which something is told, that of which most is first, some at most."""
    unit = np.asarray(unit, dtype=float)
    kept = informed(unit)
    if not kept.any():
        return []
    order = np.argsort(-distances(unit), kind="stable")
    return [names[place] for place in order if kept[place]][:most]
