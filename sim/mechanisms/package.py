"""The rows of the package: what each kind of good is worth to the two partners, given where they stand.

Each kind is one function from the row's own numbers and the partners' stance to its Coefficients; the bargain sees
nothing else. A further good is a row in the scenario, a further kind one function here. All arrays have shape (R,).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.arrays import EPSILON, Array

RUNG = 25.0  # points on a rung of technology: the definition of a point
UNLIMITED = 1e12  # stands for no limit where a limit has been knocked out
FLATTEST = 1e-200  # a slope of nil, where rounds are worth nothing, must not divide


@dataclass(slots=True)
class Good:
    """A row's own numbers (see the package scope of sim.mechanisms.parameters)."""

    value: Array
    cost: Array
    curvature: Array
    cap: Array
    weight: Array
    reference: Array
    contingent: Array
    opens: Array


@dataclass(slots=True)
class Stance:
    """Where the two partners stand when they bargain.

    Attributes
    ----------
    reliability : share of deals that the receiver expects to be kept.
    gap : effective rounds a month that the belligerent lacks.
    quality : share of the supplier's rounds that work.
    available, ready : rounds a month that it can spare at plain cost, and that it has at all.
    overdraw : 1 where going beyond what is available costs more, 0 where supply is knocked out.
    reluctance : share of the belligerent's reluctance over technology that is left.
    standing : how far trust, treaty and need have brought the partners together, 0 to 1: it opens rungs of technology.
    manpower : soldiers that the belligerent lacks.
    abroad, at_home : soldiers of the supplier that are abroad or promised, and those that are not.
    unprotected : further cost of a soldier where no treaty covers it, million USD.
    oil_price : world price of oil over its mean.
    scarcity : worth of oil to the supplier over that in a month without shortage.
    oil_ready : most oil that can be handed over, thousand barrels a month.
    hedge : what less dependence on the patron is worth to the supplier, million USD a thousand barrels.
    """

    reliability: Array
    gap: Array
    quality: Array
    available: Array
    ready: Array
    overdraw: Array
    reluctance: Array
    standing: Array
    manpower: Array
    abroad: Array
    at_home: Array
    unprotected: Array
    oil_price: Array
    scarcity: Array
    oil_ready: Array
    hedge: Array


@dataclass(slots=True)
class Coefficients:
    """Coefficients of one good in the bargain (see bargaining.Terms) and the supplier's part of them.

    ``gain`` and ``fade``: what the supplier gains from the first unit, and by how much that falls with each further one.
    """

    benefit: Array
    curvature: Array
    easing: Array
    overdraw: Array
    available: Array
    strained: Array
    cap: Array
    gain: Array
    fade: Array


def _plain(benefit: Array, curvature: Array, cap: Array, gain: Array, fade: Array) -> Coefficients:
    """A row without a kink: its joint marginal surplus falls in a straight line."""
    easing = 1.0 / curvature
    nothing = np.zeros_like(benefit)
    return Coefficients(benefit, curvature, easing, nothing, nothing, easing, np.maximum(cap, 0.0), gain, fade)


def munitions(good: Good, stance: Stance, held: Array) -> Coefficients:
    """Rounds: worth v per effective round, falling to nothing at the gap G, and dearer beyond what can be spared.

    k = v κ² / G; where there is no gap nothing is bought and nothing divided.
    """
    value = good.value * stance.reliability * stance.quality
    wanted = stance.gap > EPSILON
    gap = np.where(wanted, stance.gap, 1.0)
    slope = value * stance.quality / gap
    overdraw = good.curvature * stance.overdraw
    return Coefficients(
        benefit=np.where(wanted, value - good.cost, 0.0),
        curvature=slope,
        easing=wanted / np.maximum(slope, FLATTEST),
        overdraw=overdraw,
        available=stance.available,
        strained=wanted / np.maximum(slope + overdraw, FLATTEST),
        cap=np.maximum(np.minimum(good.cap, stance.ready), 0.0),
        gain=-good.cost,
        fade=np.zeros_like(slope),
    )


def technology(good: Good, stance: Stance, held: Array) -> Coefficients:
    """One rung of technology: worth less with each point held, given with a reluctance, shut at first.

    A rung that has not opened yet is refused: the reluctance over it is as large as all that it is worth.
    """
    value = good.value * stance.reliability
    gain = value * (1.0 - held / RUNG)
    fade = value / RUNG
    shut = (stance.standing < good.opens) & (stance.reluctance > 0.0)
    benefit = gain - good.cost * stance.reluctance - np.where(shut, np.maximum(gain, 0.0), 0.0)
    return _plain(benefit, fade + good.curvature, np.minimum(good.cap, RUNG - held), gain, fade)


def troops(good: Good, stance: Stance, held: Array) -> Coefficients:
    """Soldiers: worth most to those who lack them, nothing once the gap is filled; dearer while no treaty covers them."""
    value = good.value * stance.reliability
    cost = good.cost + stance.unprotected
    wanted = stance.manpower > EPSILON
    lacking = np.where(wanted, stance.manpower, 1.0)
    benefit = np.where(wanted, value * (1.0 - stance.abroad / lacking) - cost, -cost)
    slope = np.where(wanted, value / lacking, 0.0) + good.curvature
    return _plain(benefit, slope, np.minimum(good.cap, stance.at_home), -cost, np.zeros_like(cost))


def oil(good: Good, stance: Stance, held: Array) -> Coefficients:
    """Oil in kind: worth more than its price to a supplier short of it, and a hedge against the patron's valve."""
    gain = good.value * stance.reliability * stance.oil_price * stance.scarcity + stance.hedge
    benefit = gain - good.cost * stance.oil_price
    return _plain(benefit, good.curvature, np.minimum(good.cap, stance.oil_ready), gain, np.zeros_like(gain))


def cover(good: Good, stance: Stance, held: Array) -> Coefficients:
    """Votes and vetoes: cheap to give."""
    gain = good.value * stance.reliability
    return _plain(gain - good.cost, good.curvature, good.cap, gain, np.zeros_like(gain))


Kind = Callable[[Good, Stance, Array], Coefficients]
KINDS: dict[str, Kind] = {"munitions": munitions, "technology": technology, "troops": troops, "oil": oil, "cover": cover}
