"""The one place in which verdict words are given."""

from itertools import product
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.thesis.statistics.words import WORDS, all_of, any_of, part_of, word

ends = st.floats(-10, 10) | st.sampled_from([-inf, inf])


@pytest.mark.parametrize(
    ("low", "high", "edge", "opposite", "expected"),
    [
        (0.6, 0.7, 0.5, -inf, "holds"),
        (0.4, 0.6, 0.5, -inf, "undecided"),
        (0.3, 0.5, 0.5, -inf, "fails"),
        (0.5, 0.5, 0.5, -inf, "fails"),
        (-3.0, -2.0, 1.0, -1.0, "reversed"),
        (-3.0, -1.0, 1.0, -1.0, "fails"),
        (-inf, inf, 0.0, -inf, "undecided"),
        (nan, nan, 0.0, -inf, "undecided"),
        (0.0, 0.0, 0.0, 0.0, "fails"),
    ],
)
def test_by_hand(low, high, edge, opposite, expected):
    assert word(low, high, edge, opposite) == expected


@given(ends, ends, st.floats(0, 5))
def test_a_word_fits_its_interval(first, second, edge):
    low, high = sorted((first, second))
    said = {name: word(low, high, edge, -edge) == name for name in WORDS}
    assert sum(said.values()) == 1
    assert said["holds"] == (low > edge)
    assert said["reversed"] == (high < -edge)


def test_arrays_are_judged_element_by_element():
    assert word([1, -1, -5], [2, 1, -4], 0.5, -2).tolist() == ["holds", "undecided", "reversed"]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
def test_all_of_them_and_any_of_them(words):
    assert (all_of(*words) == "holds") == (set(words) == {"holds"})
    assert (all_of(*words) == "fails") == bool({"fails", "reversed"} & set(words))
    assert (any_of(*words) == "holds") == ("holds" in words)
    assert (any_of(*words) == "fails") == (not {"holds", "undecided"} & set(words))


@pytest.mark.parametrize(("claim", "part"), [*product(WORDS, ("holds", "fails", "undecided"))])
def test_a_part_never_holds_where_its_claim_does_not(claim, part):
    said = part_of(claim, part)
    assert claim == "holds" or said != "holds"
    assert (said == "not applicable") == (claim in ("fails", "reversed"))
    if claim == "holds":
        assert said == part


def test_parts_of_many_claims_at_once():
    said = part_of(np.array(["holds", "fails", "undecided"]), np.array(["holds"] * 3))
    assert said.tolist() == ["holds", "not applicable", "undecided"]
