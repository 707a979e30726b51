"""How probable is a row of the record, given what a run says of it? Closed forms, for many runs at once.

Amounts are compared in logs. A row is a number, or a range within which the truth lies; what is open at an end is infinite there.
Arrays of runs have the run last.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, gammaln, log_ndtr

from sim.arrays import Array
from sim.mechanisms.ledger import highest, total

LOG_ROOT = 0.5 * np.log(2.0 * np.pi)
FACTOR_NODES, BIAS_NODES = 9, 15  # of the quadratures over what rows share, which is smooth beside their spacing
NEVER = -1e300  # stands for the log of nil where a sum goes on


def log_total(logs: Array) -> Array:
    """Log of the sum of exponentials along the first axis: the same for one run as for that run among many."""
    top = highest(list(logs), np.full(logs.shape[1:], NEVER))
    return np.asarray(top + np.log(total([np.exp(row - top) for row in logs])))


@cache
def nodes(count: int) -> tuple[Array, Array]:
    """Points and log weights of the quadrature over a standard normal (Gauss and Hermite), shape (count,) each."""
    points, weights = np.polynomial.hermite_e.hermegauss(count)
    return points, np.log(weights / weights.sum())


def log_interval(low: ArrayLike, high: ArrayLike) -> Array:
    """Log of the probability that a standard normal lies between two ends, exact far out in either tail."""
    low, high = np.broadcast_arrays(np.asarray(low, dtype=float), np.asarray(high, dtype=float))
    if (low == -np.inf).all() or (high == np.inf).all():  # one tail alone takes half the time
        found = log_ndtr(np.minimum(high, -low))
    else:
        mirrored = low > 0
        a, b = np.where(mirrored, -high, low), np.where(mirrored, -low, high)
        top, bottom = log_ndtr(b), log_ndtr(a)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = top + np.log1p(-np.exp(bottom - top))
    return np.maximum(np.nan_to_num(found, nan=NEVER, neginf=NEVER), NEVER)


@dataclass(frozen=True)
class Bias:
    """What rows that are numbers say of the bias that they share: a normal, and the density of the rows.

    Attributes
    ----------
    log_density : ndarray, shape (..., R)
    mean : ndarray, shape (..., R)
    deviation : float
    """

    log_density: Array
    mean: Array
    deviation: float


def shared_bias(residual: Array, deviation: Array, bias: float) -> Bias:
    """Density of numbers with errors of their own and one bias in common, which is integrated out.

    The covariance is S = diag(s²) + b² 1 1ᵀ. By Woodbury's formula nothing has to be inverted:
    rᵀ S⁻¹ r = Σ r²/s² − v (Σ r/s²)² with 1/v = 1/b² + Σ 1/s², and det S = Π s² · b²/v.

    Parameters
    ----------
    residual : ndarray, shape (row, ..., R)
        What the rows say less what the run says.
    deviation : ndarray, shape (row,)
        s.
    bias : float
        b.
    """
    precision = (1.0 / deviation**2).reshape(-1, *[1] * (residual.ndim - 1))
    pulled, left = total(list(precision * residual)), total(list(precision * residual**2))
    shared = 1.0 / (1.0 / bias**2 + precision.sum()) if bias > 0 else 0.0
    ratio = np.log(shared) - 2.0 * np.log(bias) if bias > 0 else 0.0
    density = -0.5 * (left - shared * pulled**2) + 0.5 * ratio - np.log(deviation).sum() - len(residual) * LOG_ROOT
    return Bias(density, shared * pulled, float(np.sqrt(shared)))


@dataclass(frozen=True)
class Amounts:
    """Rows of amounts that are read together.

    Attributes
    ----------
    low, high : ndarray, shape (row,)
        Ends in logs, equal for a number, infinite where open.
    deviation : ndarray, shape (row,)
        Of what the model leaves out, row by row.
    counter : ndarray of int, shape (row,)
        Rows with one number share a bias.
    bias : float
        Its deviation.
    loads : ndarray, shape (row,)
        1 for rows that share the factor.
    factor : float
        Deviation of the log of that factor; nil without one.
    """

    low: Array
    high: Array
    deviation: Array
    counter: NDArray[np.int64]
    bias: float
    loads: Array
    factor: float

    def log_likelihood(self, said: Array) -> Array:
        """Log of the probability of all rows, shape (R,), from the logs that the runs say, shape (row, R)."""
        if not len(said):
            return np.zeros(said.shape[1])
        _, weights = self._factor_nodes()
        return log_total(self.by_factor(said) + weights[:, None])

    def by_factor(self, said: Array) -> Array:
        """The same for each value of the factor that the quadrature takes, shape (node, R)."""
        found = np.zeros((len(self._factor_nodes()[0]), said.shape[1]))
        for counter in np.unique(self.counter):
            found += self._log_counter(int(counter), said)
        return found

    def _log_counter(self, counter: int, said: Array) -> Array:
        """Log of the probability of the rows of one counter; in closed form where one of them at most is a range."""
        known, centre, ranges = self._known(counter, said)
        if len(ranges) > 1:
            known, of_bias = self.of_counter(counter, said)
            return known.log_density + log_total(of_bias)
        found = known.log_density
        for place, row in ranges:
            spread = np.hypot(self.deviation[row], known.deviation)
            from_below, from_above = ((end - centre[place] - known.mean) / spread for end in (self.low[row], self.high[row]))
            found = found + log_interval(from_below, from_above)
        return found

    def _known(self, counter: int, said: Array) -> tuple[Bias, Array, list[tuple[int, int]]]:
        """What numbers of a counter say of its bias, what runs say of its rows by factor, and which of these are ranges."""
        rows = np.flatnonzero(self.counter == counter)
        shift = self.factor * self._factor_nodes()[0][:, None]
        centre = said[rows][:, None, :] + self.loads[rows, None, None] * shift  # (row, factor node, R)
        number = self.low[rows] == self.high[rows]
        ranges = [(int(place), int(rows[place])) for place in np.flatnonzero(~number)]
        if not number.any():
            nothing = np.zeros(centre.shape[1:])
            return Bias(nothing, nothing, self.bias), centre, ranges
        residual = self.low[rows][number][:, None, None] - centre[number]
        return shared_bias(residual, self.deviation[rows][number], self.bias), centre, ranges

    def of_counter(self, counter: int, said: Array) -> tuple[Bias, Array]:
        """What the numbers of one counter say of its bias, and what its ranges say for each value of it.

        Returns
        -------
        Bias
            With arrays of shape (factor node, R).
        ndarray, shape (bias node, factor node, R)
            Log weights of the quadrature over that bias, with the probability of the ranges.
        """
        known, centre, ranges = self._known(counter, said)
        points, weights = nodes(BIAS_NODES if ranges else 1)
        found = np.broadcast_to(weights[:, None, None], (len(points), *centre.shape[1:]))
        biases = known.mean + known.deviation * points[:, None, None]
        for place, row in ranges:
            spread = self.deviation[row]
            from_below, from_above = ((end - centre[place] - biases) / spread for end in (self.low[row], self.high[row]))
            found = found + log_interval(from_below, from_above)
        return known, found

    def _factor_nodes(self) -> tuple[Array, Array]:
        return nodes(FACTOR_NODES if self.factor > 0 and self.loads.any() else 1)


def log_count(low: ArrayLike, high: ArrayLike, mean: ArrayLike, dispersion: float) -> Array:
    """Log of the probability of a count between two whole numbers, negative binomial with variance m + m²/dispersion.

    Parameters
    ----------
    low, high : array
        Ends of the range, both included; equal for a number. The upper one may be infinite.
    mean : array
        m, above nil.
    """
    low, high, mean = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (low, high, mean)))
    p = dispersion / (dispersion + mean)
    exact = np.where(np.isfinite(high), np.maximum(high, 0.0), 0.0)
    density = gammaln(exact + dispersion) - gammaln(dispersion) - gammaln(exact + 1.0)
    density = density + dispersion * np.log(p) + exact * np.log1p(-p)
    upto = np.where(np.isfinite(high), betainc(dispersion, exact + 1.0, p), 1.0)
    below = np.where(low > 0, betainc(dispersion, np.maximum(np.ceil(low), 1.0), p), 0.0)
    with np.errstate(divide="ignore"):
        between = np.log(np.maximum(upto - below, 0.0))
    return np.maximum(np.where(low == high, density, between), NEVER)


def process_covariance(
    weights: Array, level: float, walk: float, drift: float, noise: float, deviation: Array, own: Array, same: NDArray[np.int64]
) -> Array:
    """Covariance of the errors of rows of a process, shape (row, row).

    Month m has the error  a + Σ_{j ≤ m} w_j + d m + e_m  with independent normal a (level), w (walk), d (drift), e (noise); a row
    sums it up with its weights, and adds an error of its own, and that of its series.

    Parameters
    ----------
    weights : ndarray, shape (row, month)
    level, walk, drift, noise : float
        Deviations.
    deviation, own : ndarray, shape (row,)
        Of the error of the row itself, and of its series.
    same : ndarray of int, shape (row,)
        Rows of one series, or of series that share a level, have one number.
    """
    months = np.arange(1.0, weights.shape[1] + 1.0)
    monthly = level**2 + walk**2 * np.minimum.outer(months, months) + drift**2 * np.outer(months, months)
    monthly = monthly + noise**2 * np.eye(len(months))
    shared = np.outer(own, own) * (same[:, None] == same)
    return np.asarray(weights @ monthly @ weights.T + np.diag(deviation**2) + shared)


def log_normal_density(residual: Array, covariance: Array) -> Array:
    """Log density of a multivariate normal of mean nil, shape (R,), at residuals of shape (row, R)."""
    if not len(residual):
        return np.zeros(residual.shape[1])
    factor = np.linalg.cholesky(covariance)
    scaled: list[Array] = []
    for row, known in zip(residual, factor, strict=True):  # by hand: libraries round one run otherwise than many
        before = total([part * other for part, other in zip(known, scaled, strict=False)]) if scaled else 0.0
        scaled.append((row - before) / known[len(scaled)])
    squares = total([each**2 for each in scaled])
    return np.asarray(-0.5 * squares - np.log(np.diag(factor)).sum() - len(residual) * LOG_ROOT)


def log_process(residual: Array, covariances: Array) -> Array:
    """The same with an unknown size of all errors, each of these covariances as likely as the others before the record."""
    by_size = np.stack([log_normal_density(residual, covariance) for covariance in covariances])
    return log_total(by_size) - np.log(len(by_size))


def log_first(said: Array, seen: float | None, last: int, deviation: float) -> Array:
    """Log of the probability of the month in which something was first seen, shape (R,).

    Parameters
    ----------
    said : ndarray, shape (R,)
        Number of the month in which it first happens in the run; that after ``last`` if it does not by then.
    seen : float or None
        Month in which it was seen; None if it was not by ``last``.
    deviation : float
        In months.
    """
    if seen is None:  # it has to be seen after the last month
        return log_interval((last + 0.5 - said) / deviation, np.inf)
    return log_interval((seen - 0.5 - said) / deviation, (seen + 0.5 - said) / deviation)
