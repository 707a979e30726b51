"""What a partnership was worth to its two sides, and its flows in money."""

import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.contract_curve import display, shipments
from sim.mechanisms.ledger import total
from sim.model.partnership import SOLD, Partnership


def munitions_value(pair: Partnership) -> Array:
    """Rounds delivered at their cost, million USD a month."""
    rows = pair.index["munitions"]
    return pair.munitions_delivered * pair.goods[rows[0]].cost if rows else pair.nothing


def oil_value(pair: Partnership) -> Array:
    """Oil handed over at its price at the start, million USD a month."""
    rows = pair.index["oil"]
    return pair.oil_delivered * pair.goods[rows[0]].cost if rows else pair.nothing


def troops_value(pair: Partnership) -> Array:
    """Wages of the soldiers abroad, million USD a month."""
    wages: Array = pair.troop_pay * pair.troops_abroad
    return wages


def technology_value(pair: Partnership) -> Array:
    """Technology handed over, at the worth of a first point, million USD a month."""
    rows = pair.index["technology"]
    return total([pair.delivered[i] * pair.goods[i].value for i in rows]) if rows else pair.nothing


def show_value(pair: Partnership) -> Array:
    """Joint worth of showing the tie, less what hiding costs, million USD a month."""
    return display(pair.terms_now, pair.openness, pair.concealment, shipments(pair.plain, pair.a_goods * pair.agreed))


def belligerent_welfare(pair: Partnership, show: Array) -> Array:
    """The belligerent's part: rounds and soldiers at their worth, its share of the ``show``, less what it gave and paid.

    Rounds are worth v κq (1 − κq / 2G), the integral of a worth that falls to nothing at the gap, and soldiers likewise at the
    gap in manpower, when they are promised; what it hands over costs it what the bargain counts.
    """
    welfare = (1.0 - pair.supplier_power) * show - pair.cash_paid
    gap = np.maximum(pair.stance_now.gap, EPSILON)
    for i in pair.index["munitions"]:
        filled = np.minimum(pair.munitions_effective, gap)
        welfare = welfare + pair.goods[i].value * filled * (1.0 - 0.5 * filled / gap)
    for i in pair.index["troops"]:
        promised, good, stance = pair.delivered[i], pair.goods[i], pair.stance_now
        there = (stance.abroad + 0.5 * promised) / np.maximum(stance.manpower, EPSILON)
        welfare = welfare + good.value * promised * (1.0 - there) * (stance.manpower > EPSILON)
    for i, kind in enumerate(pair.kinds):
        if kind not in SOLD:
            welfare = welfare - pair.sacrifice(pair.table_now[i], pair.delivered[i])
    return welfare


def supplier_welfare(pair: Partnership, show: Array) -> Array:
    """The supplier's part: what it was paid and given, its share of the ``show``, less the cost of what it gave."""
    welfare = pair.supplier_power * show + pair.cash_received
    for i, row in enumerate(pair.table_now):
        welfare = welfare + pair.gain(i, row, pair.delivered[i])
    return welfare
