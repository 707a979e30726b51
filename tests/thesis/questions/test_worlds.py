"""Shares of the declared box."""

import numpy as np
import pytest
from small import BUDGET, problem, quiet

from sim.thesis.questions import worlds
from sim.thesis.questions.worlds import classed

PROBLEM = problem()


def test_worlds_nearest_to_an_edge_get_more_runs():
    made = worlds.sample(PROBLEM, quiet, measure="declared", seed=1)
    assert made["on"].shape == (2, 2, 32, 2)
    assert made["refined"].size == 8
    assert made["more_on"].shape == (2, 2, 8, 4)
    assert np.array_equal(made["more_on"][..., :2], made["on"][:, :, made["refined"]])


def test_no_world_need_be_refined():
    made = worlds.sample(problem(budgets={"quick": {**BUDGET, "refined": 0.0}}), quiet, measure="declared", seed=1)
    assert made["refined"].size == 0
    assert classed(PROBLEM, made).shape == (2, 2, 32)


def test_the_reported_sample_is_that_of_the_confirming_seed():
    reported = worlds.worlds(PROBLEM, quiet)
    plain = worlds.sample(PROBLEM, quiet, measure="declared", seed=2)
    assert np.array_equal(reported["on"], plain["on"])
    assert np.array_equal(reported["more_off"], plain["more_off"])
    assert reported["events"].shape == (1, 32, 2)
    assert reported["tie_on"].shape == (32,)


def test_a_test_of_two_calls_is_the_same():
    first, second = (worlds.worlds(PROBLEM, quiet) for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_shares_of_worlds_sum_to_one():
    made = worlds.sample(PROBLEM, quiet, measure="log", seed=2)
    for dates in worlds.find_sample(PROBLEM, "log", made).shares.values():
        for found in dates.values():
            words = (found.holds, found.fails, found.undecided, found.reversed)
            assert sum(word.estimate for word in words) == pytest.approx(1.0)
