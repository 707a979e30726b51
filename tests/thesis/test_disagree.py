"""Which assumptions explain that two scenarios disagree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.thesis.disagree import explain


def test_by_hand():
    """The answer is 10, less 4 with the second tolerance, and less 2 more if the belief is the second's as well."""
    runs = np.zeros(3)
    found = explain(
        ("tolerance", "belief", "oil_price"),
        lambda s: runs + 10 - 4 * ("tolerance" in s) - 2 * ({"tolerance", "belief"} <= set(s)),
    )
    np.testing.assert_allclose(found.value.value, [-5, -1, 0])
    np.testing.assert_allclose(found.alone.value, [-4, 0, 0])
    np.testing.assert_allclose(found.left.value, [-6, -2, 0])
    assert found.gap.value == -6
    assert found.order.tolist() == [0, 1, 2]
    assert found.exact


def test_scenarios_that_answer_alike_may_still_differ_in_why():
    found = explain(("a", "b"), lambda s: np.array([1.0 + ("a" in s) - ("b" in s)] * 4))
    assert found.gap.value == 0
    np.testing.assert_allclose(found.value.value, [1, -1])


def test_a_single_difference_is_all_of_it():
    found = explain(("a",), lambda s: np.array([[1.0, 2.0], [3.0, 4.0]]) * (1 + len(s)))
    np.testing.assert_allclose(found.value.value[0], found.gap.value)
    np.testing.assert_allclose(found.alone.value, found.left.value)


def test_groups_share_as_one():
    """Of two that need each other and a third that does with either, the group gets all it can do as a whole."""
    answer = lambda s: np.array([float(len(s) >= 2)])  # noqa: E731
    np.testing.assert_allclose(explain(("a", "b", "c"), answer, (("a", "b"),)).value.value, [0.5, 0.5, 0])


def test_each_set_is_asked_for_once():
    asked = []
    explain(("a", "b", "c"), lambda s: asked.append(s) or np.zeros(2))
    assert len(asked) == len(set(asked)) == 8


def test_more_than_twelve_differences_are_sampled():
    names = tuple(f"p{i}" for i in range(20))
    weights = np.linspace(-1, 1, 20)
    noise = np.random.default_rng(0).normal(0, 0.1, 50)
    found = explain(names, lambda s: sum(weights[names.index(name)] for name in s) + noise, orders=6)
    assert not found.exact
    np.testing.assert_allclose(found.value.value, weights, atol=1e-9)
    assert found.residual < 1e-9
    assert set(found.order[:2]) == {0, 19}


def test_differences_are_ranked_in_each_dimension():
    found = explain(("a", "b"), lambda s: np.array([[1.0 * ("a" in s)] * 2, [-9.0 * ("b" in s)] * 2]))
    assert found.order.tolist() == [[0, 1], [1, 0]]


def test_where_nothing_differs_there_is_nothing_to_explain():
    with pytest.raises(UserError, match="at least one"):
        explain((), lambda s: np.zeros(2))


@settings(max_examples=25)
@given(st.integers(1, 6), st.integers(0, 1_000))
def test_exchanging_the_scenarios_changes_signs_only(k, seed):
    names = tuple("abcdef"[:k])
    rng = np.random.default_rng(seed)
    table = {mask: rng.normal(0, 100, (2, 3)) for mask in range(1 << k)}

    def answer(taken):
        return table[sum(1 << names.index(name) for name in taken)]

    def other(taken):
        return answer([name for name in names if name not in taken])

    one, back = explain(names, answer), explain(names, other)
    np.testing.assert_allclose(one.value.value, -back.value.value, atol=1e-9)
    np.testing.assert_allclose(one.alone.value, -back.left.value, atol=1e-9)
    np.testing.assert_allclose(one.value.value.sum(axis=0), one.gap.value, atol=1e-9)
