"""Prior families and their coordinates."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from sim.inference.priors import FAMILIES, INSIDE, Prior, log_ratio, values

LEVELS = np.array([0.001, 0.05, 0.3, 0.5, 0.8, 0.95, 0.999])
REFERENCE = {
    "uniform": stats.uniform(0.2, 0.6),
    "log": stats.loguniform(0.2, 0.8),
    "normal": stats.truncnorm(-0.5 / (0.3 / INSIDE), 0.5 / (0.3 / INSIDE), 0.5, 0.3 / INSIDE),
    "beta": stats.beta(2, 2, 0.2, 0.6),
}
families = st.sampled_from(FAMILIES)


@pytest.mark.parametrize("family", REFERENCE)
def test_quantiles_are_those_of_the_family(family):
    prior = Prior("x", family, 0.2, 0.8, 0.0, 1.0)
    assert prior.value(stats.norm.ppf(LEVELS)) == pytest.approx(REFERENCE[family].ppf(LEVELS))
    inside = REFERENCE[family].ppf(LEVELS)
    assert prior.log_density(inside) == pytest.approx(REFERENCE[family].logpdf(inside), abs=1e-9)


def test_soft_edges_hold_nine_tenths():
    prior = Prior("x", "lognormal", 0.3, 3.0)
    assert prior.value(np.array([-INSIDE, INSIDE])) == pytest.approx([0.3, 3.0])


@given(families, st.floats(0.01, 5), st.floats(0.1, 5), st.floats(-3, 3))
def test_coordinates_and_numbers_are_inverse(family, low, width, z):
    prior = Prior("x", family, low, low + width, 0.0, 1e9)
    assert prior.coordinate(prior.value(np.array([z])))[0] == pytest.approx(z, abs=1e-5)


@given(families, st.floats(0.05, 5), st.floats(0.1, 5))
def test_a_density_integrates_to_one(family, low, width):
    prior = Prior("x", family, low, low + width, 0.0, 1e9)
    points = prior.value(np.array([-7.0, -3.0, -1.0, 0.0, 1.0, 3.0, 7.0]))
    mass = sum(integrate.quad(lambda x: float(np.exp(prior.log_density(np.array(x)))), a, b)[0] for a, b in pairwise(points))
    assert mass == pytest.approx(1.0, abs=1e-5)


def test_numbers_stay_within_what_is_possible():
    prior = Prior("x", "normal", 0.05, 0.9, 0.0, 1.0)
    found = prior.value(np.linspace(-9, 9, 101))
    assert (found >= 0.0).all()
    assert (found <= 1.0).all()
    assert np.isneginf(prior.log_density(np.array([-0.1, 1.1]))).all()


@pytest.mark.parametrize("family", ["normal", "lognormal", "beta"])
def test_a_belief_is_reached_from_another_by_weights(family):
    """The mean under a narrower belief is the weighted mean under the wider one."""
    z = np.random.default_rng(1).standard_normal((1, 200_000))
    wide = Prior("x", family, 0.2, 0.8, 0.0, 10.0)
    narrow = wide.scaled(0.5)
    numbers = values([wide], z)
    weights = np.exp(log_ratio([wide], {"x": narrow}, numbers))
    assert weights.mean() == pytest.approx(1.0, abs=0.02)
    for power in (1, 2):
        assert np.average(numbers["x"] ** power, weights=weights) == pytest.approx((narrow.value(z[0]) ** power).mean(), rel=0.01)


def test_a_range_that_reaches_zero_keeps_its_scale():
    assert Prior("x", "normal", 0.0, 1.0).logged().family == "normal"
    assert Prior("x", "uniform", 0.1, 1.0).logged().family == "log"
