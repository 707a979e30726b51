"""Which limit bound: the largest wedge in the first-order condition of the agreed package, in million USD per unit.

At the chosen quantity the worth of a further unit is eaten up by wedges: its own satiation (demand), the price of the
visible tie (Beijing, the West), dearer supply, duds, distrust, reluctance, a red line, interdiction. A hard limit (an
empty store, an empty purse) has as its wedge what a further unit would still have been worth.
"""

import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.contract_curve import Threat
from sim.mechanisms.ledger import total
from sim.mechanisms.package import RUNG
from sim.mechanisms.quantities import LIMITS
from sim.model.partnership import SOLD, Partnership

AHEAD = 0.05  # widths further on at which a threat is felt
CODE = {name: float(index) for index, name in enumerate(LIMITS)}


def largest(wedges: dict[str, Array], active: Array) -> Array:
    """Code of the largest wedge (index in LIMITS), 0 where nothing was wanted in the first place or all are nil."""
    best = np.full_like(active, EPSILON)
    code = np.zeros_like(active)
    for name, wedge in wedges.items():
        larger = wedge > best
        code = np.where(larger, CODE[name], code)
        best = np.maximum(best, wedge)
    return code


def prices(threats: list[Threat], price: Array, x: Array) -> dict[str, Array]:
    """A price of what is seen, split by who makes it dear, million USD per unit."""
    if not threats:
        return {}
    # Just below a jump the slope is nil, so each threat counts by what it would take a little further on.
    ahead = [t.value(x + AHEAD * t.width) - t.value(x) + EPSILON * t.weight for t in threats]
    whole = np.maximum(total(ahead), EPSILON * EPSILON)
    split: dict[str, Array] = {}
    for threat, part in zip(threats, ahead, strict=True):
        split[threat.limit] = split.get(threat.limit, 0.0 * x) + price * part / whole
    return split


def goods_wedges(
    pair: Partnership, i: int, tie: dict[str, Array], line: dict[str, Array], interdiction: Array
) -> tuple[dict[str, Array], Array]:
    """Wedges of one row of the package, and what a first unit would bring beyond all prices, million USD per unit.

    All is on the state at the bargain. ``tie`` and ``line`` are the prices of the visible tie and of a point, split.
    """
    terms, package, row, good, stance = pair.terms_now, pair.package, pair.table_now[i], pair.goods[i], pair.stance_now
    kind = pair.kinds[i]
    shrink = pair.settlement.shrink if kind in SOLD else pair.settlement.shrink_given
    quantity = package.quantity[i] * shrink
    price = package.caution if i in terms.plain else package.shipped_price
    per_tie = np.where(package.caution > 0.0, price / np.maximum(package.caution, EPSILON), 0.0)
    wedges = {limit: part * per_tie * terms.weight[i] for limit, part in tie.items()}
    if kind == "technology":
        for limit, part in line.items():
            wedges[limit] = wedges.get(limit, pair.nothing) + part
    first = row.benefit - (total(wedges.values()) if wedges else 0.0)
    strain = row.overdraw * np.maximum(quantity - row.available, 0.0)
    left = np.maximum(first - row.curvature * quantity - strain, 0.0)
    wedges["supply"] = strain + left * (quantity >= row.cap)
    wedges["payment"] = left * (shrink < 1.0)
    distrust = good.value * (1.0 - stance.reliability)
    match kind:
        case "munitions":
            value = good.value * stance.reliability
            wedges["demand"] = row.curvature * quantity
            wedges["quality"] = value * (1.0 - stance.quality)
            stopped = value * stance.quality * np.minimum(pair.reach * interdiction, 1.0)
            wedges["interdiction"] = wedges.get("interdiction", pair.nothing) + stopped
            wedges["trust"] = distrust
        case "technology":
            unlearned = 1.0 - pair.held_then[i] / RUNG
            wedges["demand"] = row.curvature * quantity + good.value * stance.reliability * (1.0 - unlearned)
            wedges["reluctance"] = good.cost * stance.reluctance
            wedges["trust"] = distrust * unlearned
        case "troops":
            met = np.minimum((quantity + stance.abroad) / np.maximum(stance.manpower, EPSILON), 1.0)
            wedges["demand"] = good.value * stance.reliability * met
            wedges["supply"] = wedges["supply"] + good.curvature * quantity - row.gain
            wedges["trust"] = distrust
        case _:
            # It is wanted as far as its worth to the supplier is above its cost: below it nobody asks for it.
            wedges["demand"] = row.fade * quantity + np.maximum(-row.benefit, 0.0)
            wedges["supply"] = wedges["supply"] + (row.curvature - row.fade) * quantity
            wedges["trust"] = distrust
    if kind == "munitions":
        # Where there is no gap nothing is wanted, so nothing binds.
        wedges = {limit: wedge * (stance.gap > EPSILON) for limit, wedge in wedges.items()}
    return wedges, first


def together(rows: list[tuple[dict[str, Array], Array]], quantities: list[Array]) -> dict[str, Array]:
    """Mean wedges of the rows that move, by their quantities; where none moves, of the one that is nearest to it."""
    moved = total(quantities)
    nearest = rows[0][1]
    for _, first in rows[1:]:
        nearest = np.maximum(nearest, first)
    shares = [
        np.where(moved > EPSILON, quantity / np.maximum(moved, EPSILON), first >= nearest)
        for (_, first), quantity in zip(rows, quantities, strict=True)
    ]
    return {
        limit: total([wedges[limit] * share for (wedges, _), share in zip(rows, shares, strict=True)]) for limit in rows[0][0]
    }


def binding_limit(pair: Partnership, dimension: str, interdiction: Array) -> Array:
    """Code of the limit that bound one dimension this month, shape (R,).

    Rungs of technology count as far as they are open: those that move, or the next that would.

    Parameters
    ----------
    pair : Partnership
        After its bargain.
    dimension : str
        One of quantities.DIMENSIONS.
    interdiction : ndarray, shape (R,)
        Level of interdiction by others than patrons.
    """
    terms, package, line = pair.terms_now, pair.package, pair.red_line
    tie = prices(terms.threats, package.caution, package.visible_tie)
    if dimension == "openness":
        wedges = {limit: price * terms.openness_weight for limit, price in tie.items()}
        wedges["demand"] = terms.prestige * package.openness
        wedges["backlash"] = terms.prestige * terms.backlash
        return largest(wedges, wedges["demand"])
    rows = pair.index[dimension]
    if not rows:
        return pair.nothing
    points = {}
    if dimension == "technology":
        points = prices(line.threats, line.price, line.seen + sum(package.quantity[i] for i in rows))
    found = [goods_wedges(pair, i, tie, points, interdiction) for i in rows]
    wedges = together(found, [package.quantity[i] for i in rows])
    return largest(wedges, pair.nothing)
