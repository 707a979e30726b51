"""What two partners foresee of the rules that answer to their tie, and weigh when they bargain. Arrays have shape (R,)."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.mechanisms.contract_curve import Threat
from sim.mechanisms.motives import forgone
from sim.mechanisms.package import Coefficients
from sim.mechanisms.pressure import Response
from sim.mechanisms.red_line import RedLine, red_line
from sim.model.partnership import Partnership
from sim.model.roles import Patron
from sim.model.rule import Rule


def threats(pair: Partnership, rules: Iterable[Rule], month: int) -> list[Threat]:
    """Foreseen punishment and favours forgone, by rules that answer to the visible tie or to a patron's stance.

    Those of one presser, target and form are taken together.
    """
    together: dict[tuple[Any, ...], Threat] = {}
    for rule in rules:
        if not rule.foreseen_by(pair, month, "visible_tie", "displeasure", "favour"):
            continue
        weight = rule.weight()
        if rule.of_stance:  # a stance that does not answer to the tie leaves nothing to foresee
            weight = weight * rule.presser.minds
        by_supplier = weight if rule.target is pair.supplier else pair.nothing
        own_state = rule.name if rule.response.memory != "none" else ""
        response, tolerance, width = _as_seen(rule)
        key = (rule.presser.name, rule.limit, response.name, rule.channel.carrot, id(tolerance), id(width), own_state)
        if key in together:
            known = together[key]
            known.weight = known.weight + weight
            known.on_supplier = known.on_supplier + by_supplier
        else:
            believed = tolerance + (pair.misperception - 1.0) * np.abs(tolerance)
            together[key] = Threat(rule.limit, response, believed, width, rule.memory, weight, by_supplier)
    return list(together.values())


def _as_seen(rule: Rule) -> tuple[Response, Array, Array]:
    """Response, tolerance and width of a rule as functions of the visible tie."""
    if not rule.of_stance:
        return rule.response, rule.tolerance, rule.width
    assert isinstance(rule.presser, Patron)
    target = rule.target.name
    response = forgone(rule.response) if rule.watched == "favour" else rule.response
    return response, rule.presser.tolerated[target], rule.presser.width_seen[target]


def red_lines(pair: Partnership, rules: Iterable[Rule], table: list[Coefficients], month: int) -> RedLine:
    """Foreseen punishment by rules that answer to all technology seen so far, and what a point costs because of it.

    The price of the visible tie, which makes points dearer besides, is last month's.
    """
    feared = []
    for rule in rules:
        if rule.foreseen_by(pair, month, "visible_technology"):
            weight = rule.weight()
            by_supplier = weight if rule.target is pair.supplier else pair.nothing
            tolerance = rule.tolerance * pair.misperception
            feared.append(Threat(rule.limit, rule.response, tolerance, rule.width, rule.memory, weight, by_supplier))
    rows = pair.index["technology"]
    shown = [pair.habit.caution * pair.a_goods[i] for i in rows]
    return red_line(feared, pair.visible_technology, [table[i] for i in rows], shown)
