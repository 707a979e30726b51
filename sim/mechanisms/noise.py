"""Keyed draws: run r meets the same shock at one site in one month, whatever the chunk, the order or the other runs.

Each decision site has a stream of its own, keyed by (seed, site, slot) and counted by (month, replicate key). A slot is
the place of a country among those of its role, so that names never matter. Only uniforms are drawn; normal and Poisson
variates are made from them by inversion, because NumPy's own samplers use a varying number of words.

What is known of the first months can be given: a `Past` has a key of its own for each month, and says which events came to pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
# Sites of events that a past can tell of, with the kind of their holder.
EVENTS = {"ceasefire": "world", "visit": "partnership", "treaty": "partnership"}
SLOTS = 1 << 40  # more slots than any cast has, and than the 32-bit checksums that stand for drawn parameters
GAP = 256  # replicate keys further apart than this are drawn in separate blocks
MOST_EVENTS = 15  # Poisson counts are cut here: at 5 a month one draw in 14,500 is cut, at 3 one in 8 million
FRESH: Any = Philox(0).state  # of a stream from which nothing is drawn yet: to set it is quicker than to make a stream
TINY = 2.0**-54  # stands for a uniform of zero, whose normal would be minus infinity

Site = tuple[str, int]  # a site and its slot


@dataclass(frozen=True)
class Past:
    """What is given of the shocks of the first months. Later months are drawn as ever.

    Attributes
    ----------
    seed : int
        Seed of the draws of these months.
    keys : ndarray of int64, shape (month, R)
        Replicate key of each run in each of them, so that a run can keep the shocks of some months and redraw those of others.
    happened : mapping of frozenset of int
        Months in which an event came to pass, by site and slot. In all other of these months it did not.
    draws : mapping of ndarray, shape (month, R)
        The uniform numbers themselves, by site and slot: those under which the events came to pass as they did, so that a run
        with something taken out meets the same.
    """

    seed: int
    keys: NDArray[np.int64]
    happened: Mapping[Site, frozenset[int]] = field(default_factory=dict)
    draws: Mapping[Site, Array] = field(default_factory=dict)

    def part(self, runs: slice) -> "Past":
        """Cut out some runs."""
        return replace(self, keys=self.keys[:, runs], draws={site: draws[:, runs] for site, draws in self.draws.items()})


class Noise:
    """The streams of an ensemble.

    Parameters
    ----------
    seed : int
        Seed of the ensemble, 0 to 2**64 - 1.
    keys : ndarray of int64, shape (R,)
        Replicate key of each run. Runs with one key meet the same shocks.
    past : Past, optional
        What is given of the first months.

    Attributes
    ----------
    log_chance : ndarray, shape (R,)
        Log of the probability, by the run's own lights, that the events of its past came to pass as they did. A run that is made
        to follow them stands for all that would have done so by themselves when it is weighed by this.
    conditioned : dict of ndarray, shape (R,)
        The uniform numbers under which they did, by site, slot and month.
    """

    def __init__(self, seed: int, keys: NDArray[np.int64], past: Past | None = None) -> None:
        self.seed, self.past = seed, past
        self.log_chance: Array = np.zeros(len(keys))
        self.conditioned: dict[tuple[str, int, int], Array] = {}
        self._of_month: tuple[int, Noise] | None = None
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
        if self.past is not None and 1 <= month <= len(self.past.keys):
            known = self.past.draws.get((site, slot))
            return self._in_past(month).uniform(site, slot, month) if known is None else known[month - 1]
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

    def _in_past(self, month: int) -> "Noise":
        """Give the streams of one month of the past; each month has keys of its own."""
        assert self.past is not None
        if self._of_month is None or self._of_month[0] != month:
            self._of_month = (month, Noise(self.past.seed, self.past.keys[month - 1]))
        return self._of_month[1]

    def event(self, site: str, slot: int, month: int, chance: Array) -> Array:
        """Uniform numbers of an event that happens where they are below its chance, shape (R,).

        Where the past says whether it happened, they are drawn given that it did, or did not, and the probability is noted.

        Parameters
        ----------
        chance : ndarray, shape (R,)
            Probability of the event this month, as each run has it.
        """
        draws = self.uniform(site, slot, month)
        past = self.past
        if past is None or not 1 <= month <= len(past.keys) or (site, slot) not in past.happened:
            return draws
        chance = np.clip(chance, 0.0, 1.0)
        if month in past.happened[site, slot]:
            probability, draws = chance, np.minimum(draws * chance, np.nextafter(chance, 0.0))
        else:
            probability, draws = 1.0 - chance, chance + (1.0 - chance) * draws
        with np.errstate(divide="ignore"):  # what cannot have come to pass has a weight of nil
            self.log_chance = self.log_chance + np.log(probability)
        self.conditioned[site, slot, month] = draws
        return draws

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
