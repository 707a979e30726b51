"""Dependence of one country on another, measured from what was traded (Hirschman 1945; Keohane and Nye 1977)."""

from collections.abc import Sequence

import numpy as np

from sim.arrays import Array
from sim.mechanisms.ledger import total


def dependence(value: Sequence[Array], lost: Sequence[Array], everything: Sequence[Array]) -> Array:
    """Share of a country's trade that is with another and cannot be replaced.

    D_ij = sum_g w_g (share of i's trade in g that is with j) (1 - substitutability_g), with w_g the share of good g in
    the value of all of i's trade. The weights cancel the shares' denominators, so D_ij is the irreplaceable value traded
    with j over the value of all trade.

    Parameters
    ----------
    value : sequence of ndarray, shape (R,)
        Value of each flow between i and j, million USD a month.
    lost : sequence of ndarray, shape (R,)
        1 - substitutability of each of those flows, for i.
    everything : sequence of ndarray, shape (R,)
        Value of every flow of i, rest of world included, million USD a month.

    Returns
    -------
    ndarray, shape (R,)
        Dependence, 0 to 1; zero where i trades nothing.
    """
    if not value:
        return np.zeros_like(everything[0]) if everything else np.zeros(1)
    irreplaceable = total([flow * share for flow, share in zip(value, lost, strict=True)])
    return irreplaceable / np.maximum(total(everything), 1e-12)
