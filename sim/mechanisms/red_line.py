"""What partners fear of handing over technology: a line that others have drawn through all of it that was seen so far.

The line has a price Λ, million USD a point, as the visible tie has its price λ. It is found in the same way: the rungs'
joint surplus less the foreseen loss is highest where Λ is the slope of that loss at the points that are then reached.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.bargaining import best_price
from sim.mechanisms.contract_curve import ContractCurve, Terms, Threat, borne
from sim.mechanisms.package import Coefficients


@dataclass(slots=True)
class RedLine:
    """Foreseen punishment that reacts to all technology seen so far, shape (R,) each.

    ``seen``: points seen so far; ``price``: foreseen loss from one more point at the points that are reached this month.
    """

    threats: list[Threat]
    seen: Array
    price: Array

    def loss(self, points: Array) -> tuple[Array, Array]:
        """Expected punishment for further points, million USD a month, and the part of it that the supplier bears."""
        return borne(self.threats, self.seen + points, instead=self.seen)


def red_line(threats: list[Threat], seen: Array, rungs: list[Coefficients], shown: list[Array]) -> RedLine:
    """Find the price of a point of technology.

    Parameters
    ----------
    threats : list of Threat
        Foreseen punishment, functions of the points seen so far.
    seen : ndarray, shape (R,)
        Points seen so far.
    rungs : list of Coefficients
        Rows of technology.
    shown : list of ndarray, shape (R,)
        For each row, what a point costs because the visible tie has its price.
    """
    nothing, one = np.zeros_like(seen), np.ones_like(seen)
    if not threats or not rungs:
        return RedLine(threats, seen, nothing)
    plain, easing = np.stack([one for _ in rungs]), np.stack([row.easing for row in rungs])
    terms = Terms(
        benefit=np.stack([row.benefit - cost for row, cost in zip(rungs, shown, strict=True)]),
        curvature=np.stack([row.curvature for row in rungs]),
        overdraw=0.0 * plain,
        available=0.0 * plain,
        cap=np.stack([row.cap for row in rungs]),
        weight=plain,
        visibility=plain,
        easing=easing,
        strained=easing,
        kinked=(),
        plain=tuple(range(len(rungs))),
        already=seen,
        prestige=EPSILON * one,
        backlash=one,
        openness_weight=nothing,
        concealment_cost=one,
        concealment_max=nothing,
        leak=one,
        threats=threats,
    )
    return RedLine(threats, seen, best_price(ContractCurve(terms)))
