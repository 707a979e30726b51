"""Which observation would decide it: likelihood ratios of events between worlds in which Beijing binds and the others.

The tests of process tracing (Van Evera 1997; Bennett 2010; Mahoney 2012), simulated. A *hoop* must be jumped through:
its absence speaks strongly against Beijing, its presence says little. A *smoking gun* speaks strongly for Beijing by its
presence, and says little by its absence.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import entr

from sim.arrays import Array
from sim.errors import UserError
from sim.reporting.intervals import LEVEL, Estimate, share

STRONG = 10.0  # a ratio of ten is strong evidence (Jeffreys 1961, appendix B)


@dataclass(frozen=True, slots=True)
class EvidenceValue:
    """What each event would tell; every field has the shape (event,).

    Attributes
    ----------
    given_binding, given_not : Estimate
        Probability of the event in worlds in which Beijing binds, and in the others.
    presence, presence_low, presence_high : ndarray
        Likelihood ratio of the event: how many times as probable it is where Beijing binds. Above 1 it speaks for Beijing.
    absence, absence_low, absence_high : ndarray
        The same for its not happening.
    bits : ndarray
        What observing it would tell on average, from even odds: mutual information in bits, from 0 to 1. Rank by this.
    test : ndarray of str
        `smoking gun`, `hoop`, `doubly decisive` for Beijing, the same with ` against`, `straw in the wind`, or
        `not comparable` where one kind of world is missing. A class asks for the whole interval to be strong.
    """

    given_binding: Estimate
    given_not: Estimate
    presence: Array
    presence_low: Array
    presence_high: Array
    absence: Array
    absence_low: Array
    absence_high: Array
    bits: Array
    test: NDArray[np.str_]


def likelihood_ratios(events: ArrayLike, binding: ArrayLike, strong: float = STRONG, level: float = LEVEL) -> EvidenceValue:
    """Likelihood ratios of the presence and of the absence of events, with intervals that survive zero counts.

    Runs of one world are alike, so the worlds are the sample: a share p with variance s² over n worlds counts as
    p(1 − p)/(s²/n) independent trials, at most as many as there are runs, and as n where all worlds agree (Korn and
    Graubard 1998, Survey Methodology 24). Each share has Jeffreys's limits, and those give the limits of the ratio by the
    method of variance estimates recovery (Donner and Zou 2012, Statistical Methods in Medical Research 21): finite or
    infinite, but never undefined.

    Parameters
    ----------
    events : array of bool, shape (event, world) or (event, world, run)
        Whether each event came about.
    binding : array of bool, shape (world,)
        Whether Beijing binds in each world.
    strong : float
        Ratio from which on evidence is strong, above 1.
    level : float
        Confidence of the intervals.

    Raises
    ------
    UserError
        If the strong ratio is not above 1.
    ValueError
        If the shapes do not fit.
    """
    if not strong > 1:
        raise UserError("a strong likelihood ratio lies above 1", "strong")
    events, binding = np.asarray(events, dtype=bool), np.asarray(binding, dtype=bool)
    if events.ndim not in (2, 3) or binding.shape != events.shape[1:2]:
        raise ValueError(f"events (event, world[, run]) and binding (world,) needed, not {events.shape}, {binding.shape}")
    by_world = events if events.ndim == 3 else events[..., None]
    yes, no = _rate(by_world[:, binding], level), _rate(by_world[:, ~binding], level)
    presence = ratio(yes, no)
    absence = ratio(_complement(yes), _complement(no))
    comparable = bool(binding.any() and not binding.all())
    return EvidenceValue(yes, no, *presence, *absence, _bits(yes, no), _tests(presence, absence, strong, comparable))


def ratio(first: Estimate, second: Estimate) -> tuple[Array, Array, Array]:
    """Ratio of two independent shares and its interval, from the limits of each (Donner and Zou 2012).

    With shares p, q and their limits (l, u), (l′, u′) the ends are

        [pq − √((pq)² − l(2p − l) u′(2q − u′))] / [u′(2q − u′)]  and  [pq + √((pq)² − u(2p − u) l′(2q − l′))] / [l′(2q − l′)].

    The ratio is infinite where only q is zero, and nan where both are or one is unknown; then the interval is [0, ∞].
    """
    p, q = first.value, second.value
    known = ~(np.isnan(p) | np.isnan(q))
    p, q = np.where(known, p, 0.0), np.where(known, q, 0.0)
    value = np.where(q > 0, p / np.where(q > 0, q, 1.0), np.where(known & (p > 0), np.inf, np.nan))
    # The lower end in its rationalised form, rising / [pq + √…], so that nothing cancels and q = 0 needs no case of its own.
    product = p * q
    rising, falling = first.low * (2 * p - first.low), second.high * (2 * q - second.high)
    below = product + np.sqrt(np.maximum(product**2 - rising * falling, 0.0))
    low = np.where(known & (below > 0), rising / np.where(below > 0, below, 1.0), 0.0)
    rising, falling = first.high * (2 * p - first.high), second.low * (2 * q - second.low)
    above = product + np.sqrt(np.maximum(product**2 - rising * falling, 0.0))
    high = np.where(known & (falling > 0), above / np.where(falling > 0, falling, 1.0), np.inf)
    return value, low, high


def _rate(happened: NDArray[np.bool_], level: float) -> Estimate:
    """Share of runs with the event, shape (event,), from (event, world, run), counting worlds as the sample."""
    _, worlds, runs = happened.shape
    if worlds == 0:
        return share(np.zeros(len(happened)), 0.0, level)
    by_world = happened.mean(axis=2)
    p = by_world.mean(axis=1)
    unsure = p * (1 - p)
    error = by_world.var(axis=1, ddof=1) / worlds if worlds > 1 else unsure
    trials = np.where(error * worlds * runs > unsure, unsure / np.where(error > 0, error, 1.0), worlds * runs)
    trials = np.where(unsure > 0, trials, worlds)
    return share(p * trials, trials, level)


def _complement(rate: Estimate) -> Estimate:
    return Estimate(1 - rate.value, rate.error, 1 - rate.high, 1 - rate.low)


def _bits(yes: Estimate, no: Estimate) -> Array:
    def entropy(p: Array) -> Array:
        bits: Array = (entr(p) + entr(1 - p)) / np.log(2)
        return bits

    told = entropy((yes.value + no.value) / 2) - (entropy(yes.value) + entropy(no.value)) / 2
    return np.maximum(told, 0.0)


def _tests(
    presence: tuple[Array, Array, Array], absence: tuple[Array, Array, Array], strong: float, comparable: bool
) -> NDArray[np.str_]:
    gun, gun_against = presence[1] >= strong, presence[2] <= 1 / strong
    hoop, hoop_against = absence[2] <= 1 / strong, absence[1] >= strong
    if not comparable:
        return np.full(gun.shape, "not comparable")
    return np.select(
        [gun & hoop, gun_against & hoop_against, gun, gun_against, hoop, hoop_against],
        ["doubly decisive", "doubly decisive against", "smoking gun", "smoking gun against", "hoop", "hoop against"],
        "straw in the wind",
    )
