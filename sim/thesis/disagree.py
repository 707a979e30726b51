"""Which assumptions explain that two scenarios give different answers: Shapley values of their differences."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.reporting.intervals import Estimate, mean
from sim.thesis.statistics.attribution import attribute, evaluate, plan


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What each difference between two scenarios contributes to the difference between their answers.

    Attributes
    ----------
    differences : tuple of str
    value : Estimate, shape (difference, ...)
        Shapley value; the values sum to the gap.
    alone : Estimate, shape (difference, ...)
        Change of the first scenario's answer when only this difference is taken over from the second.
    left : Estimate, shape (difference, ...)
        What of the gap goes when this difference is the last to be taken over.
    gap : Estimate, shape (...)
        Answer of the second scenario less that of the first.
    order : ndarray of int, shape (difference, ...)
        Differences by the size of their value, largest first.
    exact : bool
        Whether all sets were tried; otherwise orders were sampled, and the errors count that.
    residual : float
        Largest distance, over runs, between the sum of the values and the gap.
    """

    differences: tuple[str, ...]
    value: Estimate
    alone: Estimate
    left: Estimate
    gap: Estimate
    order: NDArray[np.intp]
    exact: bool
    residual: float


def explain(
    differences: Sequence[str],
    value: Callable[[tuple[str, ...]], ArrayLike],
    groups: Iterable[Sequence[str]] = (),
    *,
    orders: int = 64,
    seed: int = 0,
) -> Disagreement:
    """Share out the gap between the answers of two scenarios among the assumptions in which they differ.

    Parameters
    ----------
    differences : sequence of str
        Names of what differs. Up to 12 every set is tried, beyond that orders are sampled.
    value : callable
        v(S), the answer of the first scenario with the differences in S set as in the second: an array (..., run), on
        common draws. It is called once for each set.
    groups : iterable of sequences of str
        Differences that belong together, such as all of one rule.
    orders, seed : int
        For sampling.

    Raises
    ------
    UserError
        If nothing differs, or a difference is named twice.
    """
    made = plan(differences, groups, orders=orders, seed=seed)
    found = attribute(made, evaluate(made, value))
    order = np.argsort(-np.abs(found.value.value), axis=0, kind="stable")
    # A difference taken over is a limit removed: removed alone it is last in, and removed as the last it is first in.
    return Disagreement(
        differences=made.limits,
        value=found.value,
        alone=found.last_in,
        left=found.first_in,
        gap=mean(found.shortfall),
        order=order,
        exact=made.orders is None,
        residual=found.residual,
    )
