"""The word for a finding. Every verdict of the thesis test is given here, and nowhere else, so that no two can contradict.

Words come as arrays, or one by one; each function takes both.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

Word = Literal["holds", "fails", "undecided", "reversed"]
PartWord = Word | Literal["not applicable"]  # of a part of a claim, where the claim itself fails
WORDS: tuple[Word, ...] = get_args(Word)
Words = NDArray[np.str_]


def word(low: ArrayLike, high: ArrayLike, edge: ArrayLike = 0.0, opposite: ArrayLike = -np.inf) -> Words:
    """The word for an interval: `holds` above an edge, `reversed` under the opposite one, `fails` not above the edge.

    Anything else is `undecided`: an interval about an edge, or one whose ends are not numbers.

    Parameters
    ----------
    low, high : array, shape (...)
        Ends of the interval.
    edge, opposite : array, shape (...)
        What it has to exceed, and what it has to be under to be the reverse of what is claimed; by default nothing is.
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    edge, opposite = np.asarray(edge, dtype=float), np.asarray(opposite, dtype=float)
    return np.select([high < opposite, low > edge, high <= edge], ["reversed", "holds", "fails"], "undecided")


def all_of(*words: ArrayLike) -> Words:
    """The word for a claim that asks for several things at once: it fails with any of them, and holds only with all."""
    each = np.stack(np.broadcast_arrays(*words))
    fails, open_ = ~np.isin(each, ("holds", "undecided")), each == "undecided"
    return np.select([fails.any(axis=0), open_.any(axis=0)], ["fails", "undecided"], "holds")


def any_of(*words: ArrayLike) -> Words:
    """The word for a claim that one of several things bears out: it holds with any of them, and fails only with all."""
    each = np.stack(np.broadcast_arrays(*words))
    return np.select([(each == "holds").any(axis=0), (each == "undecided").any(axis=0)], ["holds", "undecided"], "fails")


def part_of(claim: ArrayLike, words: ArrayLike) -> Words:
    """The word for a part of a claim, such as *by threat*: not applicable where the claim fails, and never surer than it."""
    claim, words = np.asarray(claim), np.asarray(words)
    unsure = (claim == "undecided") & (words == "holds")
    return np.select([~np.isin(claim, ("holds", "undecided")), unsure], ["not applicable", "undecided"], words)
