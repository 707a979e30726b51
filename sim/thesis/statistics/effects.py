"""The cap itself: what Beijing's removal adds to an outcome, paired run by run, and the word for it.

A difference is always *off less on*: positive where the outcome is larger without Beijing, so that it holds the outcome
down. All arms have met the same shocks, so each run is its own comparison. Arrays have shape (..., run).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Array
from sim.errors import UserError
from sim.reporting.intervals import LEVEL, mean, spread, t_quantile
from sim.thesis.statistics.words import Words, all_of, word

NEGLIGIBLE = 1e-12  # a mean this small beside the outcomes and their differences is rounding


@dataclass(frozen=True, slots=True)
class Effect:
    """A paired effect; every field has the shape (...) of the outcomes without their runs.

    Attributes
    ----------
    reference : ndarray
        Mean of what the effect is measured against, E[Y(off)].
    absolute, absolute_low, absolute_high : ndarray
        Mean difference and its interval, in the unit of the outcome.
    relative, relative_low, relative_high : ndarray
        The same as a share of the reference. The point is nan where the reference is not above its floor, the interval is
        nan where, besides, the reference cannot be told from zero.
    correlation : ndarray
        Correlation of the two arms, nan where one of them does not vary or the difference is not of two arms.
    pairing : ndarray
        Variance of the paired difference over that of independent arms: under 1 pairing helps, over 1 it hurts.
    runs : int
        Number of runs.
    """

    reference: Array
    absolute: Array
    absolute_low: Array
    absolute_high: Array
    relative: Array
    relative_low: Array
    relative_high: Array
    correlation: Array
    pairing: Array
    runs: int


def effect(difference: ArrayLike, reference: ArrayLike, floor: ArrayLike = 0.0, level: float = LEVEL) -> Effect:
    """Mean of a paired difference, absolute and relative to the mean of a reference.

    The relative effect is θ = E[D]/E[B] for difference D and reference B. Its interval is Fieller's (1954, Journal of the
    Royal Statistical Society B 16): all θ with (D̄ − θB̄)² ≤ t² · Var(D̄ − θB̄). With the residual E = D − θ̂B and
    v = Var Ē/B̄², c = Cov(Ē, B̄)/B̄², z = Var B̄/B̄², its ends are

        θ̂ + [−t²c ± t √(v(1 − t²z) + t²c²)] / (1 − t²z),

    a form in which nothing cancels. Where t²z ≥ 1 the reference cannot be told from zero and the set has no ends: only the
    absolute effect is left.

    Parameters
    ----------
    difference, reference : array, shape (..., run)
        D and B per run.
    floor : array, shape (...)
        References up to this are as good as zero, in the unit of the outcome. At or under it there is no relative effect.
    level : float
        Confidence of the intervals.
    """
    difference, reference = np.broadcast_arrays(np.asarray(difference, dtype=float), np.asarray(reference, dtype=float))
    absolute = mean(difference, level)
    base = reference.mean(axis=-1)
    size = np.maximum(np.abs(difference).max(axis=-1), np.abs(reference).max(axis=-1))
    usable = base > np.maximum(np.asarray(floor, dtype=float), NEGLIGIBLE * size)
    theta = np.where(usable, absolute.value / np.where(usable, base, 1.0), np.nan)
    low, high = _fieller(difference, reference, theta, level)
    unknown = np.full(base.shape, np.nan)
    return Effect(
        reference=base,
        absolute=absolute.value,
        absolute_low=absolute.low,
        absolute_high=absolute.high,
        relative=theta,
        relative_low=low,
        relative_high=high,
        correlation=unknown,
        pairing=unknown,
        runs=difference.shape[-1],
    )


def paired_effect(off: ArrayLike, on: ArrayLike, floor: ArrayLike = 0.0, level: float = LEVEL) -> Effect:
    """E[Y(off)] − E[Y(on)], absolute and relative to E[Y(off)].

    Parameters
    ----------
    off, on : array, shape (..., run)
        Outcome without and with Beijing, on common draws.
    floor : array, shape (...)
        Means of Y(off) up to this count as zero (no relative effect).
    """
    off, on = np.broadcast_arrays(np.asarray(off, dtype=float), np.asarray(on, dtype=float))
    found = effect(off - on, off, floor, level)
    correlation, pairing = _pairing(off, on)
    return replace(found, correlation=correlation, pairing=pairing)


def threat_and_action(
    on: ArrayLike, no_threat: ArrayLike, no_action: ArrayLike, off: ArrayLike, floor: ArrayLike = 0.0, level: float = LEVEL
) -> dict[str, Effect]:
    """Effects of the 2 × 2 arms, all relative to E[Y(off)], where both threat and deed are away.

    `threat` and `action` remove one and leave the other in force; `both` removes both; `interaction` is what `both` adds
    to the sum of the two. It is positive where each hides the other, and negative where either removal would have done.

    Parameters
    ----------
    on, no_threat, no_action, off : array, shape (..., run)
        Outcome with both, without the threat, without the deed, and without both, on common draws. Handed an arm whose
        beliefs were replayed, `action` is the direct effect of the deed; from one that relearned them, the total.
    """
    both, only_action, only_threat, none = (np.asarray(arm, dtype=float) for arm in (on, no_threat, no_action, off))
    differences = {
        "threat": only_action - both,
        "action": only_threat - both,
        "both": none - both,
        "interaction": (none - only_action) - (only_threat - both),
    }
    return {name: effect(difference, none, floor, level) for name, difference in differences.items()}


def verdict(found: Effect, delta: ArrayLike, delta_abs: ArrayLike) -> Words:
    """The word for an effect, judged in the order given.

    1. `reversed`: the upper bound lies under −δ.
    2. `holds`: the lower bounds of the relative and the absolute effect lie above δ and δ_abs.
    3. `fails`: an upper bound does not exceed its δ.
    4. `undecided`: anything else.

    Without a relative interval only the absolute one is judged, against δ_abs. An effect that is exactly nil fails, at
    δ = 0 too; an outcome that is not a number leaves it undecided.

    Parameters
    ----------
    found : Effect
    delta, delta_abs : array, shape (...)
        Smallest effects of interest: relative, and absolute in the unit of the outcome.

    Raises
    ------
    UserError
        If one of them is negative or not a number.
    """
    delta, delta_abs = _smallest(delta, "delta"), _smallest(delta_abs, "delta_abs")
    absolute = word(found.absolute_low, found.absolute_high, delta_abs, -delta_abs)
    relative = word(found.relative_low, found.relative_high, delta, -delta)
    both = np.where(relative == "reversed", "reversed", all_of(absolute, relative))
    return np.where(np.isnan(found.relative_low), absolute, both)


def at_point(found: Effect) -> Effect:
    """The same effect with its intervals shrunk to the point estimates: what a world is classed by."""
    return replace(
        found,
        absolute_low=found.absolute,
        absolute_high=found.absolute,
        relative_low=found.relative,
        relative_high=found.relative,
    )


def _fieller(difference: Array, reference: Array, theta: Array, level: float) -> tuple[Array, Array]:
    """Both ends of Fieller's interval; nan where the ratio is unknown or the set has no ends."""
    runs = difference.shape[-1]
    if runs == 1:
        return np.full(theta.shape, np.nan), np.full(theta.shape, np.nan)
    known = ~np.isnan(theta)
    ratio = np.where(known, theta, 0.0)[..., None]
    base = np.where(known, reference.mean(axis=-1), 1.0)[..., None]
    e, b = (difference - ratio * reference) / base, reference / base  # in units of the mean nothing under- or overflows
    v, z = spread(e) ** 2 / runs, spread(b) ** 2 / runs
    c = (e * (b - b.mean(axis=-1, keepdims=True))).sum(axis=-1) / (runs - 1) / runs
    t = t_quantile(runs - 1, level)
    bounded = known & (t**2 * z < 1)
    rest = np.where(bounded, 1 - t**2 * z, 1.0)
    root = t * np.sqrt(np.maximum(v * rest + t**2 * c**2, 0.0))
    low, high = theta + (-(t**2) * c - root) / rest, theta + (-(t**2) * c + root) / rest
    return np.where(bounded, low, np.nan), np.where(bounded, high, np.nan)


def _pairing(off: Array, on: Array) -> tuple[Array, Array]:
    """Correlation of the arms, and the variance of their difference over the sum of their variances."""
    if off.shape[-1] == 1:
        return np.full(off.shape[:-1], np.nan), np.full(off.shape[:-1], np.nan)
    first, second = spread(off), spread(on)
    product = first * second
    deviation = (off - off.mean(axis=-1, keepdims=True)) * (on - on.mean(axis=-1, keepdims=True))
    covariance = deviation.sum(axis=-1) / (off.shape[-1] - 1)
    varies, apart = product > 0, first**2 + second**2
    correlation = np.where(varies, np.clip(covariance / np.where(varies, product, 1.0), -1.0, 1.0), np.nan)
    pairing = np.where(apart > 0, spread(off - on) ** 2 / np.where(apart > 0, apart, 1.0), np.nan)
    return correlation, pairing


def _smallest(value: ArrayLike, name: str) -> Array:
    checked = np.asarray(value, dtype=float)
    if not np.all(checked >= 0):
        raise UserError("a smallest effect of interest must be a number, zero or more", name)
    return checked
