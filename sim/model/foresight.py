"""What two partners foresee of the rules that answer to their tie, and weigh when they bargain. Arrays have shape (R,)."""

from collections.abc import Iterable
from typing import Any

from sim.arrays import Array
from sim.mechanisms.bargaining import Threat
from sim.model.partnership import Partnership
from sim.model.rule import Rule


def threats(pair: Partnership, rules: Iterable[Rule], month: int) -> list[Threat]:
    """Foreseen punishment by rules that answer to the visible tie, those of one presser and form taken together."""
    together: dict[tuple[Any, ...], Threat] = {}
    for rule in rules:
        if not rule.foreseen_by(pair, month, "visible_tie"):
            continue
        weight = rule.weight()
        by_supplier = weight if rule.target is pair.supplier else pair.nothing
        own_state = rule.name if rule.response.memory != "none" else ""
        key = (rule.presser.name, rule.limit, rule.response.name, id(rule.tolerance), id(rule.width), own_state)
        if key in together:
            known = together[key]
            known.weight = known.weight + weight
            known.on_supplier = known.on_supplier + by_supplier
        else:
            tolerance = rule.tolerance * pair.misperception
            together[key] = Threat(rule.limit, rule.response, tolerance, rule.width, rule.memory, weight, by_supplier)
    return list(together.values())


def red_lines(pair: Partnership, rules: Iterable[Rule], month: int) -> dict[str, Array]:
    """Foreseen loss from one more point of technology, by limit, million USD a point.

    Rules that answer to all technology seen so far: expected punishment one point further less that here.
    """
    losses: dict[str, Array] = {}
    for rule in rules:
        if rule.foreseen_by(pair, month, "visible_technology"):
            tolerance = rule.tolerance * pair.misperception
            here = rule.response.value(pair.visible_technology, tolerance, rule.width, rule.memory)
            beyond = rule.response.value(pair.visible_technology + 1.0, tolerance, rule.width, rule.memory)
            losses[rule.limit] = losses.get(rule.limit, pair.nothing) + rule.weight() * (beyond - here)
    return losses
