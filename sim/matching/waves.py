"""The box of the next wave: what holds the worlds that are not ruled out, with room for those that chance did not show."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Array
from sim.experiments.ranges import Range, in_box

CHANCE = 0.05  # how often any side may be cut where nothing but chance left it empty


def to_unit(columns: ArrayLike, ranges: Sequence[Range]) -> Array:
    """Carry points of the box back into the unit cube: the inverse of `in_box`, shape (world, side)."""
    logs = np.array([each.measure == "log" for each in ranges])

    def scale(numbers: ArrayLike) -> Array:
        numbers = np.asarray(numbers, dtype=float)
        return np.where(logs, np.log(np.where(logs, numbers, 1.0)), numbers)

    low, high = (scale([getattr(each, end) for each in ranges]) for end in ("low", "high"))
    return np.clip((scale(columns) - low) / (high - low), 0.0, 1.0)


def room_for_chance(worlds: int, sides: int) -> float:
    """How far beyond the outermost worlds a side may reach, as a share of the span of these worlds.

    Of n even draws between two unknown ends, the gap at an end exceeds t times the span of the draws with probability
    (1 + t)^−(n − 1). Over both ends of all sides, a gap as wide as this comes up by chance in at most `CHANCE` of cases.
    """
    return float(np.expm1(np.log(2 * sides / CHANCE) / (worlds - 1))) if worlds > 1 else np.inf


def shrunken(unit: ArrayLike, edges: ArrayLike) -> Array:
    """Give the sub-box that holds the worlds that are not ruled out.

    A side is cut only where the outermost world lies further from its end than chance allows, and that much room is left beyond
    it. Without this, some hundred sides would all lose a little to chance in every wave, and their volume almost everything.

    Parameters
    ----------
    unit : array, shape (world, side)
        Worlds not ruled out, in the unit cube of the declared box.
    edges : array, shape (side, 2)
        The present sub-box.

    Returns
    -------
    ndarray, shape (side, 2)
    """
    unit, edges = np.asarray(unit, dtype=float), np.asarray(edges, dtype=float)
    if len(unit) < 2:
        return edges.copy()
    low, high = unit.min(axis=0), unit.max(axis=0)
    room = room_for_chance(len(unit), len(edges)) * (high - low)
    return np.stack([np.maximum(low - room, edges[:, 0]), np.minimum(high + room, edges[:, 1])], axis=1)


def volume(edges: ArrayLike) -> float:
    """Volume of a sub-box as a share of the declared box."""
    edges = np.asarray(edges, dtype=float)
    return float(np.prod(edges[:, 1] - edges[:, 0]))


def cut_box(ranges: Sequence[Range], edges: ArrayLike) -> tuple[Range, ...]:
    """Ranges of a sub-box, in the parameters' own numbers."""
    low, high = (in_box(np.asarray(edges, dtype=float)[:, end][None], ranges)[0] for end in (0, 1))
    return tuple(Range(each.address, float(a), float(b), each.measure) for each, a, b in zip(ranges, low, high, strict=True))
