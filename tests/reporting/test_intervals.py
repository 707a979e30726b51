"""Intervals of means and shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.reporting.intervals import around, mean, share, share_difference, spread, t_quantile


def test_the_mean_of_four_numbers_by_hand():
    # 1, 2, 3, 4: mean 2.5, standard deviation √(5/3), error 0.6455, t(3) = 3.1824
    found = mean([1.0, 2.0, 3.0, 4.0])
    assert found.value == 2.5
    assert found.error == pytest.approx(np.sqrt(5 / 3) / 2)
    assert found.high - found.value == pytest.approx(3.182446 * np.sqrt(5 / 3) / 2, rel=1e-6)
    assert found.value - found.low == pytest.approx(found.high - found.value)


def test_a_mean_reduces_the_last_axis_only():
    assert mean(np.ones((3, 5, 7))).low.shape == (3, 5)


def test_a_single_run_says_nothing_about_the_spread():
    found = mean([[7.0]])
    assert (found.value, found.error, found.low, found.high) == (7.0, np.inf, -np.inf, np.inf)


def test_without_any_run_there_is_no_mean():
    with pytest.raises(ValueError, match="at least one run"):
        mean(np.zeros((2, 0)))


@given(st.floats(-1e12, 1e12), st.integers(2, 50))
def test_equal_values_have_no_error_at_all(value, runs):
    assert spread(np.full(runs, value)) == 0
    found = mean(np.full(runs, value))
    assert found.error == 0
    assert found.low == found.value == found.high


def test_t_quantiles_of_the_tables():
    assert t_quantile(1) == pytest.approx(12.7062, abs=1e-4)
    assert t_quantile(15) == pytest.approx(2.13145, abs=1e-5)
    assert t_quantile(np.inf) == pytest.approx(1.959964, abs=1e-6)
    assert t_quantile(0) == np.inf


def test_a_known_value_keeps_a_point_even_with_no_degree_of_freedom():
    found = around(3.0, 0.0, 0)
    assert found.low == found.high == 3.0


def test_a_share_keeps_a_width_at_none_and_at_all():
    none, every = share(0, 20), share(20, 20)
    assert none.low == 0
    assert 0.08 < none.high < 0.17
    assert every.high == 1
    assert every.low == pytest.approx(1 - none.high)
    assert none.error > 0


def test_a_share_of_nothing_is_unknown():
    found = share(0, 0)
    assert np.isnan(found.value)
    assert (found.low, found.high) == (0.0, 1.0)


@given(st.integers(0, 200), st.integers(1, 200))
def test_a_share_lies_within_its_interval_and_the_interval_within_nought_and_one(hits, trials):
    hits = min(hits, trials)
    found = share(hits, trials)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_the_difference_of_paired_shares_is_antisymmetric(pairs):
    first, second = np.array(pairs).T
    one, other = share_difference(first, second), share_difference(second, first)
    assert one.value == -other.value
    assert one.low == pytest.approx(-other.high)
    assert -1 <= one.low < one.high <= 1


def test_shares_and_their_paired_differences_cover_the_truth():
    rng = np.random.default_rng(5)
    trials = 4_000
    for p in (0.02, 0.3, 0.9):
        found = share(rng.binomial(60, p, trials), 60)
        assert np.mean((found.low <= p) & (p <= found.high)) > 0.92
    latent = rng.random((trials, 80))
    first, second = latent < 0.30, (latent < 0.18) | (rng.random((trials, 80)) < 0.02)
    truth = 0.30 - (0.18 + 0.82 * 0.02)
    found = share_difference(first, second)
    assert np.mean((found.low <= truth) & (truth <= found.high)) == pytest.approx(0.95, abs=0.015)
