"""Which limit bound: the largest wedge in the first-order condition of the agreed package, in million USD per unit.

At the chosen quantity the worth of a further unit is eaten up by wedges: its own satiation (demand), the price of the
visible tie (Beijing, the West), dearer supply, duds, distrust, reluctance, a red line, interdiction. A hard limit (an
empty store, an empty purse) has as its wedge what a further unit would still have been worth.
"""

import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.ledger import total
from sim.mechanisms.package import RUNG
from sim.mechanisms.quantities import LIMITS
from sim.model.partnership import Partnership

PAID_FOR = ("munitions", "troops")  # what shrinks where it cannot be paid for
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


def tie_prices(pair: Partnership) -> dict[str, Array]:
    """Price of a unit of visible tie at the chosen package, split by who makes it dear, million USD a month."""
    threats, caution = pair.terms_now.threats, pair.package.caution
    if not threats:
        return {}
    x = pair.package.visible_tie
    # Just below a jump the slope is nil, so each threat counts by what it would take a little further on.
    ahead = [t.value(x + AHEAD * t.width) - t.value(x) + EPSILON * t.weight for t in threats]
    whole = np.maximum(total(ahead), EPSILON * EPSILON)
    prices: dict[str, Array] = {}
    for threat, part in zip(threats, ahead, strict=True):
        prices[threat.limit] = prices.get(threat.limit, 0.0 * x) + caution * part / whole
    return prices


def goods_wedges(pair: Partnership, i: int, interdiction: Array) -> dict[str, Array]:
    """Wedges of one row of the package, million USD per unit, all on the state at the bargain."""
    terms, package, row, good, stance = pair.terms_now, pair.package, pair.table_now[i], pair.goods[i], pair.stance_now
    kind, shrink = pair.kinds[i], pair.settlement.shrink
    quantity = package.quantity[i] * shrink if kind in PAID_FOR else package.quantity[i]
    prices = tie_prices(pair)
    per_tie = np.where(package.caution > 0.0, package.material_price / np.maximum(package.caution, EPSILON), 0.0)
    wedges = {limit: price * per_tie * terms.weight[i] for limit, price in prices.items()}
    tie = total(wedges.values()) if wedges else pair.nothing
    strain = row.overdraw * np.maximum(quantity - row.available, 0.0)
    left = np.maximum(row.benefit - tie - row.curvature * quantity - strain, 0.0)
    wedges["supply"] = strain + left * (quantity >= row.cap)
    distrust = good.value * (1.0 - stance.reliability)
    match kind:
        case "munitions":
            value = good.value * stance.reliability
            wedges["demand"] = row.curvature * quantity
            wedges["quality"] = value * (1.0 - stance.quality)
            wedges["interdiction"] = value * stance.quality * np.minimum(pair.reach * interdiction, 1.0)
            wedges["trust"] = distrust
        case "technology":
            unlearned = 1.0 - pair.held_then[i] / RUNG
            wedges["demand"] = row.curvature * quantity + good.value * stance.reliability * (1.0 - unlearned)
            wedges["reluctance"] = good.cost * stance.reluctance
            wedges["trust"] = distrust * unlearned
            for limit, loss in pair.red_lines_now.items():
                wedges[limit] = wedges.get(limit, pair.nothing) + loss
        case "troops":
            wedges["demand"] = good.curvature * (quantity + stance.abroad)
            wedges["supply"] = wedges["supply"] - row.gain
            wedges["trust"] = distrust * stance.intensity
        case _:
            wedges["supply"] = wedges["supply"] + row.curvature * quantity
            wedges["trust"] = distrust
    if kind in PAID_FOR:
        wedges["payment"] = left * (shrink < 1.0)
    if kind == "munitions":
        # Where there is no gap nothing is wanted, so nothing binds.
        wedges = {limit: wedge * (stance.gap > EPSILON) for limit, wedge in wedges.items()}
    return wedges


def binding_limit(pair: Partnership, dimension: str, interdiction: Array) -> Array:
    """Code of the limit that bound one dimension this month, shape (R,). Rungs of technology are taken together.

    Parameters
    ----------
    pair : Partnership
        After its bargain.
    dimension : str
        One of quantities.DIMENSIONS.
    interdiction : ndarray, shape (R,)
        Level of interdiction by others than patrons.
    """
    if dimension == "openness":
        terms = pair.terms_now
        wedges = {limit: price * terms.openness_weight for limit, price in tie_prices(pair).items()}
        wedges["demand"] = terms.prestige * pair.package.openness
        wedges["backlash"] = terms.prestige * terms.backlash
        return largest(wedges, wedges["demand"])
    together: dict[str, Array] = {}
    for i in pair.index[dimension]:
        for limit, wedge in goods_wedges(pair, i, interdiction).items():
            together[limit] = together[limit] + wedge if limit in together else wedge
    return largest(together, next(iter(together.values()))) if together else pair.nothing
