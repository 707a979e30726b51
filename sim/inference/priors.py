"""Prior families of numbers, each as a standard normal coordinate: what a sampler moves in, and what a belief is compared by.

A number is `value(z)` of a standard normal z, whatever its family, so that a move which leaves the standard normal in place
leaves every prior in place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite, log

import numpy as np
from scipy.special import betainc, betaincinv, betaln, ndtr, ndtri

from sim.arrays import Array

FAMILIES = ("uniform", "log", "normal", "lognormal", "beta")
INSIDE = 1.6448536269514722  # a range with soft edges holds 90 percent: from this many standard deviations below to above
EDGE = 1e-12  # keeps inverses finite at the far ends of z


@dataclass(frozen=True)
class Prior:
    """What is believed of one number before the record.

    Attributes
    ----------
    address : str
    family : str
        `uniform` and `log` are even over the range, the latter in logs, with hard edges. `normal` and `lognormal` have 90 percent
        within the range. `beta` has hard edges and falls off toward them.
    low, high : float
        The range.
    least, most : float
        What is possible for the number: nothing lies beyond.
    shape : float
        Both parameters of a `beta`.
    """

    address: str
    family: str
    low: float
    high: float
    least: float = -inf
    most: float = inf
    shape: float = 2.0

    @property
    def in_logs(self) -> bool:
        """Whether its scale is that of logs."""
        return self.family in ("log", "lognormal")

    @property
    def has_hard_edges(self) -> bool:
        """Whether nothing lies beyond its range."""
        return self.family not in ("normal", "lognormal")

    def value(self, z: Array) -> Array:
        """Give the number at a standard normal coordinate, shape kept."""
        low, high = self._scaled_ends()
        u = np.clip(ndtr(z), EDGE, 1.0 - EDGE)
        if self.has_hard_edges:
            share = betaincinv(self.shape, self.shape, u) if self.family == "beta" else u
            t = low + (high - low) * share
        else:
            centre, deviation, (below, above) = self._normal()
            t = centre + deviation * ndtri(below + (above - below) * u)
        number = np.exp(t) if self.in_logs else t
        return np.clip(number, max(self.least, self.low if self.has_hard_edges else -inf), min(self.most, self._top()))

    def coordinate(self, x: Array) -> Array:
        """Give the standard normal coordinate of a number: the inverse of `value`."""
        low, high = self._scaled_ends()
        t = np.log(x) if self.in_logs else np.asarray(x, dtype=float)
        if self.has_hard_edges:
            share = np.clip((t - low) / (high - low), 0.0, 1.0)
            u = betainc(self.shape, self.shape, share) if self.family == "beta" else share
        else:
            centre, deviation, (below, above) = self._normal()
            u = (ndtr((t - centre) / deviation) - below) / (above - below)
        return np.asarray(ndtri(np.clip(u, EDGE, 1.0 - EDGE)))

    def log_density(self, x: Array) -> Array:
        """Log of its density at a number; minus infinity where it has none."""
        low, high = self._scaled_ends()
        x = np.asarray(x, dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.log(x) if self.in_logs else x
            jacobian = t if self.in_logs else np.zeros_like(t)
            if self.has_hard_edges:
                share = (t - low) / (high - low)
                found = np.full(t.shape, -log(high - low))
                if self.family == "beta":
                    found = found + (self.shape - 1) * (np.log(share) + np.log1p(-share)) - betaln(self.shape, self.shape)
                outside = ~((share >= -EDGE) & (share <= 1.0 + EDGE))
            else:
                centre, deviation, (below, above) = self._normal()
                found = -0.5 * ((t - centre) / deviation) ** 2 - log(deviation * np.sqrt(2 * np.pi)) - log(above - below)
                outside = ~((x >= self.least) & (x <= self.most))
        return np.where(outside, -inf, found - jacobian)

    def scaled(self, factor: float) -> "Prior":
        """Make its range a factor wider or narrower about its middle, on its own scale."""
        low, high = self._scaled_ends()
        middle, half = (low + high) / 2, factor * (high - low) / 2
        ends = (middle - half, middle + half)
        low, high = (float(np.exp(end)) if self.in_logs else end for end in ends)
        return replace(self, low=low, high=high)

    def logged(self) -> "Prior":
        """The same range believed in logs; as it is where the range reaches zero."""
        family = {"uniform": "log", "beta": "log", "normal": "lognormal"}.get(self.family, self.family)
        return replace(self, family=family) if self.low > 0 else self

    def _top(self) -> float:
        return self.high if self.has_hard_edges else inf

    def _scaled_ends(self) -> tuple[float, float]:
        return (log(self.low), log(self.high)) if self.in_logs else (self.low, self.high)

    def _normal(self) -> tuple[float, float, tuple[float, float]]:
        """Centre, deviation, and the probabilities below and up to what is possible."""
        low, high = self._scaled_ends()
        centre, deviation = (low + high) / 2, (high - low) / (2 * INSIDE)
        ends = [self._of_bound(bound) for bound in (self.least, self.most)]
        below, above = (float(ndtr((end - centre) / deviation)) if isfinite(end) else float(end > 0) for end in ends)
        return centre, deviation, (below, above)

    def _of_bound(self, bound: float) -> float:
        if not self.in_logs:
            return bound
        return log(bound) if 0 < bound < inf else (-inf if bound <= 0 else inf)


def values(priors: Sequence[Prior], z: Array) -> dict[str, Array]:
    """Numbers by address, shape (R,) each, from coordinates, shape (number, R)."""
    return {prior.address: prior.value(row) for prior, row in zip(priors, z, strict=True)}


def log_ratio(before: Sequence[Prior], after: Mapping[str, Prior], numbers: Mapping[str, Array]) -> Array:
    """Log of how much likelier another belief holds each world than the one it was drawn from, shape (R,).

    Parameters
    ----------
    before : sequence of Prior
        What the worlds were drawn from.
    after : mapping of Prior
        The other belief, by address, of the numbers that it differs in.
    numbers : mapping of ndarray, shape (R,)
        Numbers of the worlds, by address.
    """
    own = {prior.address: prior for prior in before}
    total = np.zeros(next(iter(numbers.values())).shape)
    for address, prior in after.items():
        total = total + prior.log_density(numbers[address]) - own[address].log_density(numbers[address])
    return total
