"""The packages among which two partners choose, one for each price of the visible tie, and what they are worth.

The package is a table with one row per good. Partners maximise the joint surplus less foreseen punishment (Nash 1950:
money transfers surplus, so quantities maximise the joint surplus and the price splits what is left). Every optimum lies
on one contract curve along λ, the cost of one unit of visible tie (million USD a month):

    c   = min(λ (1 − leak) / θ, c_max)                       concealment of shipments
    φ   = λ (1 − (1 − leak) c) + θ c² / 2                    cost of one unit of tie in shipments
    φ_g = φ for shipments, λ for what cannot be hidden
    q_g = clip(min((b_g − φ_g a_g) / ζ_g, (b_g − φ_g a_g + ξ_g A_g) / (ζ_g + ξ_g)), 0, cap_g)
    s   = max(1 − β − λ a_s / ν, 0)                          openness
    x   = (1 − (1 − leak) c) Σ_shipments a_g q_g + Σ_others a_g q_g + a_s s      visible tie

with a_g the weight of the good over its reference flow. All arrays are of shape (R,), those of the table (G, R).
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Runs, of_runs
from sim.mechanisms.ledger import summed, total
from sim.mechanisms.pressure import Response

NEGLIGIBLE = 1e-12  # weights, ties and gaps below this count as zero


def beyond_memory(response: Response, x: Array, tolerance: Array, width: Array, memory: Array) -> Array:
    """Response at x, less what it holds from an earlier peak whatever is done now."""
    value = response.value(x, tolerance, width, memory)
    return value - memory if response.memory == "peak" else value


def steepest(response: Response, width: Array, weight: Array) -> Array:
    """Largest slope of a foreseen punishment; of no weight it has none, even where its response jumps."""
    return np.where(weight > 0.0, np.maximum(weight, NEGLIGIBLE) * (response.steepest / width), 0.0)


@dataclass(slots=True)
class Threat:
    """Foreseen punishment that reacts to the visible tie: weight × response(x), million USD a month.

    ``on_supplier`` is the part of the weight that the supplier bears.
    """

    limit: str
    response: Response
    tolerance: Array
    width: Array
    memory: Array
    weight: Array
    on_supplier: Array

    def excess(self, x: Array) -> Array:
        """Response at visible tie x, beyond what is in force whatever the partners do now."""
        return beyond_memory(self.response, x, self.tolerance, self.width, self.memory)

    def value(self, x: Array) -> Array:
        """Expected punishment at visible tie x, million USD a month."""
        return self.weight * self.excess(x)

    def marginal(self, x: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Its slope in x, and where the response no longer steepens."""
        slope, _, beyond = self.response.marginal(x, self.tolerance, self.width, self.memory)
        return self.weight * slope, beyond & (self.weight > 0.0)


@dataclass(slots=True)
class Terms:
    """What a bargain is about. Rows of the table stand in the order of the scenario's package.

    Attributes
    ----------
    benefit, curvature, overdraw, available, cap, weight : ndarray, shape (G, R)
        b, ζ, ξ, A, cap and a_g = weight / reference of each good, in million USD and units a month.
    visibility : ndarray, shape (G, R)
        1 / a_g; zero for goods that do not show.
    easing, strained : ndarray, shape (G, R)
        1 / ζ and 1 / (ζ + ξ); zero where nothing is wanted.
    kinked : tuple of int
        Rows whose ξ is not nil: only these have a kink. All of them are shipments.
    plain : tuple of int
        Rows that cannot be hidden; all others are shipments.
    already : ndarray, shape (R,)
        What is seen whatever the partners agree, in units of visible tie.
    prestige, backlash, openness_weight, concealment_cost, concealment_max, leak : ndarray, shape (R,)
        ν, β, a_s, θ, c_max and leak.
    threats : list of Threat
        Foreseen punishment that reacts to the visible tie.
    """

    benefit: Array
    curvature: Array
    overdraw: Array
    available: Array
    cap: Array
    weight: Array
    visibility: Array
    easing: Array
    strained: Array
    kinked: tuple[int, ...]
    plain: tuple[int, ...]
    already: Array
    prestige: Array
    backlash: Array
    openness_weight: Array
    concealment_cost: Array
    concealment_max: Array
    leak: Array
    threats: list[Threat] = field(default_factory=list)


@dataclass(slots=True)
class Package:
    """A point of the contract curve: what is agreed at price λ of the visible tie.

    ``shipped`` is the tie in shipments before any is hidden, and ``shipped_price`` φ, the price of a unit of it.
    """

    caution: Array
    quantity: Array
    openness: Array
    concealment: Array
    shipped: Array
    shipped_price: Array
    visible_tie: Array


@dataclass
class Curve:
    """What shows of the tie as a function of its price λ, with all that does not depend on λ worked out.

    Rows are counted in units of visible tie. Those that nobody wants in any run are left out; openness is the last.

    Parameters
    ----------
    numbers : ndarray, shape (N, R)
        Of each row its weight at no price, the fall of that with the price of a unit of it, its largest weight, and its
        curvature; of each row with a kink its weight at no price and the fall beyond the kink, its weight at the kink, and the
        curvature that is added there; then θ / 2, (1 − leak) / θ, 1 − leak, c_max, what is seen already, and the dearest price.
        With a further axis before the last, several prices are looked at in each run.
    rows : int
        How many rows there are.
    shipped : int
        How many of them can be hidden: they stand first.
    kinked : tuple of int
        Those with a kink.
    """

    numbers: Array
    rows: int
    shipped: int
    kinked: tuple[int, ...]

    def __post_init__(self) -> None:
        n, k = self.rows, len(self.kinked)
        self.most, self.fall, self.cap, self.curvature = (self.numbers[i * n : (i + 1) * n] for i in range(4))
        self.kinks = [self.numbers[4 * n + i : 4 * n + 4 * k : k] for i in range(k)]
        self.half_cost, self.hide, self.covert, self.concealment_max, self.already, self.dearest = self.numbers[4 * (n + k) :]

    def take(self, runs: Runs) -> "Curve":
        """The same curve in some of the runs."""
        return Curve(of_runs(self.numbers, runs), self.rows, self.shipped, self.kinked)

    def at_several_prices(self) -> "Curve":
        """The same curve for prices of shape (L, R)."""
        return Curve(self.numbers[:, np.newaxis], self.rows, self.shipped, self.kinked)

    def weights(self, caution: Array) -> tuple[Array, Array, Array]:
        """Weight of each row in the tie, shape (K, R), what is hidden of each shipment, and the share of it that is seen."""
        first, weights = self.shipped, np.empty((self.rows, *caution.shape))
        concealment, seen, price = hidden(caution, self.half_cost, self.hide, self.covert, self.concealment_max)
        np.multiply(self.fall[:first], price, out=weights[:first])
        np.multiply(self.fall[first:], caution, out=weights[first:])
        np.subtract(self.most, weights, out=weights)
        clip(weights, self.kinked, self.kinks, price, self.cap)
        return weights, concealment, seen

    def yielding(self, tie: Array) -> Array:
        """Most by which a tie that is ``tie`` at no price falls for a rise of the price, shape (R,).

        What is hidden grows by (1 − leak) / θ with the price λ, and the price of a unit of shipments by no more than λ itself.
        """
        return self.covert * self.hide * (tie - self.already) + summed(self.fall * (self.most > 0.0))

    def slope(self, caution: Array) -> tuple[Array, Array]:
        """Visible tie at a price, and how fast it falls with it."""
        weights, concealment, seen = self.weights(caution)
        fall = self.fall * ((weights > 0.0) & (weights < self.cap))
        for i, (_, beyond, at_kink, _) in zip(self.kinked, self.kinks, strict=True):
            fall[i] = np.where((fall[i] > 0.0) & (weights[i] > at_kink), beyond, fall[i])
        n = self.shipped
        shipments, hiding = summed(weights[:n]), self.covert * self.hide * (concealment < self.concealment_max)
        x = self.already + (seen * shipments + summed(weights[n:]))
        return x, hiding * shipments + seen * seen * summed(fall[:n]) + summed(fall[n:])

    def visible_tie(self, caution: Array) -> Array:
        """Visible tie x at a price, shape of ``caution``."""
        weights, _, seen = self.weights(caution)
        return self.already + (seen * summed(weights[: self.shipped]) + summed(weights[self.shipped :]))

    def worth(self, caution: Array) -> tuple[Array, Array]:
        """Visible tie at a price, and the joint surplus of all that shows before foreseen punishment, million USD a month."""
        weights, concealment, seen = self.weights(caution)
        shipments = summed(weights[: self.shipped])
        surplus = summed((self.most - 0.5 * weights) * weights * self.curvature)
        for i, (_, _, at_kink, curvature) in zip(self.kinked, self.kinks, strict=True):
            beyond = np.maximum(weights[i] - at_kink, 0.0)
            surplus = surplus - 0.5 * curvature * beyond * beyond
        x = self.already + (seen * shipments + summed(weights[self.shipped :]))
        return x, surplus - self.half_cost * concealment * concealment * shipments


def hidden(caution: Array, half_cost: Array, hide: Array, covert: Array, most: Array) -> tuple[Array, Array, Array]:
    """Concealment c, the share 1 − (1 − leak) c of shipments that can be seen, and the price φ of a unit of them."""
    concealment = np.minimum(caution * hide, most)
    seen = 1.0 - covert * concealment
    return concealment, seen, caution * seen + half_cost * (concealment * concealment)


def clip(amounts: Array, kinked: tuple[int, ...], kinks: list[Array], price: Array, cap: Array) -> None:
    """Bring amounts, shape (G, R), below their kinks and within nil and their cap, in place."""
    for i, (most, fall, *_) in zip(kinked, kinks, strict=True):
        np.minimum(amounts[i], most - price * fall, out=amounts[i])
    np.maximum(amounts, 0.0, out=amounts)
    np.minimum(amounts, cap, out=amounts)


class ContractCurve:
    """The packages on which the partners cannot both do better, one for each price λ of the visible tie (Edgeworth 1881).

    Parameters
    ----------
    terms : Terms
        What the bargain is about.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        covert, cost = 1.0 - terms.leak, terms.concealment_cost
        self.hiding = 0.5 * cost, covert / cost, covert, terms.concealment_max
        self.most, self.fall = terms.benefit * terms.easing, terms.weight * terms.easing
        # Where going beyond what is available costs nothing more there is no kink.
        self.kinks = [
            np.stack([np.where(terms.overdraw[i] > 0.0, self._beyond(i), np.inf), terms.weight[i] * terms.strained[i]])
            for i in terms.kinked
        ]

    def _beyond(self, i: int) -> Array:
        """Uncapped amount of a good beyond its kink, at no price."""
        terms = self.terms
        return (terms.benefit[i] + terms.overdraw[i] * terms.available[i]) * terms.strained[i]

    @cached_property
    def curve(self) -> Curve:
        """What shows of the tie along it."""
        terms, weight = self.terms, self.terms.openness_weight
        wanted = [i for i, most in enumerate(self.most) if (np.minimum(most, terms.cap[i]) > 0.0).any()]
        shipped = [i for i in wanted if i not in terms.plain]
        rows = [*shipped, *(i for i in wanted if i in terms.plain)]
        kinked = [(i, *kink) for i, kink in zip(terms.kinked, self.kinks, strict=True) if i in shipped]
        n, k = len(rows) + 1, len(kinked)
        numbers = np.empty((4 * (n + k) + 6, weight.size))
        for place, i in enumerate(rows):
            a, per_unit = terms.weight[i], terms.visibility[i]
            np.multiply(self.most[i], a, out=numbers[place])
            np.multiply(self.fall[i], a, out=numbers[n + place])
            np.multiply(terms.cap[i], a, out=numbers[2 * n + place])
            np.multiply(terms.curvature[i], per_unit * per_unit, out=numbers[3 * n + place])
        per_unit = (weight > NEGLIGIBLE) / np.maximum(weight, NEGLIGIBLE)
        numbers[n - 1] = weight * (1.0 - terms.backlash)
        numbers[2 * n - 1] = weight * weight / terms.prestige
        numbers[3 * n - 1] = np.inf
        numbers[4 * n - 1] = terms.prestige * per_unit * per_unit
        for place, (i, most, fall) in enumerate(kinked, 4 * n):
            a, per_unit = terms.weight[i], terms.visibility[i]
            beyond = np.multiply(most, a, out=np.full_like(most, np.inf), where=a > 0.0), fall * a, terms.available[i] * a
            numbers[place : 4 * (n + k) : k] = *beyond, terms.overdraw[i] * per_unit * per_unit
        numbers[-6:] = *self.hiding, terms.already, self._dearest()
        return Curve(numbers, n, len(shipped), tuple(shipped.index(i) for i, _, _ in kinked))

    def _dearest(self) -> Array:
        """A price of visible tie at which partners stop short of any foreseen slope, or show nothing at all."""
        terms = self.terms
        if not terms.threats:
            return np.zeros_like(terms.prestige)
        slope = total([steepest(threat.response, threat.width, threat.weight) for threat in terms.threats])
        seen_least = np.maximum(1.0 - (1.0 - terms.leak) * terms.concealment_max, NEGLIGIBLE)
        shown = terms.openness_weight > NEGLIGIBLE
        choke = np.where(shown, terms.prestige / np.maximum(terms.openness_weight, NEGLIGIBLE), 0.0)
        for i, row in enumerate(terms.benefit * terms.visibility):
            choke = np.maximum(choke, row if i in terms.plain else row / seen_least)
        return np.minimum(choke, slope)

    def package(self, caution: Array) -> Package:
        """The package that maximises joint surplus when a unit of visible tie costs ``caution`` million USD a month."""
        terms = self.terms
        concealment, seen, price = hidden(caution, *self.hiding)
        quantity = price * self.fall
        for i in terms.plain:
            np.multiply(caution, self.fall[i], out=quantity[i])
        np.subtract(self.most, quantity, out=quantity)
        clip(quantity, terms.kinked, self.kinks, price, terms.cap)
        weights = quantity * terms.weight
        openness = np.maximum(1.0 - terms.backlash - caution * (terms.openness_weight / terms.prestige), 0.0)
        shipped = shipments(terms.plain, weights)
        plain = total([terms.openness_weight * openness, *(weights[i] for i in terms.plain)])
        return Package(caution, quantity, openness, concealment, shipped, price, terms.already + (seen * shipped + plain))


def shipments(plain: tuple[int, ...], weights: Array) -> Array:
    """Tie in shipments: the weights, shape (G, R), of all rows that can be hidden."""
    return total([0.0 * weights[0], *(row for i, row in enumerate(weights) if i not in plain)])


def foreseen(threats: list[Threat], x: Array) -> Array:
    """Expected punishment of all threats at visible tie x, million USD a month."""
    return total([threat.value(x) for threat in threats]) if threats else np.zeros_like(x)


def borne(threats: list[Threat], x: Array, instead: Array | None = None) -> tuple[Array, Array]:
    """Expected punishment of all threats at x, and the supplier's part of it; beyond that at ``instead`` where one is given."""
    if not threats:
        return np.zeros_like(x), np.zeros_like(x)
    risen = [t.excess(x) if instead is None else t.excess(x) - t.excess(instead) for t in threats]
    whole = total([threat.weight * rise for threat, rise in zip(threats, risen, strict=True)])
    return whole, total([threat.on_supplier * rise for threat, rise in zip(threats, risen, strict=True)])


def display(terms: Terms, openness: Array, concealment: Array, shipped: Array) -> Array:
    """Joint worth of showing the tie, ν [(1 − β) s − s² / 2], less what hiding costs, θ c² / 2 per unit of tie in shipments."""
    hiding = 0.5 * terms.concealment_cost * concealment * concealment * shipped
    shown = terms.prestige * ((1.0 - terms.backlash) * openness - 0.5 * openness * openness)
    return shown - hiding


def surplus(terms: Terms, package: Package) -> Array:
    """Joint surplus of a package before foreseen punishment, million USD a month."""
    q = package.quantity
    value = terms.curvature * q
    value *= -0.5
    value += terms.benefit
    value *= q
    goods = total(value)
    for i in terms.kinked:
        excess = np.maximum(q[i] - terms.available[i], 0.0)
        goods -= 0.5 * terms.overdraw[i] * excess * excess
    return goods + display(terms, package.openness, package.concealment, package.shipped)


def payoff(terms: Terms, package: Package) -> Array:
    """Joint surplus less foreseen punishment, million USD a month."""
    return surplus(terms, package) - foreseen(terms.threats, package.visible_tie)


TIED = ("caution", "quantity", "openness", "concealment", "shipped", "shipped_price", "visible_tie")


def choose(first: NDArray[np.bool_], a: Package, b: Package) -> Package:
    """Take package ``a`` in the runs where ``first`` holds, else ``b``."""
    return Package(*(np.where(first, getattr(a, name), getattr(b, name)) for name in TIED))
