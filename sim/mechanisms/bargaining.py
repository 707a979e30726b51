"""What two partners agree: the package of goods, openness and concealment, and how its surplus is shared.

The package is a table with one row per good. Partners maximise the joint surplus less foreseen punishment (Nash 1950:
money transfers surplus, so quantities maximise the joint surplus and the price splits what is left). Every optimum lies
on one contract curve along λ, the cost of one unit of visible tie (million USD a month):

    c   = min(λ (1 − leak) / k_c, c_max)                     concealment
    φ   = λ (1 − (1 − leak) c) + k_c c² / 2                  cost of one unit of material tie
    q_g = clip(min((b_g − φ a_g) / k_g, (b_g − φ a_g + m_g A_g) / (k_g + m_g)), 0, cap_g)
    s   = max(1 − β − λ a_s / p, 0)                          openness
    x   = (1 − (1 − leak) c) Σ_g a_g q_g + a_s s             visible tie

with a_g the weight of the good over its reference flow. All arrays are of shape (R,), those of the table (G, R).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.mechanisms.ledger import total
from sim.mechanisms.pressure import Response

HALVINGS = 10  # of the square root of the price range, before a last step by interpolation
HALVINGS_JUMP = 12  # where a response jumps there is nothing to interpolate
CHOICES = 16  # points of the contract curve among which the quantal bargain chooses
MOST_TAKEN = 0.8  # share of runs from which a search looks at all of them rather than at a copy of some
NEGLIGIBLE = 1e-12  # weights, ties and gaps below this count as zero


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
        value = self.response.value(x, self.tolerance, self.width, self.memory)
        return value - self.memory if self.response.memory == "peak" else value

    def value(self, x: Array) -> Array:
        """Expected punishment at visible tie x, million USD a month."""
        return self.weight * self.excess(x)

    def take(self, runs: NDArray[np.intp]) -> "Threat":
        """The same threat in some of the runs."""
        arrays = (self.tolerance, self.width, self.memory, self.weight, self.on_supplier)
        return Threat(self.limit, self.response, *(array.take(runs) for array in arrays))

    def marginal(self, x: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Its slope in x, and where the response no longer steepens."""
        slope, beyond = self.response.marginal(x, self.tolerance, self.width, self.memory)
        return self.weight * slope, beyond & (self.weight > 0.0)


@dataclass(slots=True)
class Terms:
    """What a bargain is about. Rows of the table stand in the order of the scenario's package.

    Attributes
    ----------
    benefit, curvature, overdraw, available, cap, weight : ndarray, shape (G, R)
        b, k, m, A, cap and a_g = weight / reference of each good, in million USD and units a month.
    visibility : ndarray, shape (G, R)
        1 / a_g; zero for goods that do not show.
    easing, strained : ndarray, shape (G, R)
        1 / k and 1 / (k + m); zero where nothing is wanted.
    kinked : tuple of int
        Rows whose m is not nil: only these have a kink.
    prestige, backlash, openness_weight, concealment_cost, concealment_max, leak : ndarray, shape (R,)
        p, β, a_s, k_c, c_max and leak.
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
    prestige: Array
    backlash: Array
    openness_weight: Array
    concealment_cost: Array
    concealment_max: Array
    leak: Array
    threats: list[Threat] = field(default_factory=list)


@dataclass(slots=True)
class Package:
    """A point of the contract curve: what is agreed at price λ of the visible tie."""

    caution: Array
    quantity: Array
    openness: Array
    concealment: Array
    material: Array
    material_price: Array
    visible_tie: Array


@dataclass(slots=True)
class Habit:
    """What the partners bring along from the last bargain: its caution, and the payoff that they have come to expect."""

    caution: Array
    aspiration: Array


@dataclass(slots=True)
class Curve:
    """The visible tie as a function of its price λ, in units of visible tie, with all that does not depend on λ worked out.

    Attributes
    ----------
    most, fall, cap : ndarray, shape (G, R)
        Visible weight of each good at no price, its fall with the price φ of the material tie, and its largest value.
    kinks : list of (int, ndarray, ndarray)
        For each row with a kink: its place, and ``most`` and ``fall`` beyond the kink.
    """

    most: Array
    fall: Array
    cap: Array
    kinks: list[tuple[int, Array, Array]]
    covert: Array
    hide: Array
    half_cost: Array
    concealment_max: Array
    most_open: Array
    close: Array
    openness_weight: Array
    dearest: Array

    def take(self, runs: NDArray[np.intp]) -> "Curve":
        """The same curve in some of the runs."""
        arrays = {f.name: np.take(getattr(self, f.name), runs, axis=-1) for f in fields(self) if f.name != "kinks"}
        return Curve(**arrays, kinks=[(i, most.take(runs), fall.take(runs)) for i, most, fall in self.kinks])

    def hidden(self, caution: Array) -> tuple[Array, Array, Array]:
        """Concealment c, the share 1 − (1 − leak) c that can be seen, and the price φ of a unit of material tie."""
        concealment = np.minimum(caution * self.hide, self.concealment_max)
        seen = 1.0 - self.covert * concealment
        return concealment, seen, caution * seen + self.half_cost * (concealment * concealment)

    def weights(self, price: Array, room: Array) -> Array:
        """Visible weight of each good at price φ, written into ``room``, shape (G, R)."""
        np.multiply(price, self.fall, out=room)
        np.subtract(self.most, room, out=room)
        for i, most, fall in self.kinks:
            np.minimum(room[i], most - price * fall, out=room[i])
        np.maximum(room, 0.0, out=room)
        return np.minimum(room, self.cap, out=room)

    def openness(self, caution: Array) -> Array:
        """Openness s."""
        return np.maximum(self.most_open - caution * self.close, 0.0)

    def visible_tie(self, caution: Array, room: Array) -> Array:
        """Visible tie x; ``room`` is overwritten."""
        _, seen, price = self.hidden(caution)
        return seen * total(self.weights(price, room)) + self.openness_weight * self.openness(caution)


class ContractCurve:
    """The packages on which the partners cannot both do better, one for each price λ of the visible tie (Edgeworth 1881).

    Parameters
    ----------
    terms : Terms
        What the bargain is about.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        covert = 1.0 - terms.leak
        self.most, self.fall = terms.benefit * terms.easing, terms.weight * terms.easing
        self.kinks, kinks = [], []
        for i in terms.kinked:
            # Where going beyond what is available costs nothing more there is no kink.
            kinked = terms.overdraw[i] > 0.0
            most = (terms.benefit[i] + terms.overdraw[i] * terms.available[i]) * terms.strained[i]
            fall = terms.weight[i] * terms.strained[i]
            self.kinks.append((i, np.where(kinked, most, np.inf), fall))
            kinks.append((i, np.where(kinked, most * terms.weight[i], np.inf), fall * terms.weight[i]))
        self.curve = Curve(
            most=self.most * terms.weight,
            fall=self.fall * terms.weight,
            cap=terms.cap * terms.weight,
            kinks=kinks,
            covert=covert,
            hide=covert / terms.concealment_cost,
            half_cost=0.5 * terms.concealment_cost,
            concealment_max=terms.concealment_max,
            most_open=1.0 - terms.backlash,
            close=terms.openness_weight / terms.prestige,
            openness_weight=terms.openness_weight,
            dearest=self._dearest(),
        )

    def _dearest(self) -> Array:
        """A price of visible tie at which partners stop short of any foreseen slope, or show nothing at all."""
        terms = self.terms
        if not terms.threats:
            return np.zeros_like(terms.prestige)
        # A threat of no weight has no slope, even where it jumps.
        slopes = [t.weight > 0.0 for t in terms.threats]
        steepest = total(
            [
                np.where(heavy, np.maximum(t.weight, NEGLIGIBLE) * (t.response.steepest / t.width), 0.0)
                for heavy, t in zip(slopes, terms.threats, strict=True)
            ]
        )
        seen_least = np.maximum(1.0 - (1.0 - terms.leak) * terms.concealment_max, NEGLIGIBLE)
        shown = terms.openness_weight > NEGLIGIBLE
        choke = np.where(shown, terms.prestige / np.maximum(terms.openness_weight, NEGLIGIBLE), 0.0)
        for row in terms.benefit * terms.visibility:
            choke = np.maximum(choke, row / seen_least)
        return np.minimum(choke, steepest)

    def package(self, caution: Array) -> Package:
        """The package that maximises joint surplus when a unit of visible tie costs ``caution`` million USD a month."""
        terms, curve = self.terms, self.curve
        concealment, seen, price = curve.hidden(caution)
        quantity = self.most - price * self.fall
        for i, most, fall in self.kinks:
            np.minimum(quantity[i], most - price * fall, out=quantity[i])
        np.maximum(quantity, 0.0, out=quantity)
        np.minimum(quantity, terms.cap, out=quantity)
        material = total(quantity * terms.weight)
        openness = curve.openness(caution)
        visible = seen * material + terms.openness_weight * openness
        return Package(caution, quantity, openness, concealment, material, price, visible)


def foreseen(threats: list[Threat], x: Array) -> Array:
    """Expected punishment of all threats at visible tie x, million USD a month."""
    return total([threat.value(x) for threat in threats]) if threats else np.zeros_like(x)


def display(terms: Terms, openness: Array, concealment: Array, material: Array) -> Array:
    """Joint worth of showing the tie, p [(1 − β) s − s² / 2], less what hiding costs, k_c c² / 2 per unit of material tie."""
    hiding = 0.5 * terms.concealment_cost * concealment * concealment * material
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
    return goods + display(terms, package.openness, package.concealment, package.material)


def restraint(curve: Curve, heeded: Threat, others: list[Threat]) -> Array:
    """The price λ of a package that heeds one threat: the λ that equals the slope of all foreseen punishment.

    λ is found by bisection on the square root of λ / λ_max, raised while the punishment is steeper than λ or while the
    visible tie lies where the heeded response no longer steepens (there the first-order condition marks a minimum), but
    not once the tie is below what the heeded threat answers to; then by one step of linear interpolation. For a response
    that jumps this ends at the corner just below the jump.
    """
    jumps = heeded.response.steepest == float("inf")
    room = np.empty_like(curve.most)
    root = np.zeros_like(curve.dearest)
    # What λ lacks (below) and exceeds (above) the slope by at the two ends of the bracket; nil below marks a jump.
    lacking, exceeding = np.zeros_like(root), np.ones_like(root)
    step = 1.0
    for _ in range(HALVINGS_JUMP if jumps else HALVINGS):
        step *= 0.5
        trial = root + step
        caution = curve.dearest * (trial * trial)
        x = curve.visible_tie(caution, room)
        slope, beyond = heeded.marginal(x)
        heeding = slope > 0.0
        for threat in others:
            slope = slope + threat.marginal(x)[0]
        excess = caution - slope
        up = ((excess < 0.0) & heeding) | beyond
        lacking = np.where(up, np.where(beyond, 0.0, -excess), lacking)
        exceeding = np.where(up, exceeding, np.maximum(excess, 0.0))
        root += step * up
    inside = np.where(lacking > 0.0, lacking / np.maximum(lacking + exceeding, NEGLIGIBLE), 1.0)
    root += step * inside
    return curve.dearest * (root * root)


TIED = ("caution", "quantity", "openness", "concealment", "material", "material_price", "visible_tie")


def choose(first: NDArray[np.bool_], a: Package, b: Package) -> Package:
    """Take package ``a`` in the runs where ``first`` holds, else ``b``."""
    return Package(*(np.where(first, getattr(a, name), getattr(b, name)) for name in TIED))


def payoff(terms: Terms, package: Package) -> Array:
    """Joint surplus less foreseen punishment, million USD a month."""
    return surplus(terms, package) - foreseen(terms.threats, package.visible_tie)


def nash(contract: ContractCurve, habit: Habit, draws: Array, noise: Array, adjustment: Array) -> Package:
    """Joint optimum: the best of the defiant package (λ = 0) and those that heed one threat (Nash 1950, Econometrica 18).

    Several threats with different tolerances make several local optima: heeding the first, or defying it and heeding a
    later one.
    """
    terms = contract.terms
    best = contract.package(np.zeros_like(terms.prestige))
    punished = foreseen(terms.threats, best.visible_tie)
    if not punished.any():
        return best
    most = surplus(terms, best) - punished
    defiant = best.visible_tie
    for threat in terms.threats:
        # Where the defiant package does not touch a threat, heeding it gains nothing; elementwise work may skip runs.
        runs = np.flatnonzero(threat.value(defiant) > 0.0)
        if runs.size:
            caution = np.zeros_like(defiant)
            others = [other for other in terms.threats if other is not threat]
            if runs.size > MOST_TAKEN * defiant.size:
                caution[runs] = restraint(contract.curve, threat, others)[runs]
            else:
                caution[runs] = restraint(contract.curve.take(runs), threat.take(runs), [o.take(runs) for o in others])
            package = contract.package(caution)
            gain = payoff(terms, package)
            best, most = choose(gain > most, package, best), np.maximum(gain, most)
    return best


def logit(contract: ContractCurve, habit: Habit, draws: Array, noise: Array, adjustment: Array) -> Package:
    """Quantal choice among points of the contract curve (McKelvey and Palfrey 1995, Games and Economic Behavior 10).

    The points are evenly spaced in the square root of λ from zero to the dearest price; the probability of each is
    proportional to exp(payoff / noise), and one uniform draw picks one.
    """
    terms = contract.terms
    defiant = contract.package(np.zeros_like(terms.prestige))
    calm = foreseen(terms.threats, defiant.visible_tie) == 0.0
    if calm.all():
        return defiant
    ceiling = contract.curve.dearest
    cautions = [ceiling * (k / (CHOICES - 1.0)) * (k / (CHOICES - 1.0)) for k in range(CHOICES)]
    payoffs = []
    for caution in cautions:
        package = contract.package(caution)
        payoffs.append(payoff(terms, package))
    best = payoffs[0]
    for value in payoffs[1:]:
        best = np.maximum(best, value)
    odds = [np.exp((value - best) / noise) for value in payoffs]
    mark = draws * total(odds)
    chosen = np.zeros_like(ceiling)
    reached = np.zeros_like(ceiling)
    for odd, lower in zip(odds, cautions, strict=True):
        chosen = np.where(mark >= reached, lower, chosen)
        reached = reached + odd
    return choose(calm, defiant, contract.package(chosen))


def heuristic(contract: ContractCurve, habit: Habit, draws: Array, noise: Array, adjustment: Array) -> Package:
    """Aspiration and adjustment (Cyert and March 1963; Selten 1998, Journal of Mathematical Psychology 42).

    Partners do not optimise. They look at what last month's caution would bring them now. If that meets their
    aspiration they keep it, or ease it where they feel less than it allows for; if not, they raise it part of the way
    to the punishment they feel: the larger of its slope and its mean per unit of visible tie.
    """
    terms = contract.terms
    if not terms.threats:
        return contract.package(np.zeros_like(habit.caution))
    package = contract.package(habit.caution)
    x = package.visible_tie
    punishment = foreseen(terms.threats, x)
    slope = total([threat.marginal(x)[0] for threat in terms.threats])
    felt = np.minimum(np.maximum(slope, punishment / np.maximum(x, NEGLIGIBLE)), contract.curve.dearest)
    content = surplus(terms, package) - punishment >= habit.aspiration
    aim = np.where(content, np.minimum(felt, habit.caution), np.maximum(felt, habit.caution))
    return contract.package(habit.caution + adjustment * (aim - habit.caution))


def remember(habit: Habit, caution: Array, gained: Array, adjustment: Array) -> Habit:
    """Habit after a bargain: its caution, and an aspiration that follows the payoff (at first, the first payoff)."""
    aspiration = np.where(np.isinf(habit.aspiration), gained, habit.aspiration)
    return Habit(caution, aspiration + adjustment * (gained - aspiration))


Bargain = Callable[[ContractCurve, Habit, Array, Array, Array], Package]
BARGAINS: dict[str, Bargain] = {"nash": nash, "logit": logit, "heuristic": heuristic}
