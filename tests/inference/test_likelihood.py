"""Closed forms of the likelihood against scipy and against sums by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.special import logsumexp

from sim.inference.likelihood import (
    Amounts,
    log_count,
    log_first,
    log_interval,
    log_normal_density,
    log_process,
    process_covariance,
    shared_bias,
)

RNG = np.random.default_rng(5)
RUNS = 7


def amounts(low, high, deviation, counter, loads=None, bias=0.35, factor=0.0):
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    loads = np.zeros(len(low)) if loads is None else np.asarray(loads, dtype=float)
    return Amounts(low, high, np.asarray(deviation, dtype=float), np.asarray(counter), bias, loads, factor)


@given(st.integers(1, 6), st.sampled_from([0.0, 0.1, 0.35, 2.0]))
def test_numbers_with_a_shared_bias_are_a_multivariate_normal(rows, bias):
    rng = np.random.default_rng(rows)
    deviation, residual = rng.uniform(0.05, 0.5, rows), rng.normal(size=(rows, RUNS))
    covariance = np.diag(deviation**2) + bias**2
    found = shared_bias(residual, deviation, bias)
    assert found.log_density == pytest.approx(stats.multivariate_normal(cov=covariance).logpdf(residual.T), rel=1e-6)
    given_rows = bias**2 * np.ones(rows) @ np.linalg.solve(covariance, residual)
    assert found.mean == pytest.approx(given_rows, abs=1e-9)


@given(st.floats(-40, 40), st.floats(0.001, 10))
def test_the_probability_of_a_range_is_right_far_out(low, width):
    a, b = (-(low + width), -low) if low > 0 else (low, low + width)
    expected = logsumexp([stats.norm.logcdf(b), stats.norm.logcdf(a)], b=[1, -1])
    assert log_interval(low, low + width) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert log_interval(-np.inf, np.inf) == 0.0
    assert log_interval(low, np.inf) == pytest.approx(stats.norm.logsf(low))


def test_ranges_with_a_shared_bias_are_the_probability_of_a_box():
    low, high, deviation = [0.0, -0.4, -np.inf], [0.5, 0.3, 0.2], np.array([0.2, 0.3, 0.25])
    said = RNG.normal(scale=0.3, size=(3, RUNS))
    found = amounts(low, high, deviation, [0, 0, 0]).log_likelihood(said)
    whole = stats.multivariate_normal(cov=np.diag(deviation**2) + 0.35**2, maxpts=10**6, abseps=1e-8, releps=1e-8)
    for run in range(RUNS):
        ends = np.maximum(low - said[:, run], -20), high - said[:, run]
        expected = np.log(whole.cdf(ends[1], lower_limit=ends[0]))
        assert found[run] == pytest.approx(expected, abs=0.01)


def test_a_factor_that_two_counters_share_correlates_their_rows():
    deviation, counter, loads, factor = np.array([0.1, 0.2, 0.15, 0.1]), np.array([0, 0, 1, 2]), np.array([1.0, 1, 1, 0]), 0.2
    seen, said = RNG.normal(size=4), RNG.normal(size=(4, RUNS))
    covariance = np.diag(deviation**2) + 0.35**2 * (counter[:, None] == counter) + factor**2 * np.outer(loads, loads)
    expected = stats.multivariate_normal(cov=covariance).logpdf((seen[:, None] - said).T)
    found = amounts(seen, seen, deviation, counter, loads, factor=factor).log_likelihood(said)
    assert found == pytest.approx(expected, rel=2e-3)


def test_a_number_and_a_range_of_one_counter_are_integrated_over_its_bias():
    reading = amounts([0.1, 0.3], [0.1, np.inf], [0.15, 0.1], [0, 0])
    said = np.array([[0.4], [0.2]])

    def joint(b):
        return stats.norm.pdf(0.1 - 0.4 - b, scale=0.15) * stats.norm.sf((0.3 - 0.2 - b) / 0.1) * stats.norm.pdf(b, scale=0.35)

    assert reading.log_likelihood(said)[0] == pytest.approx(np.log(integrate.quad(joint, -3, 3)[0]), abs=1e-3)


def test_no_rows_say_nothing():
    assert (amounts([], [], [], np.zeros(0, dtype=int)).log_likelihood(np.zeros((0, RUNS))) == 0.0).all()
    assert (log_normal_density(np.zeros((0, RUNS)), np.zeros((0, 0))) == 0.0).all()


@given(st.integers(0, 30), st.floats(0.1, 40), st.floats(0.5, 100))
def test_counts_are_negative_binomial(count, mean, dispersion):
    family = stats.nbinom(dispersion, dispersion / (dispersion + mean))
    assert log_count(count, count, mean, dispersion) == pytest.approx(family.logpmf(count), rel=1e-6, abs=1e-6)
    expected = family.pmf(np.arange(count, count + 4)).sum()
    assert np.exp(log_count(count, count + 3, mean, dispersion)) == pytest.approx(expected, abs=1e-9)
    assert np.exp(log_count(count, np.inf, mean, dispersion)) == pytest.approx(family.sf(count - 1), abs=1e-9)


def test_errors_of_a_process_have_the_covariance_of_what_they_are_made_of():
    months, draws = 6, 400_000
    weights = np.array([[0, 1, 0, 0, 0, 0], [0, 0.5, 0.5, 0, 0, 0], [0, -1, 0, 0, 0, 1.0]])
    level, walk, drift, noise = 0.3, 0.1, 0.05, 0.2
    deviation, own, same = np.array([0.1, 0.2, 0.1]), np.array([0.3, 0.3, 0.3]), np.array([0, 0, 1])
    steps = RNG.normal(size=(months, draws)) * walk
    errors = RNG.normal(size=draws) * level + steps.cumsum(axis=0) + np.arange(1, months + 1)[:, None] * (
        RNG.normal(size=draws) * drift
    ) + RNG.normal(size=(months, draws)) * noise  # fmt: skip
    series = RNG.normal(size=(2, draws)) * 0.3
    rows = weights @ errors + series[same] + RNG.normal(size=(3, draws)) * deviation[:, None]
    found = process_covariance(weights, level, walk, drift, noise, deviation, own, same)
    assert found == pytest.approx(np.cov(rows), abs=4e-3)


def test_an_unknown_size_is_summed_over():
    residual, base = RNG.normal(size=(3, RUNS)), np.diag([0.5, 1.0, 2.0]) + 0.3
    found = log_process(residual, np.stack([base, 4 * base]))
    one, two = (stats.multivariate_normal(cov=each).pdf(residual.T) for each in (base, 4 * base))
    assert found == pytest.approx(np.log((one + two) / 2))


def test_a_first_month_is_the_likelier_the_nearer():
    said = np.array([10.0, 15.0, 18.0])
    seen = log_first(said, 15.0, 17, 1.5)
    assert seen[1] > seen[2] > seen[0]
    assert np.exp(log_first(np.arange(-60.0, 90.0), 15.0, 17, 1.5)).sum() == pytest.approx(1.0)
    unseen = log_first(said, None, 17, 1.5)
    assert unseen[2] > unseen[1] > unseen[0]
    assert np.exp(unseen[2]) == pytest.approx(stats.norm.cdf(0.5 / 1.5))
