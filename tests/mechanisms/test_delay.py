"""What takes its time: nothing is lost on the way, and it takes as long on average as is said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.delay import STAGES, through_stages


def arrivals(mean: float, months: int = 400) -> np.ndarray:
    """What comes out month by month of one unit that goes in at once."""
    held, found = np.zeros((STAGES, 1)), []
    for month in range(months):
        held, out = through_stages(held, np.array([1.0 * (month == 0)]), np.array([mean]))
        found.append(out[0])
    return np.array(found)


@pytest.mark.parametrize("mean", [0.0, 0.5, 3.0, 6.0, 20.0])
def test_it_takes_as_long_on_average_as_is_said(mean):
    out = arrivals(mean)
    assert out.sum() == pytest.approx(1.0)
    assert out @ np.arange(len(out)) == pytest.approx(mean, abs=1e-6)


def test_most_comes_about_the_mean_and_not_at_once():
    out = arrivals(6.0)
    assert 3 <= out.argmax() <= 6
    assert out[0] < 0.05


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 100)), min_size=1, max_size=5))
def test_nothing_is_lost_and_each_run_is_by_itself(runs):
    inflow, inside, mean = np.array(runs).T
    held = np.stack([inside] * STAGES)
    left, out = through_stages(held, inflow, mean)
    np.testing.assert_allclose(left.sum(axis=0) + out, held.sum(axis=0) + inflow, rtol=1e-12, atol=1e-9)
    assert (left >= 0).all()
    for run in range(len(runs)):
        alone, came = through_stages(held[:, run : run + 1], inflow[run : run + 1], mean[run : run + 1])
        np.testing.assert_array_equal(alone[:, 0], left[:, run])
        np.testing.assert_array_equal(came[0], out[run])
