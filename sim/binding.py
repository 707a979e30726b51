"""Which limit bound: the largest wedge in the first-order condition of the agreed package, in million USD per unit.

At the chosen quantity the worth of a further unit is eaten up by wedges: its own satiation (demand), the price of the
visible tie (Beijing, the West), dearer supply, duds, distrust, reluctance, a red line, interdiction. A hard limit (an
empty store, an empty purse) has as its wedge what a further unit would still have been worth.
"""

import numpy as np

from sim.ledger import total
from sim.noise import Array
from sim.partnership import Partnership
from sim.quantities import LIMITS

NEVER = 1e-9
CODE = {name: float(index) for index, name in enumerate(LIMITS)}


def largest(wedges: dict[str, Array], active: Array) -> Array:
    """Code of the largest wedge (index in LIMITS), 0 where nothing was wanted in the first place or all are nil."""
    best = np.full_like(active, NEVER)
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
    ahead = [t.value(x + 0.05 * t.width) - t.value(x) + NEVER * t.weight for t in threats]
    whole = np.maximum(total(ahead), NEVER * NEVER)
    prices: dict[str, Array] = {}
    for threat, part in zip(threats, ahead, strict=True):
        prices[threat.limit] = prices.get(threat.limit, 0.0 * x) + caution * part / whole
    return prices


def goods_wedges(pair: Partnership, i: int, interdiction: Array) -> dict[str, Array]:
    """Wedges of one row of the package, million USD per unit."""
    terms, package, row, good = pair.terms_now, pair.package, pair.table_now[i], pair.goods[i]
    quantity = package.quantity[i]
    kind = pair.kinds[i]
    trust = np.maximum(pair.reliability(), NEVER)
    prices = tie_prices(pair)
    per_tie = np.where(package.caution > 0.0, package.material_price / np.maximum(package.caution, NEVER), 0.0)
    wedges = {limit: price * per_tie * terms.weight[i] for limit, price in prices.items()}
    tie = total(wedges.values()) if wedges else 0.0 * quantity
    wedges["demand"] = row.curvature * quantity
    strain = row.overdraw * np.maximum(quantity - row.available, 0.0)
    left = np.maximum(row.benefit - tie - wedges["demand"] - strain, 0.0)
    at_cap = quantity >= row.cap
    wedges["supply"] = strain + left * at_cap
    unpaid = 1.0 - pair.settlement.shrink
    if kind in ("munitions", "troops"):
        wedges["payment"] = np.where(unpaid > 0.0, np.maximum(row.benefit, 0.0), 0.0)
    if kind == "munitions":
        quality = np.sqrt(np.maximum(row.curvature * pair.gap_now / np.maximum(good.value * trust, NEVER), 0.0))
        worth = good.value * trust * np.where(pair.gap_now > NEVER, np.minimum(quality, 1.0), 1.0)
        wedges["quality"] = np.maximum(good.value * trust - worth, 0.0) * (pair.gap_now > NEVER)
        wedges["interdiction"] = worth * np.minimum(pair.reach * interdiction, 1.0)
        wedges["trust"] = good.value * (1.0 - trust)
    elif kind == "technology":
        left_here = 1.0 - pair.held[i] / 25.0
        wedges["demand"] = wedges["demand"] + good.value * trust * (1.0 - left_here)
        wedges["reluctance"] = good.cost * pair.reluctance_now
        wedges["trust"] = good.value * left_here * (1.0 - trust)
        for limit, loss in pair.red_lines_now.items():
            wedges[limit] = wedges.get(limit, 0.0 * quantity) + loss
    else:
        wedges["trust"] = good.value * (1.0 - trust)
        if kind == "troops":
            wedges["demand"] = wedges["demand"] + good.curvature * pair.troops_abroad
            wedges["reluctance"] = -row.gain
    return wedges


def binding(pair: Partnership, dimension: str, interdiction: Array) -> Array:
    """Code of the limit that bound one dimension this month, shape (R,). Rungs of technology are taken together.

    Parameters
    ----------
    pair : Partnership
        After its bargain.
    dimension : str
        One of quantities.DIMENSIONS.
    interdiction : ndarray, shape (R,)
        Level of interdiction.
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
