"""Beliefs about resolve. Numbers: tests/examples/learning.toml."""

import numpy as np
import pytest

from sim.mechanisms.learning import LEARNING


def after(name: str, acts: list[float], occasion: float = 1.0, belief: float = 0.4) -> list[float]:
    """Beliefs after each of some acts."""
    held, weight, beliefs = np.array([belief]), np.array([6.0]), []
    for act in acts:
        held, weight = LEARNING[name](held, weight, np.array([occasion]), np.array([act]), np.array([0.2]))
        beliefs.append(held.item())
    return beliefs


@pytest.mark.parametrize("name", ["bayes", "adaptive"])
def test_what_is_always_done_is_believed_in_the_end(name):
    assert after(name, [0.8] * 2_000)[-1] == pytest.approx(0.8, abs=0.01)


def test_bayes_does_not_mind_the_order_of_what_it_saw_and_adaptive_does():
    acts = [1.0, 0.0, 0.5, 1.0]
    assert after("bayes", acts)[-1] == pytest.approx(after("bayes", acts[::-1])[-1])
    assert after("adaptive", acts)[-1] != pytest.approx(after("adaptive", acts[::-1])[-1])


def test_bayes_learns_less_from_each_further_occasion_and_adaptive_goes_on():
    steps = {name: np.abs(np.diff([0.4, *after(name, [1.0, 0.0] * 20)])) for name in ("bayes", "adaptive")}
    assert steps["bayes"][-1] < 0.25 * steps["bayes"][0]
    assert steps["adaptive"][-1] > 0.5 * steps["adaptive"][0]


def test_half_an_occasion_twice_counts_as_one_for_bayes():
    assert after("bayes", [1.0, 1.0], occasion=0.5)[-1] == pytest.approx(after("bayes", [1.0])[-1])


def test_none_never_learns():
    assert after("none", [1.0] * 5) == [0.4] * 5
