"""What a partnership was worth to its two sides, and its flows in money."""

import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.bargaining import display
from sim.mechanisms.ledger import total
from sim.model.partnership import Partnership


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
    return display(pair.terms_now, pair.openness, pair.concealment, total(pair.a_goods * pair.agreed))


def belligerent_welfare(pair: Partnership, intensity: Array) -> Array:
    """The belligerent's part: rounds and soldiers at their worth, its share of the show, less what it gave and paid.

    Rounds are worth v κq (1 − κq / 2G), the integral of a worth that falls to nothing at the gap; soldiers are worth
    less the more are there; technology costs its reluctance and curvature, oil and cover their cost.
    """
    welfare = (1.0 - pair.supplier_power) * show_value(pair) - pair.cash_paid
    gap = np.maximum(pair.stance_now.gap, EPSILON)
    for i in pair.index["munitions"]:
        filled = np.minimum(pair.munitions_effective, gap)
        welfare = welfare + pair.goods[i].value * filled * (1.0 - 0.5 * filled / gap)
    for i in pair.index["troops"]:
        sent, good = pair.troops_sent, pair.goods[i]
        crowd = good.curvature * sent * (pair.stance_now.abroad + 0.5 * sent)
        welfare = welfare + good.value * intensity * sent - crowd
    for kind in ("technology", "oil", "cover"):
        for i in pair.index[kind]:
            q, good = pair.delivered[i], pair.goods[i]
            own = good.cost * pair.stance_now.reluctance if kind == "technology" else good.cost
            welfare = welfare - own * q - 0.5 * good.curvature * q * q
    return welfare


def supplier_welfare(pair: Partnership) -> Array:
    """The supplier's part: what it was paid and given, its share of the show, less the cost of what it gave."""
    welfare = pair.supplier_power * show_value(pair) + pair.cash_received
    for kind, row, q in zip(pair.kinds, pair.table_now, pair.delivered, strict=True):
        welfare = welfare + row.gain * q
        if kind == "technology":
            welfare = welfare - 0.5 * row.fade * q * q
        elif kind == "munitions":
            excess = np.maximum(q - row.available, 0.0)
            welfare = welfare - 0.5 * row.overdraw * excess * excess
    return welfare
