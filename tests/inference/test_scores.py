"""Scores of forecasts against figures that are ranges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.inference.scores import crps, distance, last_value, linear_trend, range_crps, within

SAMPLES = arrays(float, st.integers(1, 30), elements=st.floats(-100, 100))
NUMBER = st.floats(-200, 200)


@given(SAMPLES, NUMBER)
def test_the_score_is_that_of_its_definition(samples, observed):
    between = np.abs(samples[:, None] - samples[None, :]).mean()
    assert crps(samples, observed) == pytest.approx(np.abs(samples - observed).mean() - between / 2, abs=1e-9)


@given(NUMBER, NUMBER)
def test_for_a_single_number_it_is_the_error(forecast, observed):
    assert crps([forecast], observed) == pytest.approx(abs(forecast - observed))


@given(SAMPLES, NUMBER, st.floats(0, 50), NUMBER)
def test_a_range_is_scored_at_its_kindest_point(samples, low, width, other):
    found = range_crps(samples, low, low + width)
    assert found <= crps(samples, np.clip(other, low, low + width)) + 1e-9
    assert found == pytest.approx(
        min(crps(samples, y) for y in (low, low + width, np.clip(np.median(samples), low, low + width)))
    )


@given(SAMPLES)
def test_an_open_range_blames_nobody_for_what_it_leaves_open(samples):
    assert range_crps(samples, -np.inf, np.inf) == pytest.approx(crps(samples, np.median(samples)))
    assert range_crps(samples, samples.max() + 10, np.inf) == pytest.approx(crps(samples, samples.max() + 10))


@given(NUMBER, NUMBER, st.floats(0, 50))
def test_a_naive_forecast_is_scored_by_its_distance_from_the_range(forecast, low, width):
    assert distance(forecast, low, low + width) == pytest.approx(range_crps([forecast], low, low + width))


def test_a_range_is_within_a_band_where_it_meets_it():
    samples = np.tile(np.arange(101.0), (5, 1))
    low = np.array([50, 10, -np.inf, 76, 0])
    high = np.array([50, 30, 24, np.inf, 100])
    assert within(samples, low, high, 0.5).tolist() == [True, True, False, False, True]
    assert within(samples, low, high, 0.9).tolist() == [True, True, True, True, True]


def test_naive_forecasts():
    assert last_value([1, 3, 2], [10, 30, 20]) == 30
    assert last_value([1, 3, 3], [10, 30, 20]) == 25
    assert np.isnan(last_value([], []))
    assert linear_trend([1, 2, 3], [10, 20, 30], 5) == pytest.approx(50)
    assert linear_trend([1, 2, 3], [10, 30, 20], [2.0, 4.0]) == pytest.approx([20, 30])
    assert np.isnan(linear_trend([1, 1], [10, 20], 5))
    assert np.isnan(linear_trend([], [], 5))
