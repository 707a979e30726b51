"""Keyed draws: run r meets the same shock at one site in one month, whatever the chunk, the order or the other runs.

Each decision site has a stream of its own, keyed by (seed, site, slot) and counted by (month, replicate key). A slot is
the place of a country among those of its role, so that names never matter. Only uniforms are drawn; normal and Poisson
variates are made from them by inversion, because NumPy's own samplers use a varying number of words.
"""

from typing import Any

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.arrays import Array

# One row per decision site. A number is never given to another site, or old seeds would mean something else.
SITES = {
    "war": 1,
    "ceasefire": 2,
    "oil_price": 3,
    "tests": 4,
    "intelligence": 5,
    "leak": 6,
    "interdiction": 7,
    "broken": 8,
    "visit": 9,
    "treaty": 10,
    "choice": 11,
    "parameter": 12,
    "worlds": 13,
    "trade": 14,
    "closure": 15,
    "test_burst": 16,
    "incursion": 17,
    "stance": 20,
    "meeting": 21,
}
SLOTS = 1 << 40  # more slots than any cast has, and than the 32-bit checksums that stand for drawn parameters
GAP = 256  # replicate keys further apart than this are drawn in separate blocks
MOST_EVENTS = 15  # Poisson counts are cut here: at 5 a month one draw in 14,500 is cut, at 3 one in 8 million
FRESH: Any = Philox(0).state  # of a stream from which nothing is drawn yet: to set it is quicker than to make a stream
TINY = 2.0**-54  # stands for a uniform of zero, whose normal would be minus infinity


class Noise:
    """The streams of an ensemble.

    Parameters
    ----------
    seed : int
        Seed of the ensemble, 0 to 2**64 - 1.
    keys : ndarray of int64, shape (R,)
        Replicate key of each run. Runs with one key meet the same shocks.
    """

    def __init__(self, seed: int, keys: NDArray[np.int64]) -> None:
        self.seed = seed
        self._stream = Philox(0)
        self._draw = Generator(self._stream)
        self._keys: dict[tuple[str, int], NDArray[np.uint64]] = {}
        unique, inverse = np.unique(keys, return_inverse=True)
        breaks = np.flatnonzero(np.diff(unique) > GAP) + 1
        blocks = np.split(unique, breaks)
        self._spans = [(int(block[0]), int(block[-1]) + 1) for block in blocks]
        # Where each run's number stands in the concatenated blocks; None when the keys are one plain range.
        starts = np.cumsum([0] + [b - a for a, b in self._spans[:-1]])
        where = np.concatenate([block - a + start for block, (a, _), start in zip(blocks, self._spans, starts, strict=True)])
        index = where[inverse.ravel()]
        plain = len(self._spans) == 1 and np.array_equal(index, np.arange(len(keys))) and len(keys) == len(unique)
        self._index = None if plain else index

    def uniform(self, site: str, slot: int, month: int) -> Array:
        """Uniform numbers in [0, 1) of one site and month, shape (R,)."""
        if (site, slot) not in self._keys:
            self._keys[site, slot] = np.array([self.seed, SITES[site] * SLOTS + slot], dtype=np.uint64)
        key = self._keys[site, slot]
        parts = []
        for a, b in self._spans:
            # Philox yields four doubles a count, so replicate key a starts at word a % 4 of count a // 4.
            counter = np.array([a // 4, month, 0, 0], dtype=np.uint64)
            state: Any = {**FRESH, "state": {"counter": counter, "key": key}}
            self._stream.state = state
            parts.append(self._draw.random(b - a + a % 4)[a % 4 :])
        draws = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return draws if self._index is None else draws[self._index]

    def normal(self, site: str, slot: int, month: int) -> Array:
        """Standard normal numbers, shape (R,), by inversion."""
        draws = self.uniform(site, slot, month)
        return np.asarray(ndtri(np.maximum(draws, TINY)))

    def poisson(self, site: str, slot: int, month: int, rate: Array) -> Array:
        """Poisson counts with mean ``rate`` (events a month), shape (R,), by inversion, cut at MOST_EVENTS."""
        draws = self.uniform(site, slot, month)
        term = np.exp(-rate)
        below = term.copy()
        counts = np.zeros_like(draws)
        for k in range(1, MOST_EVENTS + 1):
            above = draws >= below
            if not above.any():
                break
            counts += above
            term = term * rate / k
            below += term
        return counts
