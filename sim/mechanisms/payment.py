"""How the surplus of a package is paid for: money, then credit, and a smaller package only where neither covers cost."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.arrays import EPSILON, Array


@dataclass(slots=True)
class Purse:
    """What can be paid, shape (R,) each, million USD.

    ``cash``: money that the belligerent can spend this month; ``friction``: share of it lost on the way; ``credit``:
    further debt that the supplier grants; ``default``: share of credit that it expects never to see; ``supplier_cash``:
    what the supplier could pay where the package is worth more to it than the rounds.
    """

    cash: Array
    friction: Array
    credit: Array
    default: Array
    supplier_cash: Array


@dataclass(slots=True)
class Settlement:
    """What is paid, million USD, shape (R,) each.

    ``cash`` leaves the belligerent and ``received`` of it arrives, ``credit`` is promised (face value), ``refund`` is paid by
    the supplier. ``shrink`` is the share of the supplier's deliveries that can be paid for, 1 where payment does not bind.
    """

    struck: NDArray[np.bool_]
    shrink: Array
    cash: Array
    received: Array
    credit: Array
    refund: Array


def settle(joint: Array, own: Array, cost: Array, outside: Array, outside_other: Array, power: Array, purse: Purse) -> Settlement:
    """Split a surplus by the supplier's power over both outside options, within what can be paid (Nash 1950).

    Parameters
    ----------
    joint : ndarray, shape (R,)
        Joint surplus less foreseen punishment, million USD a month.
    own : ndarray, shape (R,)
        The supplier's part of it before any payment (negative where it needs to be paid).
    cost : ndarray, shape (R,)
        What its own deliveries cost the supplier.
    outside, outside_other : ndarray, shape (R,)
        Outside options of supplier and belligerent. There is no deal where the surplus falls short of them.
    power : ndarray, shape (R,)
        Share of the remaining surplus that goes to the supplier.
    """
    struck = joint >= outside + outside_other
    wanted = outside + power * np.maximum(joint - outside - outside_other, 0.0) - own
    in_cash = purse.cash * (1.0 - purse.friction)
    in_credit = purse.credit * (1.0 - purse.default)
    payable = in_cash + in_credit
    # Only when what can be paid does not cover the supplier's own cost does the quantity shrink.
    short = np.maximum(-own - payable, 0.0)
    shrink = np.where(short > 0.0, np.maximum(1.0 - short / np.maximum(cost, EPSILON), 0.0), 1.0)
    received = np.minimum(np.maximum(wanted, 0.0), payable)
    by_cash = np.minimum(received, in_cash)
    deal = struck.astype(np.float64)
    return Settlement(
        struck=struck,
        shrink=shrink,
        cash=deal * by_cash / np.maximum(1.0 - purse.friction, EPSILON),
        received=deal * by_cash,
        credit=deal * (received - by_cash) / np.maximum(1.0 - purse.default, EPSILON),
        refund=deal * np.minimum(np.maximum(-wanted, 0.0), purse.supplier_cash),
    )
