"""Steps of particles that leave a tempered posterior in place.

- *Numbers*, and *shocks* that are moved as numbers are, go by preconditioned Crank–Nicolson in standard normal coordinates,
  z′ = √(1 − β²) z + β ξ, all of them or some (Cotter et al. 2013). It leaves the prior in place whatever the dimension, so that
  the likelihood alone decides. The step β of a coordinate is the smaller the more it sways the likelihood, as earlier steps show.
- *Fitted* steps do the same about a normal fitted to particles as they stood before the moves, with what the record has tied
  together, z′ = μ + √(1 − β²) (z − μ) + β L ξ, where μ and L Lᵀ are those of the coordinates that are moved, given the others
  (Rudolf and Sprungk 2018). What is proposed is weighed by the prior over the fit. One half of the islands moves by the fit to
  the other: a particle that was fitted itself would be held where it is, which makes the posterior too narrow.
- *Keys* are drawn anew for one month, or for all months from one on, so that a particle keeps a good past.
"""

from collections.abc import Sequence
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


@dataclass(frozen=True)
class Kind:
    """A kind of step: which coordinates it moves, which share of them at once, and how often it is taken.

    ``way`` is `fresh` for a step toward a fresh draw of the prior, `fitted` for one toward the fit, `keys` for one of keys.
    """

    name: str
    way: str
    block: str
    share: float
    chance: float


KINDS = (
    Kind("numbers", "fresh", "numbers", 1.0, 0.06),
    Kind("some numbers", "fresh", "numbers", 0.3, 0.1),
    Kind("few numbers", "fresh", "numbers", 0.08, 0.12),
    Kind("some shocks", "fresh", "shocks", 0.2, 0.06),
    Kind("fitted", "fitted", "all", 1.0, 0.1),
    Kind("some fitted", "fitted", "all", 0.3, 0.14),
    Kind("fitted shocks", "fitted", "shocks", 1.0, 0.14),
    Kind("one month", "keys", "", 0.0, 0.2),
    Kind("months from", "keys", "", 0.0, 0.08),
)
NAMES = tuple(kind.name for kind in KINDS)
FEW = (NAMES.index("few numbers"), NAMES.index("some shocks"))  # of many at once, all coordinates seem to sway


@dataclass(frozen=True)
class Blocks:
    """How many coordinates are numbers, and how many are shocks after them; and the keys there are for each month."""

    numbers: int
    shocks: int
    keys: int

    def shares(self) -> Array:
        """Share of each coordinate in each kind of step, shape (coordinate, kind)."""
        is_number = np.arange(self.numbers + self.shocks) < self.numbers
        nothing = np.zeros_like(is_number)
        of_block = {"numbers": is_number, "shocks": ~is_number, "all": ~nothing, "": nothing}
        return np.stack([of_block[kind.block] * kind.share for kind in KINDS], axis=1)

    def chances(self) -> Array:
        """Chance of each kind of step; there are none of shocks where none are moved as numbers are."""
        given = np.array([kind.chance * (kind.block != "shocks" or self.shocks > 0) for kind in KINDS])
        return np.asarray(given / given.sum())


@dataclass(frozen=True)
class Fit:
    """A normal fitted to particles.

    Attributes
    ----------
    mean : ndarray, shape (coordinate,)
    precision : ndarray, shape (coordinate, coordinate)
        Inverse of the covariance.
    """

    mean: Array
    precision: Array

    @classmethod
    def of(cls, z: Array) -> "Fit":
        """Fit it to coordinates, shape (coordinate, particle): the nearer to the prior, the fewer particles tell."""
        coordinates, count = z.shape
        told = count / (count + coordinates)
        covariance = told * np.atleast_2d(np.cov(z)) + (1.0 - told) * np.eye(coordinates)
        return cls(told * z.mean(axis=1), np.linalg.inv(covariance))

    def step(self, z: Array, moved: NDArray[np.bool_], beta: float, noise: Array) -> tuple[Array, Array]:
        """Step toward a draw of some coordinates given the others.

        Parameters
        ----------
        z, noise : ndarray, shape (coordinate, particle)
        moved : ndarray of bool, shape (coordinate,)
        beta : float

        Returns
        -------
        ndarray, shape (coordinate, particle)
            What is proposed.
        ndarray, shape (particle,)
            Log of the prior over the fit there, less that where the particles are.
        """
        apart, own = z - self.mean[:, None], self.precision[np.ix_(moved, moved)]
        root = np.linalg.cholesky(own)
        shift = -np.linalg.solve(own, self.precision[np.ix_(moved, ~moved)] @ apart[~moved])  # of the mean, given the others
        before = apart[moved] - shift
        after = np.sqrt(1.0 - beta**2) * before + beta * np.linalg.solve(root.T, noise[moved])
        proposed = z.copy()
        proposed[moved] = self.mean[moved, None] + shift + after
        fits = 0.5 * (((root.T @ after) ** 2).sum(axis=0) - ((root.T @ before) ** 2).sum(axis=0))
        return proposed, fits - 0.5 * ((proposed**2).sum(axis=0) - (z**2).sum(axis=0))


def fits_of_others(z: Array) -> tuple[Fit, Fit]:
    """For either half of the particles the fit to the other half, from coordinates, shape (coordinate, particle)."""
    half = z.shape[1] // 2
    return Fit.of(z[:, half:]), Fit.of(z[:, :half])


def propose(
    blocks: Blocks, particles: Particles, fits: Sequence[Fit], sizes: tuple[float, ...], sway: Array, rng: np.random.Generator
) -> tuple[Kinds, Particles, Array]:
    """Propose a step for each particle.

    Parameters
    ----------
    fits : sequence of Fit
        One for each part of the particles, which are parted evenly in their order: see `fits_of_others`.
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
    z, size, shares = particles.z, np.array(sizes)[kind], blocks.shares()
    moved = rng.random(z.shape) < shares[:, kind]
    noise = rng.standard_normal(z.shape)
    step = np.clip(size / np.maximum(sway, EPSILON)[:, None], SHORTEST, 1.0)
    fresh = np.sqrt(1.0 - step**2) * z + step * noise
    proposed, ratio = np.where(moved, fresh, z), np.zeros(count)
    part = np.arange(count) * len(fits) // count
    for place, each in enumerate(KINDS):
        together = rng.random(len(z)) < shares[:, place]
        for number, fit in enumerate(fits):
            chosen = (kind == place) & (part == number)
            if each.way == "fitted" and chosen.any() and together.any():
                proposed[:, chosen], ratio[chosen] = fit.step(z[:, chosen], together, sizes[place], noise[:, chosen])
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
