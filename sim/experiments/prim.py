"""Where does it fail? Boxes of parameters in which failing worlds are dense, by patient rule induction (PRIM).

Friedman and Fisher (1999, Statistics and Computing 9), in the use of Bryant and Lempert (2010, Technological Forecasting
and Social Change 77): *coverage* is the share of failing worlds that lie in the box, *density* the share of the worlds in
the box that fail.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc

from sim.arrays import Array
from sim.reporting.intervals import Estimate, share

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Box:
    """A box of parameters, with what it holds of the worlds on which it was scored.

    Attributes
    ----------
    low, high : ndarray, shape (parameter,)
        Its edges, infinite where it does not restrict.
    coverage, density : Estimate of scalars
        With Jeffreys's intervals; the density is unknown (nan) for an empty box, the coverage where no world fails.
    mass : float
        Share of all worlds that lie in the box.
    quasi_p : ndarray, shape (parameter,)
        For each restricted parameter, the probability that a box without that restriction would be as dense by luck:
        P(X ≥ failing in the box), X binomial with the worlds in the box and the density without the restriction (Bryant
        and Lempert 2010). nan for a parameter that is not restricted.
    """

    low: Array
    high: Array
    coverage: Estimate
    density: Estimate
    mass: float
    quasi_p: Array

    @property
    def restricted(self) -> tuple[int, ...]:
        """Positions of the parameters that it restricts."""
        return tuple(np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high)).tolist())

    def contains(self, worlds: ArrayLike) -> Mask:
        """Whether each world lies in the box; worlds of shape (world, parameter)."""
        worlds = np.asarray(worlds, dtype=float)
        inside: Mask = ((worlds >= self.low) & (worlds <= self.high)).all(axis=1)
        return inside

    def terms(self, names: Sequence[str]) -> dict[str, tuple[float | None, float | None]]:
        """The box in terms of its parameters: lower and upper edge of each that it restricts, None for an open side."""
        return {names[j]: (_edge(self.low[j]), _edge(self.high[j])) for j in self.restricted}


def score(low: Array, high: Array, worlds: ArrayLike, failing: ArrayLike) -> Box:
    """Score the box with these edges on worlds, shape (world, parameter), of which some are failing, shape (world,)."""
    worlds, failing = _checked(worlds, failing)
    sides = (worlds >= low) & (worlds <= high)
    inside = sides.all(axis=1)
    caught, held = int(failing[inside].sum()), int(inside.sum())
    quasi_p = np.full(worlds.shape[1], np.nan)
    for j in np.flatnonzero(np.isfinite(low) | np.isfinite(high)):
        wider = np.delete(sides, j, axis=1).all(axis=1)
        if held:
            quasi_p[j] = bdtrc(caught - 1, held, failing[wider].mean()) if caught else 1.0
    return Box(low, high, share(caught, failing.sum()), share(caught, held), held / len(worlds), quasi_p)


def rescore(box: Box, worlds: ArrayLike, failing: ArrayLike) -> Box:
    """Score a box on other worlds: those of fresh seeds, as a box looks denser than it is on the worlds that found it."""
    return score(box.low, box.high, worlds, failing)


def trajectory(worlds: ArrayLike, failing: ArrayLike, peel: float = 0.05, paste: float = 0.05, mass: float = 0.05) -> list[Box]:
    """All boxes on the way from the whole space to the densest box, by peeling and then pasting.

    Each step peels a share of the worlds off one side, the one with the largest gain in density per world lost, as long
    as density rises and the box keeps its mass. Then sides are pasted back the same way as long as density rises.

    Parameters
    ----------
    worlds : array, shape (world, parameter)
    failing : array of bool, shape (world,)
    peel, paste : float
        Share of a box peeled or pasted at once.
    mass : float
        Least share of all worlds in a box.
    """
    worlds, failing = _checked(worlds, failing)
    edges = np.array([np.full(worlds.shape[1], -np.inf), np.full(worlds.shape[1], np.inf)])
    inside = np.ones(len(worlds), dtype=bool)
    path = [edges]
    for candidates, alpha in ((_peels, peel), (_pastes, paste)):
        while True:
            density, best = failing[inside].mean(), (0.0, 0)
            for moved in candidates(edges, worlds, inside, alpha):
                within = ((worlds >= moved[0]) & (worlds <= moved[1])).all(axis=1)
                change = abs(int(within.sum()) - int(inside.sum()))
                if not change or within.sum() < mass * len(worlds):
                    continue
                # Of equal gains the one that restricts fewer parameters is easier to read.
                worth = ((failing[within].mean() - density) / change, -int(np.isfinite(moved).any(axis=0).sum()))
                if worth > best:
                    best, chosen, left = worth, moved, within
            if best[0] <= 0:
                break
            edges, inside = chosen, left
            path.append(edges)
    return [score(low, high, worlds, failing) for low, high in path]


def find_boxes(
    worlds: ArrayLike, failing: ArrayLike, density: float = 0.8, most: int = 3, significance: float = 0.05, mass: float = 0.05
) -> list[Box]:
    """Boxes that hold the failing worlds, best first.

    On each trajectory the box is taken that covers most among those of the wanted density, or the densest where none has
    it. Restrictions that luck would explain (quasi-p above the significance) are dropped, the least sure first. Then the
    worlds inside are set aside and the next box is sought among the rest (covering). A box no denser than what it was
    sought in says nothing, and ends the search.

    Parameters
    ----------
    worlds : array, shape (world, parameter)
    failing : array of bool, shape (world,)
    density : float
        Density wanted.
    most : int
        Most boxes.
    significance : float
        Largest quasi-p of a restriction that is kept.
    mass : float
        Least share of all worlds in a box.

    Returns
    -------
    list of Box, scored on all the worlds given
        Empty where no world fails, and one box without restrictions where all do.
    """
    worlds, failing = _checked(worlds, failing)
    boxes: list[Box] = []
    left = np.ones(len(worlds), dtype=bool)
    while len(boxes) < most and failing[left].any() and left.sum() >= max(1.0, mass * len(worlds)):
        some, fails = worlds[left], failing[left]
        box = _plain(_chosen(trajectory(some, fails, mass=mass * len(worlds) / len(some)), density), some, fails, significance)
        if not box.restricted and fails.mean() < density:
            break
        known = rescore(box, worlds, failing)
        # Sought among what earlier boxes left, a box may be no denser than all worlds together: it would mislead.
        if box.restricted and known.density.value <= np.mean(failing):
            break
        boxes.append(known)
        left &= ~box.contains(worlds)
    return boxes


def _chosen(path: list[Box], density: float) -> Box:
    dense = [box for box in path if box.density.value >= density]
    if dense:
        return max(dense, key=lambda box: float(box.coverage.value))
    return max(path, key=lambda box: float(box.density.value))


def _plain(box: Box, worlds: Array, failing: Mask, significance: float) -> Box:
    """Drop restrictions that luck would explain, one at a time, as each changes what the others are worth."""
    while box.restricted and np.nanmax(box.quasi_p) > significance:
        worst = int(np.nanargmax(box.quasi_p))
        low, high = box.low.copy(), box.high.copy()
        low[worst], high[worst] = -np.inf, np.inf
        box = score(low, high, worlds, failing)
    return box


def _peels(edges: Array, worlds: Array, inside: Mask, alpha: float) -> list[Array]:
    """Boxes with one edge moved inwards past a share of the worlds inside, and past all that are tied with them."""
    moved = []
    for j, values in enumerate(worlds[inside].T):
        for side, sign in ((1, -1.0), (0, 1.0)):
            ordered = np.sort(sign * values)
            last = ordered[int((len(ordered) - 1) * alpha)]
            above = ordered[ordered > last]
            if above.size:
                moved.append(_moved(edges, side, j, sign * (last + above[0]) / 2))
    return moved


def _pastes(edges: Array, worlds: Array, inside: Mask, alpha: float) -> list[Array]:
    """Boxes with one edge moved outwards over as many worlds as a share of those inside, or opened where fewer are left."""
    moved = []
    for j in np.flatnonzero(np.isfinite(edges).any(axis=0)).tolist():
        for side, sign in ((0, -1.0), (1, 1.0)):
            if not np.isfinite(edges[side, j]):
                continue
            opened = _moved(edges, side, j, sign * np.inf)
            beyond = ((worlds >= opened[0]) & (worlds <= opened[1])).all(axis=1) & ~inside
            distances = np.sort(sign * worlds[beyond, j])
            taken = max(1, int(alpha * inside.sum()))
            at_edge = distances[taken - 1] if len(distances) > taken else np.inf
            moved.append(_moved(edges, side, j, sign * at_edge))
    return moved


def _edge(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _moved(edges: Array, side: int, j: int, value: float) -> Array:
    changed = edges.copy()
    changed[side, j] = value
    return changed


def _checked(worlds: ArrayLike, failing: ArrayLike) -> tuple[Array, Mask]:
    worlds, failing = np.asarray(worlds, dtype=float), np.asarray(failing, dtype=bool)
    if worlds.ndim != 2 or len(worlds) == 0 or failing.shape != (len(worlds),):
        raise ValueError(f"worlds of shape (world, parameter) and failing (world,) needed, not {worlds.shape}, {failing.shape}")
    if not np.isfinite(worlds).all():
        raise ValueError("a world has a parameter that is not a number")
    return worlds, failing
