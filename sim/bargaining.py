"""What two partners agree: the package of goods, openness and concealment, and how its surplus is shared.

The package is a table with one row per good. Partners maximise the joint surplus less foreseen punishment (Nash 1950:
money transfers surplus, so quantities maximise the joint surplus and the price splits what is left). Every optimum lies
on one family priced by λ, the cost of one unit of visible tie (million USD a month):

    c   = min(λ (1 − leak) / k_c, c_max)                     concealment
    φ   = λ (1 − (1 − leak) c) + k_c c² / 2                  cost of one unit of material tie
    q_g = clip(min((b_g − φ a_g) / k_g, (b_g − φ a_g + m_g A_g) / (k_g + m_g)), 0, cap_g)
    s   = clip(1 − β − λ a_s / p, 0, 1)                      openness
    x   = (1 − (1 − leak) c) Σ_g a_g q_g + a_s s             visible tie

with a_g the weight of the good over its reference flow. All arrays are of shape (R,), those of the table (G, R).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.ledger import total
from sim.noise import Array
from sim.pressure import Response

HALVINGS = 12  # of the square root of the price range: λ to 1/4096 of that range at most
CHOICES = 16  # points of the λ family among which the quantal bargain chooses
NEVER = 1e-12  # weights and gaps below this count as zero


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

    def value(self, x: Array) -> Array:
        """Expected punishment at visible tie x."""
        return self.weight * self.response.value(x, self.tolerance, self.width, self.memory)

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
    easing, strained : ndarray, shape (G, R)
        1 / k and 1 / (k + m); zero where nothing is wanted.
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
    easing: Array
    strained: Array
    prestige: Array
    backlash: Array
    openness_weight: Array
    concealment_cost: Array
    concealment_max: Array
    leak: Array
    threats: list[Threat] = field(default_factory=list)


@dataclass(slots=True)
class Package:
    """A point of the family: what is agreed at price λ of the visible tie."""

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


def package_at(terms: Terms, caution: Array) -> Package:
    """The package that maximises joint surplus when a unit of visible tie costs ``caution`` million USD a month."""
    covert = 1.0 - terms.leak
    concealment = np.minimum(caution * covert / terms.concealment_cost, terms.concealment_max)
    seen = 1.0 - covert * concealment
    price = caution * seen + 0.5 * terms.concealment_cost * concealment * concealment
    margin = terms.benefit - price * terms.weight
    quantity = np.minimum(margin * terms.easing, (margin + terms.overdraw * terms.available) * terms.strained)
    np.maximum(quantity, 0.0, out=quantity)
    np.minimum(quantity, terms.cap, out=quantity)
    material = total(quantity * terms.weight)
    shown = 1.0 - terms.backlash - caution * terms.openness_weight / terms.prestige
    openness = np.minimum(np.maximum(shown, 0.0), 1.0)
    visible = seen * material + terms.openness_weight * openness
    return Package(caution, quantity, openness, concealment, material, price, visible)


def foreseen(threats: list[Threat], x: Array) -> Array:
    """Expected punishment of all threats at visible tie x, million USD a month."""
    return total([threat.value(x) for threat in threats]) if threats else np.zeros_like(x)


def surplus(terms: Terms, package: Package) -> Array:
    """Joint surplus of a package before foreseen punishment, million USD a month."""
    q = package.quantity
    excess = np.maximum(q - terms.available, 0.0)
    goods = total(terms.benefit * q - 0.5 * terms.curvature * q * q - 0.5 * terms.overdraw * excess * excess)
    s = package.openness
    show = terms.prestige * ((1.0 - terms.backlash) * s - 0.5 * s * s)
    hiding = 0.5 * terms.concealment_cost * package.concealment * package.concealment * package.material
    return goods + show - hiding


def dearest(terms: Terms) -> Array:
    """A price of visible tie at which the partners stop short of any foreseen slope, or show nothing at all."""
    seen_least = 1.0 - (1.0 - terms.leak) * terms.concealment_max
    choke = terms.prestige / np.maximum(terms.openness_weight, NEVER)
    worth = np.maximum(terms.benefit, 0.0) / np.maximum(terms.weight, NEVER) * (terms.weight > NEVER)
    for row in worth:
        choke = np.maximum(choke, row / np.maximum(seen_least, NEVER))
    steepest = np.zeros_like(choke)
    for threat in terms.threats:
        if threat.response.steepest == float("inf"):
            return choke
        steepest = steepest + threat.weight * threat.response.steepest / threat.width
    return np.minimum(choke, steepest)


def restrained(terms: Terms) -> Package:
    """The package that heeds the threats: the λ at which it equals the slope of foreseen punishment.

    λ is found by bisection on the square root of λ / λ_max, raised while the punishment is steeper than λ or while the
    visible tie lies where the response no longer steepens (there the first-order condition marks a minimum). For a
    response that jumps this ends at the corner just below it.
    """
    ceiling = dearest(terms)
    root = np.zeros_like(ceiling)
    step = 1.0
    for _ in range(HALVINGS):
        step *= 0.5
        trial = root + step
        caution = ceiling * trial * trial
        x = package_at(terms, caution).visible_tie
        slope, beyond = terms.threats[0].marginal(x)
        for threat in terms.threats[1:]:
            further, past = threat.marginal(x)
            slope = slope + further
            beyond = beyond | past
        root = np.where((slope > caution) | beyond, trial, root)
    root += step
    return package_at(terms, ceiling * root * root)


def choose(first: NDArray[np.bool_], a: Package, b: Package) -> Package:
    """Take package ``a`` in the runs where ``first`` holds, else ``b``."""
    return Package(
        *(
            np.where(first, getattr(a, name), getattr(b, name))
            for name in ("caution", "quantity", "openness", "concealment", "material", "material_price", "visible_tie")
        )
    )


def nash(terms: Terms, habit: Habit, draws: Array, noise: Array, adjustment: Array) -> Package:
    """Joint optimum: the better of the defiant package (λ = 0) and the restrained one (Nash 1950, Econometrica 18)."""
    defiant = package_at(terms, np.zeros_like(terms.prestige))
    if not terms.threats:
        return defiant
    punished = foreseen(terms.threats, defiant.visible_tie)
    if not punished.any():
        return defiant
    careful = restrained(terms)
    gain = surplus(terms, defiant) - punished - surplus(terms, careful) + foreseen(terms.threats, careful.visible_tie)
    return choose((gain >= 0.0) | (punished == 0.0), defiant, careful)


def logit(terms: Terms, habit: Habit, draws: Array, noise: Array, adjustment: Array) -> Package:
    """Quantal choice among points of the λ family (McKelvey and Palfrey 1995, Games and Economic Behavior 10).

    The points are evenly spaced in the square root of λ from zero to the dearest price; the probability of each is
    proportional to exp(payoff / noise), and one uniform draw picks one.
    """
    defiant = package_at(terms, np.zeros_like(terms.prestige))
    if not terms.threats or not foreseen(terms.threats, defiant.visible_tie).any():
        return defiant
    ceiling = dearest(terms)
    cautions = [ceiling * (k / (CHOICES - 1.0)) * (k / (CHOICES - 1.0)) for k in range(CHOICES)]
    payoffs = []
    for caution in cautions:
        package = package_at(terms, caution)
        payoffs.append(surplus(terms, package) - foreseen(terms.threats, package.visible_tie))
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
    calm = foreseen(terms.threats, defiant.visible_tie) == 0.0
    return choose(calm, defiant, package_at(terms, chosen))


def heuristic(terms: Terms, habit: Habit, draws: Array, noise: Array, adjustment: Array) -> Package:
    """Aspiration and adjustment (Cyert and March 1963; Selten 1998, Journal of Mathematical Psychology 42).

    Partners do not optimise. They look at what last month's caution would bring them now. If that meets their
    aspiration they keep it, or ease it where they feel less than it allows for; if not, they raise it part of the way
    to the punishment they feel: the larger of its slope and its mean per unit of visible tie.
    """
    package = package_at(terms, habit.caution)
    if not terms.threats:
        return package_at(terms, np.zeros_like(habit.caution))
    x = package.visible_tie
    punishment = foreseen(terms.threats, x)
    slope = total([threat.marginal(x)[0] for threat in terms.threats])
    felt = np.minimum(np.maximum(slope, punishment / np.maximum(x, NEVER)), dearest(terms))
    content = surplus(terms, package) - punishment >= habit.aspiration
    aim = np.where(content, np.minimum(felt, habit.caution), np.maximum(felt, habit.caution))
    return package_at(terms, habit.caution + adjustment * (aim - habit.caution))


def remember(habit: Habit, terms: Terms, package: Package, adjustment: Array) -> Habit:
    """Habit after a bargain: its caution, and an aspiration that follows the payoff (at first, the defiant payoff)."""
    payoff = surplus(terms, package) - foreseen(terms.threats, package.visible_tie)
    aspiration = np.where(np.isinf(habit.aspiration), payoff, habit.aspiration)
    return Habit(package.caution, aspiration + adjustment * (payoff - aspiration))


Bargain = Callable[[Terms, Habit, Array, Array, Array], Package]
BARGAINS: dict[str, Bargain] = {"nash": nash, "logit": logit, "heuristic": heuristic}
