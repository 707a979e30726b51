"""What two partners agree: how they choose among the packages of the contract curve.

Partners maximise the joint surplus less foreseen punishment (Nash 1950: money transfers surplus, so quantities maximise the
joint surplus and the price splits what is left), come near that with error, or keep an aspiration.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Runs, of_runs
from sim.mechanisms.contract_curve import (
    NEGLIGIBLE,
    ContractCurve,
    Curve,
    Package,
    Threat,
    beyond_memory,
    choose,
    foreseen,
    payoff,
    steepest,
    surplus,
)
from sim.mechanisms.ledger import summed, total
from sim.mechanisms.pressure import Response
from sim.mechanisms.roots import root

LOOKS = 24  # prices along the curve between which crossings are looked for
SHARES = np.linspace(0.0, 1.0, LOOKS)[:, np.newaxis] ** 3  # of the dearest price
FIRST = 0.05  # least share of the way between two prices at which a crossing is looked for first, from either
BLOCK = 1024

Places = NDArray[np.intp]
CHOICES = 16  # points of the contract curve among which the quantal bargain chooses


@dataclass(slots=True)
class Habit:
    """What the partners bring along from the last bargain: its caution, and the payoff that they have come to expect."""

    caution: Array
    aspiration: Array


@dataclass(slots=True)
class Forms:
    """Threats of one form of response.

    Parameters
    ----------
    response : Response
        The form.
    numbers : ndarray, shape (4, K, R)
        Tolerance, width, memory and weight of each of K threats. With a further axis before the last, several ties are looked at
        in each run.
    heeded : ndarray, shape (K, R), optional
        The steepest slope of each where it is heeded, else nil.
    """

    response: Response
    numbers: Array
    heeded: Array | None = None

    def punishment(self, x: Array) -> Array:
        """Expected punishment of all at visible tie x, million USD a month."""
        tolerance, width, memory, weight = self.numbers
        return summed(weight * beyond_memory(self.response, x, tolerance, width, memory))

    def slopes(self, x: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
        """Slope of each at visible tie x, how it bends, and where its response no longer steepens, shape (K, R)."""
        tolerance, width, memory, weight = self.numbers
        slope, bend, beyond = self.response.marginal(x, tolerance, width, memory)
        return weight * slope, weight * bend, beyond

    def slope(self, x: Array) -> tuple[Array, Array]:
        """Slope of all at visible tie x, as it counts, and how it bends.

        Where a threat is heeded its slope counts as its steepest wherever its response no longer steepens, so that an optimum
        is found just below, however narrow the part of the curve is on which the slope rises.
        """
        slopes, bends, beyond = self.slopes(x)
        if self.heeded is not None:
            least = beyond * self.heeded
            bends = bends * (slopes >= least)
            slopes = np.maximum(slopes, least)
        return summed(slopes), summed(bends)

    def steepest(self, dearest: Array) -> Array:
        """Largest slope of each; twice the dearest price stands for that of a response that jumps."""
        _, width, _, weight = self.numbers
        return np.minimum(steepest(self.response, width, weight), 2.0 * dearest)

    def below(self, x: Array, dearest: Array) -> tuple[Array, ...]:
        """Slope of all at visible tie x, how it bends, its most below that, and the most by which it falls there with the tie."""
        _, width, _, weight = self.numbers
        slopes, bends, beyond = self.slopes(x)
        most = np.maximum(slopes, beyond * self.steepest(dearest))
        fall = np.maximum(weight, NEGLIGIBLE) * (self.response.bends[1] / (width * width))
        return summed(slopes), summed(bends), summed(most), summed(np.where(beyond & (weight > 0.0), fall, 0.0))


def by_form(threats: list[Threat]) -> list[Forms]:
    """Put threats together by their form of response."""
    forms = []
    for response in dict.fromkeys(threat.response for threat in threats):
        alike = [threat for threat in threats if threat.response is response]
        numbers = np.empty((4, len(alike), alike[0].weight.size))
        for k, t in enumerate(alike):
            numbers[:, k] = t.tolerance, t.width, t.memory, t.weight
        forms.append(Forms(response, numbers))
    return forms


@dataclass(slots=True)
class Excess:
    """By how much the price λ of the visible tie exceeds the slope of all foreseen punishment, λ − Φ′(x(λ)).

    Along the curve the payoff rises while it is below zero: a crossing from below is a local optimum.
    """

    curve: Curve
    forms: list[Forms]

    def take(self, runs: Runs) -> "Excess":
        """The same in some of the runs."""
        forms = [
            Forms(form.response, of_runs(form.numbers, runs), None if form.heeded is None else of_runs(form.heeded, runs))
            for form in self.forms
        ]
        return Excess(self.curve.take(runs), forms)

    def heeding(self, heeded: Places) -> "Excess":
        """The same where each run heeds one threat, counted through all forms from 1, or none: 0."""
        forms, first = [], 1
        for form in self.forms:
            steepest = form.steepest(self.curve.dearest)
            steepest *= np.arange(first, first + len(steepest))[:, np.newaxis] == heeded
            forms.append(Forms(form.response, form.numbers, steepest))
            first += len(steepest)
        return Excess(self.curve, forms)

    def value(self, caution: Array) -> tuple[Array, Array]:
        """Excess at a price, million USD a month for a unit of visible tie, and how fast it rises with the price."""
        x, falls = self.curve.slope(caution)
        rise = np.ones_like(caution)
        for form in self.forms:
            slope, bend = form.slope(x)
            caution, rise = caution - slope, rise + bend * falls
        return caution, rise

    def payoff(self, caution: Array) -> Array:
        """Joint surplus of all that shows, less foreseen punishment, at a price, million USD a month."""
        x, worth = self.curve.worth(caution)
        for form in self.forms:
            worth = worth - form.punishment(x)
        return worth

    def crossings(self) -> tuple[Places, Places, Array, Array, Array, Array]:
        """Where it crosses zero from below between two of LOOKS prices, heeding nobody or each threat in turn.

        Prices are evenly spaced in the cube root. Where even showing nothing costs more than it is worth, the dearest counts.

        Returns
        -------
        tuple of ndarray, shape (C,)
            Of each crossing the threat that is heeded (as in ``heeding``), the run, its prices below and above, the excess there.
        """
        prices = self.curve.dearest * SHARES
        x = self.curve.at_several_prices().visible_tie(prices)
        rise = np.zeros((1 + sum(form.numbers.shape[1] for form in self.forms), *x.shape))
        plain, first = prices, 1
        for form in self.forms:
            slopes, _, beyond = Forms(form.response, form.numbers[:, :, np.newaxis]).slopes(x)
            plain = plain - summed(slopes)
            counted = np.maximum(slopes, beyond * form.steepest(self.curve.dearest)[:, np.newaxis])
            np.subtract(counted, slopes, out=rise[first : first + len(slopes)])
            first += len(slopes)
        below, apart = plain < rise, rise != 0.0
        below[:, -1] = False
        apart[0] = True  # of those that heed a threat, a crossing between two prices where that changes nothing is known already
        found = (below[:, :-1] > below[:, 1:]) & (apart[:, :-1] | apart[:, 1:])
        heeded, look, runs = np.unravel_index(np.flatnonzero(found), found.shape)
        at_low, at_high = (plain[look + n, runs] - rise[heeded, look + n, runs] for n in (0, 1))
        return heeded, runs, prices[look, runs], prices[look + 1, runs], at_low, np.maximum(at_high, 0.0)


def optima(excess: Excess) -> tuple[Places, Array, Array]:
    """Runs, prices λ and payoffs of the local optima along the curve apart from defiance: any, and those that heed one threat."""
    firsts = range(0, excess.curve.dearest.size, BLOCK)
    found = [excess.take(slice(first, first + BLOCK)).crossings() for first in firsts]
    heeded = np.concatenate([block[0] for block in found])
    runs = np.concatenate([block[1] + first for block, first in zip(found, firsts, strict=True)])
    low, high, at_low, at_high = (np.concatenate([block[i] for block in found]) for i in range(2, 6))
    some = excess.take(runs)
    share = np.minimum(np.maximum(at_low / (at_low - at_high), FIRST), 1.0 - FIRST)
    prices = root(some.heeding(heeded), low, high, low + share * (high - low))
    return runs, prices, some.payoff(prices)


def best_of_several(excess: Excess) -> Array:
    """Price λ of the best of defiance (λ = 0) and all local optima beyond it, shape (R,).

    Several threats with different tolerances make several local optima: heeding the first, or defying it and heeding a
    later one.
    """
    price = np.zeros_like(excess.curve.dearest)
    most = excess.payoff(price)
    defied = most.copy()
    runs, prices, payoffs = optima(excess)
    np.maximum.at(most, runs, payoffs)
    best = np.flatnonzero((payoffs > defied[runs]) & (payoffs == most[runs]))[::-1]  # of equals the first is written last
    price[runs[best]] = prices[best]
    return price


def best_price(contract: ContractCurve) -> Array:
    """Price λ at which the joint surplus less foreseen punishment is highest, million USD for a unit of visible tie, shape (R,).

    There can be more than one peak only where the slope of what is foreseen falls faster than the tie can follow its price.
    """
    terms, curve = contract.terms, contract.curve
    caution = np.zeros_like(terms.prestige)
    free, falls = curve.slope(caution)
    # Where the defiant package provokes nothing, heeding a threat gains nothing.
    wary = foreseen(terms.threats, free) > foreseen(terms.threats, terms.already)
    if wary.any():
        excess = Excess(curve, by_form(terms.threats))
        at_free = [form.below(free, curve.dearest) for form in excess.forms]
        slope, bend, most, fall = (total(of) for of in zip(*at_free, strict=True))
        with np.errstate(invalid="ignore"):  # of a jump that no price can reach the next line says nothing
            rise = 1.0 - fall * curve.yielding(free)  # at least, of the excess with the price
        one, several = (np.flatnonzero(wary & which) for which in ((rise > 0.0) & (slope > 0.0), ~(rise > 0.0)))
        if one.size:
            high = np.minimum(curve.dearest, most)
            first = np.minimum(slope / (1.0 + bend * falls), high)
            runs = one if one.size < caution.size else slice(None)  # all of them need no copy
            caution[runs] = root(excess.take(runs), caution[runs], high[runs], first[runs], rise[runs])
        if several.size:
            caution[several] = best_of_several(excess.take(several))
    return caution


def nash(contract: ContractCurve, habit: Habit, draws: Array, noise: Array, adjustment: Array) -> Package:
    """Joint optimum: the joint surplus less foreseen punishment is highest there (Nash 1950, Econometrica 18)."""
    return contract.package(best_price(contract))


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
