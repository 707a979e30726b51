"""How the surplus of a package is paid for: by account and money, and by a smaller package where neither is enough.

The partners keep a clearing account. What the supplier delivers beyond what it was paid for is the belligerent's debt; what the
belligerent hands over beyond its share first pays that down and then stands as prepayment, a debt below nil. No money
goes from the supplier to the belligerent.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.arrays import EPSILON, Array


@dataclass(slots=True)
class Purse:
    """What can be paid, shape (R,) each, million USD; claims at face value.

    ``cash``: money that the belligerent can spend this month; ``friction``: share of it lost on the way; ``prepaid``: what it
    has handed over ahead; ``credit``: further debt that the supplier grants; ``advance``: what the account can still take in the
    belligerent's favour; ``default``: share of a claim that its holder expects never to see.
    """

    cash: Array
    friction: Array
    prepaid: Array
    credit: Array
    advance: Array
    default: Array


@dataclass(slots=True)
class Settlement:
    """What is paid, million USD, shape (R,) each.

    ``cash`` leaves the belligerent and ``received`` of it arrives; ``account`` is added to the belligerent's debt (face value,
    negative where it hands over more than its share). ``shrink`` is the share of the supplier's deliveries that can be paid for,
    ``shrink_given`` the share of the belligerent's that is paid for or can be put to its account: 1 where nothing binds.
    """

    struck: NDArray[np.bool_]
    shrink: Array
    shrink_given: Array
    cash: Array
    received: Array
    account: Array


def settle(
    joint: Array, own: Array, cost: Array, relief: Array, outside: Array, outside_other: Array, power: Array, purse: Purse
) -> Settlement:
    """Split a surplus by the supplier's power over both outside options, within what can be paid (Nash 1950).

    Parameters
    ----------
    joint : ndarray, shape (R,)
        Joint surplus less foreseen punishment, million USD a month.
    own : ndarray, shape (R,)
        The supplier's part of it before any payment (negative where it needs to be paid).
    cost : ndarray, shape (R,)
        What its own deliveries cost the supplier.
    relief : ndarray, shape (R,)
        How much less the supplier would have beyond its share if the belligerent handed over nothing.
    outside, outside_other : ndarray, shape (R,)
        Outside options of supplier and belligerent. There is no deal where the surplus falls short of them.
    power : ndarray, shape (R,)
        Share of the remaining surplus that goes to the supplier.
    """
    struck = joint >= outside + outside_other
    wanted = outside + power * np.maximum(joint - outside - outside_other, 0.0) - own
    seen_again = 1.0 - purse.default  # what a claim of one is worth to who holds it
    in_prepaid, in_cash, in_credit = purse.prepaid * seen_again, purse.cash * (1.0 - purse.friction), purse.credit * seen_again
    payable = in_prepaid + in_cash + in_credit
    # Only when what can be paid does not cover the supplier's own cost does the quantity shrink.
    short = np.maximum(-own - payable, 0.0)
    shrink = np.where(short > 0.0, np.maximum(1.0 - short / np.maximum(cost, EPSILON), 0.0), 1.0)
    paid = np.minimum(np.maximum(wanted, 0.0), payable)
    by_cash = np.minimum(np.maximum(paid - in_prepaid, 0.0), in_cash)
    beyond = np.maximum(-wanted, 0.0)
    cleared = np.minimum(beyond, purse.advance * seen_again)
    unpaid = beyond - cleared
    shrink_given = np.where(unpaid > 0.0, np.maximum(1.0 - unpaid / np.maximum(relief, EPSILON), 0.0), 1.0)
    deal = struck.astype(np.float64)
    return Settlement(
        struck=struck,
        shrink=shrink,
        shrink_given=shrink_given,
        cash=deal * by_cash / np.maximum(1.0 - purse.friction, EPSILON),
        received=deal * by_cash,
        account=deal * (paid - by_cash - cleared) / np.maximum(seen_again, EPSILON),
    )
