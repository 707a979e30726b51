"""Steps of particles that leave a tempered posterior in place.

- *Numbers*, and *shocks* that are moved as numbers are, go by preconditioned Crank–Nicolson in standard normal coordinates,
  z′ = √(1 − β²) z + β ξ, all of them or some (Cotter et al. 2013). It leaves the prior in place whatever the dimension, so that
  the likelihood alone decides. The step β of a coordinate is the smaller the more it sways the likelihood, as earlier steps show.
- *Along others* moves numbers by a part of the difference of two particles (ter Braak 2006), as they stood before the moves, so
  that it goes along what the record has tied together.
- *Keys* are drawn anew for one month, or for all months from one on, so that a particle keeps a good past.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from sim.arrays import EPSILON, Array
from sim.inference.simulation import Particles

Kinds = NDArray[np.intp]  # of the step of each particle, shape (particle,)

WANTED = 0.25  # acceptance to which the sizes of steps are tuned
LARGEST, SMALLEST = 100.0, 0.02  # sizes of steps, as a change of the log likelihood
SHORTEST = 0.02  # β
CLIP = 4.0  # a change of the tempered log likelihood counts as no more: it is refused anyway
JITTER = 1e-3  # beside the difference of two particles


@dataclass(frozen=True)
class Kind:
    """A kind of step: which coordinates it moves, which share of them at once, and how often it is taken.

    ``way`` is `fresh` for a step toward a fresh draw, `along` for one along others, `keys` for one of keys.
    """

    name: str
    way: str
    block: str
    share: float
    chance: float


KINDS = (
    Kind("numbers", "fresh", "numbers", 1.0, 0.1),
    Kind("some numbers", "fresh", "numbers", 0.3, 0.13),
    Kind("few numbers", "fresh", "numbers", 0.08, 0.13),
    Kind("along others", "along", "numbers", 1.0, 0.08),
    Kind("some along others", "along", "numbers", 0.25, 0.12),
    Kind("shocks", "fresh", "shocks", 1.0, 0.1),
    Kind("some shocks", "fresh", "shocks", 0.2, 0.1),
    Kind("one month", "keys", "", 0.0, 0.18),
    Kind("months from", "keys", "", 0.0, 0.06),
)
NAMES = tuple(kind.name for kind in KINDS)
FEW = (NAMES.index("few numbers"), NAMES.index("some shocks"))  # of many at once, all coordinates seem to sway
ALONG = tuple(place for place, kind in enumerate(KINDS) if kind.way == "along")


@dataclass(frozen=True)
class Blocks:
    """How many coordinates are numbers, and how many are shocks after them; and the keys there are for each month."""

    numbers: int
    shocks: int
    keys: int

    def shares(self) -> Array:
        """Share of each coordinate in each kind of step, shape (coordinate, kind)."""
        is_number = np.arange(self.numbers + self.shocks) < self.numbers
        of_block = {"numbers": is_number, "shocks": ~is_number, "": np.zeros_like(is_number)}
        return np.stack([of_block[kind.block] * kind.share for kind in KINDS], axis=1)

    def chances(self) -> Array:
        """Chance of each kind of step; there are none of shocks where none are moved as numbers are."""
        given = np.array([kind.chance * (kind.block != "shocks" or self.shocks > 0) for kind in KINDS])
        return np.asarray(given / given.sum())


def propose(
    blocks: Blocks,
    particles: Particles,
    others: Array,
    island: int,
    sizes: tuple[float, ...],
    sway: Array,
    rng: np.random.Generator,
) -> tuple[Kinds, Particles, Array]:
    """Propose a step for each particle.

    Parameters
    ----------
    others : ndarray, shape (coordinate, particle)
        Coordinates as they stood before the moves.
    island : int
        Particles on each island: none moves along those of another.
    sizes : tuple of float
        Of each kind of step.
    sway : ndarray, shape (coordinate,)
        As `Sways` finds it.

    Returns
    -------
    Kinds
    Particles
    ndarray, shape (particle,)
        Log of the prior of what is proposed over what is there, for steps that do not leave the prior in place by themselves.
    """
    count = len(particles)
    kind = rng.choice(len(KINDS), count, p=blocks.chances())
    z, size = particles.z, np.array(sizes)[kind]
    moved = rng.random(z.shape) < blocks.shares()[:, kind]
    step = np.clip(size / np.maximum(sway, EPSILON)[:, None], SHORTEST, 1.0)
    fresh = np.sqrt(1.0 - step**2) * z + step * rng.standard_normal(z.shape)
    one, two = rng.integers(0, island, (2, count)) + np.arange(count) // island * island
    along = z + size * (others[:, one] - others[:, two]) + JITTER * rng.standard_normal(z.shape)
    goes_along = np.isin(kind, ALONG)
    proposed = np.where(moved, np.where(goes_along, along, fresh), z)
    ratio = np.where(goes_along, 0.5 * ((z**2).sum(axis=0) - (proposed**2).sum(axis=0)), 0.0)
    return kind, Particles(proposed, _fresh_keys(blocks, particles.keys, kind, rng)), ratio


def _fresh_keys(blocks: Blocks, keys: NDArray[np.int64], kind: Kinds, rng: np.random.Generator) -> NDArray[np.int64]:
    month = np.arange(len(keys))[:, None]
    drawn = rng.integers(0, len(keys), keys.shape[1])
    one, onward = (kind == NAMES.index("one month")), (kind == NAMES.index("months from"))
    fresh = (one & (month == drawn)) | (onward & (month >= drawn))
    return np.where(fresh, rng.integers(0, blocks.keys, keys.shape), keys)


def tuned(sizes: tuple[float, ...], tally: Array) -> tuple[float, ...]:
    """Make sizes larger or smaller by what was accepted of each kind: ``tally`` has accepted and all, shape (2, kind)."""
    return tuple(
        float(np.clip(size * np.exp(2.0 * (yes / tried - WANTED)), SMALLEST, LARGEST if kind.way == "fresh" else 1.0))
        if tried and kind.way != "keys"
        else size
        for size, yes, tried, kind in zip(sizes, *tally, KINDS, strict=True)
    )


class Sways:
    """How far each coordinate sways the tempered log likelihood: g² in E Δ² = a + Σ g² δ², by least squares above nil."""

    def __init__(self, coordinates: int) -> None:
        self._products, self._answers = np.zeros((coordinates + 1, coordinates + 1)), np.zeros(coordinates + 1)

    def add(self, kind: Kinds, moved: Array, gain: Array) -> None:
        """Take steps of coordinates, shape (coordinate, particle), and what they changed, shape (particle,)."""
        few = np.isin(kind, FEW)
        squares = np.vstack([moved[:, few] ** 2, np.ones(few.sum())])
        self._products += squares @ squares.T
        self._answers += squares @ np.minimum(np.abs(gain[few]), CLIP) ** 2

    def found(self) -> Array:
        """Give g of each coordinate, shape (coordinate,)."""
        largest = np.trace(self._products) / len(self._products)
        if largest == 0.0:
            return np.ones(len(self._products) - 1)
        values, vectors = np.linalg.eigh(self._products + 1e-6 * largest * np.eye(len(self._products)))
        root = vectors * np.sqrt(values)
        return np.sqrt(nnls(root.T, (vectors / np.sqrt(values)).T @ self._answers)[0][:-1])
