"""The naive observer: what a regression of the tie on visible punishments concludes, against the truth.

Threats that work are never carried out, so those who study punishments see the cases in which deterrence failed
(Fearon 2002, International Interactions 28; Drezner 2003, International Organization 57). In a simulation the truth is
known, and the error of the observer can be shown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Array
from sim.reporting.intervals import LEVEL, Estimate, around, mean, share


@dataclass(frozen=True, slots=True)
class NaiveView:
    """The observer's conclusion from many cases, beside the truth; every field has the shape (...).

    Attributes
    ----------
    slope : Estimate
        Change of the tie per unit of punishment, by least squares.
    cap : Estimate
        What the observer takes for Beijing's effect: −slope times the mean punishment, in the unit of the tie.
    truth : Estimate
        E[Y(off)] − E[Y(on)].
    error : Estimate
        The observer's cap less the truth; paired, as both come from the same runs.
    punished : Estimate
        Share of the cases with any punishment at all.
    """

    slope: Estimate
    cap: Estimate
    truth: Estimate
    error: Estimate
    punished: Estimate


@dataclass(frozen=True, slots=True)
class NaiveHistories:
    """What observers conclude of whom each sees a single history, month by month; every field has the shape (...).

    Attributes
    ----------
    slopes : Estimate, shape (..., run)
        Slope in each history; nan, with the whole line for an interval, where punishment never varies.
    blind : Estimate
        Share of histories in which punishment never varies, so that there is nothing to regress on.
    sees_cap, sees_nothing, sees_opposite : Estimate
        Share of histories whose slope is below zero, not distinguishable from it, above it; blind ones see nothing.
    """

    slopes: Estimate
    blind: Estimate
    sees_cap: Estimate
    sees_nothing: Estimate
    sees_opposite: Estimate


def naive_view(tie: ArrayLike, punishment: ArrayLike, off: ArrayLike, level: float = LEVEL) -> NaiveView:
    """Regress the tie on visible punishments over many runs, and set the conclusion against the truth.

    The slope is b = Σ(p − p̄)(y − ȳ)/Σ(p − p̄)². Its error is robust to unequal variances (HC1: MacKinnon and White 1985),
    from the influence of each run; that of the cap −b·p̄ and of its distance from the truth come the same way, so that
    what runs share cancels.

    Parameters
    ----------
    tie : array, shape (..., run)
        Outcome with Beijing.
    punishment : array, shape (..., run)
        Punishment seen in the run, such as the months in which there was any.
    off : array, shape (..., run)
        Outcome without Beijing, on common draws.
    level : float
        Confidence of the intervals.

    Returns
    -------
    NaiveView
        Where no punishment varies the slope, the cap and the error are nan and their intervals the whole line.
    """
    tie, punishment, off = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (tie, punishment, off)))
    runs = tie.shape[-1]
    away, moment, slope, residual = _fit(tie, punishment)
    known = ~np.isnan(slope)
    typical = punishment.mean(axis=-1, keepdims=True)
    safe = np.where(known, slope, 0.0)[..., None]
    pull = runs * away * residual / moment[..., None]  # influence of each run on the slope
    truth = off - tie
    cap_pull = -pull * typical - safe * away
    cap = np.where(known, -slope * typical[..., 0], np.nan)
    return NaiveView(
        slope=_robust(slope, pull, runs, level),
        cap=_robust(cap, cap_pull, runs, level),
        truth=mean(truth, level),
        error=_robust(cap - truth.mean(axis=-1), cap_pull - (truth - truth.mean(axis=-1, keepdims=True)), runs, level),
        punished=share((punishment > 0).sum(axis=-1), runs, level),
    )


def naive_histories(tie: ArrayLike, punishment: ArrayLike, level: float = LEVEL) -> NaiveHistories:
    """Regress the monthly tie on the monthly punishment within each history: what one scholar of one world sees.

    The errors allow for unequal variances and for months that resemble those before them (Newey and West 1987, with the
    lag ⌊4(T/100)^(2/9)⌋ of Newey and West 1994).

    Parameters
    ----------
    tie, punishment : array, shape (month, ..., run)
        The tie, and the visible punishment, month by month.
    level : float
        Confidence of the intervals.

    Returns
    -------
    NaiveHistories
    """
    tie, punishment = np.broadcast_arrays(np.asarray(tie, dtype=float), np.asarray(punishment, dtype=float))
    tie, punishment = np.moveaxis(tie, 0, -1), np.moveaxis(punishment, 0, -1)
    months, runs = tie.shape[-1], tie.shape[-2]
    away, moment, slope, residual = _fit(tie, punishment)
    score = away * residual
    variance = (score**2).sum(axis=-1)
    lags = min(int(4 * (months / 100) ** (2 / 9)), months - 1)
    for lag in range(1, lags + 1):
        variance = variance + 2 * (1 - lag / (lags + 1)) * (score[..., lag:] * score[..., :-lag]).sum(axis=-1)
    freedom = months - 2
    known = ~np.isnan(slope) & (freedom > 0)
    small = months / max(freedom, 1)
    error = np.where(known, np.sqrt(np.maximum(variance * small, 0.0)) / moment, np.inf)
    slopes = _unknown(around(slope, error, freedom, level))
    cap, opposite = (slopes.high < 0).sum(axis=-1), (slopes.low > 0).sum(axis=-1)
    return NaiveHistories(
        slopes=slopes,
        blind=share(np.isnan(slope).sum(axis=-1), runs, level),
        sees_cap=share(cap, runs, level),
        sees_nothing=share(runs - cap - opposite, runs, level),
        sees_opposite=share(opposite, runs, level),
    )


def _fit(y: Array, x: Array) -> tuple[Array, Array, Array, Array]:
    """Deviations of x, their sum of squares, the slope (nan where x does not vary) and the residuals, over the last axis."""
    varies = ~np.all(x == x[..., :1], axis=-1)
    away = np.where(varies[..., None], x - x.mean(axis=-1, keepdims=True), 0.0)
    centred = y - y.mean(axis=-1, keepdims=True)
    moment = np.where(varies, (away**2).sum(axis=-1), 1.0)
    slope = np.where(varies, (away * centred).sum(axis=-1) / moment, np.nan)
    return away, moment, slope, centred - np.where(varies, slope, 0.0)[..., None] * away


def _robust(value: Array, influence: Array, runs: int, level: float) -> Estimate:
    """Interval from the influences of the runs, with the correction n/(n − 2) for two fitted coefficients."""
    if runs < 3:
        return _unknown(around(value, np.full(value.shape, np.inf), 0, level))
    error = np.sqrt((influence**2).sum(axis=-1) / (runs * (runs - 2)))
    return _unknown(around(value, np.where(np.isnan(value), np.inf, error), runs - 2, level))


def _unknown(estimate: Estimate) -> Estimate:
    """Give an unknown value the whole line for an interval."""
    nothing = np.isnan(estimate.value)
    return estimate._replace(low=np.where(nothing, -np.inf, estimate.low), high=np.where(nothing, np.inf, estimate.high))
