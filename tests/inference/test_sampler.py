"""The sampler against posteriors that are known in closed form."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sim.errors import UserError
from sim.inference.sampler import (
    ISLANDS,
    NEAR,
    Plan,
    effective_size,
    next_temperature,
    prior_particles,
    sample,
    scatter,
    systematic,
)
from sim.inference.simulation import IMPOSSIBLE, Evaluation

PLAN = Plan(
    numbers=6, shock_coordinates=0, months=4, shocks=64, bank=4000, particles=1000, moves=20, last=20, effective=0.5, seed=1
)
SEEN, ERROR = np.array([2.0, -1.0]), 0.3


class Gaussian:
    """Two of six numbers are measured with an error; the keys of two months have to be small."""

    def __init__(self, strength=1.0):
        self.strength = strength
        self.shared = type("Shared", (), {"readings": ()})()

    def evaluate(self, particles, tick=lambda runs: None):
        said = particles.z[:2]
        numbers = stats.norm.logpdf(SEEN[:, None], said, ERROR).sum(axis=0)
        shocks = -0.1 * particles.keys[:2].sum(axis=0)
        return Evaluation(self.strength * np.array([numbers, shocks]), said, np.zeros((0, 4, len(particles))))


@pytest.fixture(scope="module")
def found():
    return sample(PLAN, Gaussian())


def test_the_marginal_likelihood_is_that_of_the_closed_form(found):
    numbers = stats.norm.logpdf(SEEN, 0.0, np.hypot(1.0, ERROR)).sum()
    shocks = 2 * np.log(np.exp(-0.1 * np.arange(PLAN.shocks)).mean())
    value, error = found.log_evidence
    assert error < 0.15
    assert value == pytest.approx(numbers + shocks, abs=4 * error)


def test_numbers_and_shocks_have_their_posterior_within_the_error_that_is_told(found):
    precision = 1.0 + 1.0 / ERROR**2
    mean, deviation = SEEN / ERROR**2 / precision, precision**-0.5
    z, keys, weights = found.particles.z, found.particles.keys, found.weights
    for place in (0, 1):
        seen, error = scatter(z[place], weights)
        assert error < 0.05
        assert seen == pytest.approx(mean[place], abs=4 * error)
        assert np.average((z[place] - seen) ** 2, weights=weights) ** 0.5 == pytest.approx(deviation, rel=0.15)
    expected = np.average(np.arange(PLAN.shocks), weights=np.exp(-0.1 * np.arange(PLAN.shocks)))
    seen, error = scatter(keys[0].astype(float), weights)
    assert seen == pytest.approx(expected, abs=4 * error)


def test_what_the_record_does_not_tell_of_stays_as_it_was_believed(found):
    for row in found.particles.z[2:]:
        mean, error = scatter(row, found.weights)
        assert abs(mean) < 4 * error
        assert row.std() == pytest.approx(1.0, abs=0.15)
    assert found.particles.keys[2:].mean() == pytest.approx((PLAN.shocks - 1) / 2, rel=0.05)
    assert 200 < found.worth <= PLAN.particles


def test_particles_that_stem_from_few_are_found_out():
    """Eight islands of one particle each are worth eight draws and no more, however many copies there are."""
    rng = np.random.default_rng(3)
    copies = np.repeat(rng.normal(size=(200, ISLANDS)), 125, axis=1)
    errors = np.array([scatter(row, np.ones(1000))[1] for row in copies])
    assert 1.0 / np.mean(errors**2) == pytest.approx(ISLANDS, rel=0.15)
    alone = np.array([scatter(row, np.ones(1000))[1] for row in rng.normal(size=(200, 1000))])
    assert 1.0 / np.mean(alone**2) == pytest.approx(1000, rel=0.15)


def test_a_record_that_tells_nothing_leaves_the_prior():
    state = sample(PLAN, Gaussian(0.0))
    assert [step.temperature for step in state.steps] == [1.0]
    assert state.log_evidence == pytest.approx((0.0, 0.0))
    assert state.particles.z.mean() == pytest.approx(0.0, abs=0.06)


def test_temperatures_rise_by_steps_that_keep_half_the_sample(found):
    temperatures = [step.temperature for step in found.steps]
    assert temperatures == sorted(temperatures)
    assert temperatures[-1] == 1.0
    assert all(step.effective == pytest.approx(PLAN.particles / 2, rel=1e-3) for step in found.steps[1:-1])


def test_the_sampler_stops_where_it_is_told_to():
    told = []
    sample(replace(PLAN, stops=(0.5,)), Gaussian(), tell=lambda state: told.append(state.temperature))
    assert 0.5 in told


def test_a_stop_that_is_near_is_reached_at_once(found):
    near = found.steps[1].temperature * 1.02
    steps = sample(replace(PLAN, stops=(near,)), Gaussian()).steps
    assert steps[0].temperature == found.steps[0].temperature
    assert steps[1].temperature == near
    assert NEAR * 500 <= steps[1].effective < 500


def test_a_seed_gives_the_same_particles_and_another_seed_others(found):
    again = sample(PLAN, Gaussian())
    assert again.particles.z.tobytes() == found.particles.z.tobytes()
    other = sample(replace(PLAN, seed=2), Gaussian())
    assert (other.particles.z != found.particles.z).any()
    error = np.hypot(other.log_evidence[1], found.log_evidence[1])
    assert other.log_evidence[0] == pytest.approx(found.log_evidence[0], abs=4 * error)


def test_it_goes_on_from_any_state_to_the_same_end(found):
    states = []
    sample(PLAN, Gaussian(), tell=states.append)
    resumed = sample(PLAN, Gaussian(), states[1])
    assert resumed.particles.z.tobytes() == found.particles.z.tobytes()
    assert resumed.steps == found.steps


class Impossible(Gaussian):
    def evaluate(self, particles, tick=lambda runs: None):
        nothing = np.full((1, len(particles)), IMPOSSIBLE)
        return Evaluation(nothing, np.zeros((0, len(particles))), np.zeros((0, 4, len(particles))))


def test_a_record_that_cannot_have_come_about_is_said_so():
    with pytest.raises(UserError, match="the dated events"):
        sample(PLAN, Impossible())


def test_a_temperature_leaves_the_effective_size_that_is_wanted():
    scores = np.random.default_rng(1).normal(scale=30.0, size=500)
    reached = next_temperature(scores, 0.1, 250.0)
    assert effective_size((reached - 0.1) * scores) == pytest.approx(250.0, rel=1e-3)
    assert next_temperature(np.zeros(500), 0.1, 250.0) == 1.0


def test_resampling_draws_each_as_often_as_its_weight_says():
    weights = np.array([0.5, 0.25, 0.2, 0.05])
    counts = np.bincount(systematic(weights, 100, np.random.default_rng(2)), minlength=4)
    assert np.abs(counts - 100 * weights).max() <= 1


def test_draws_of_the_prior_for_different_ends_differ():
    first, second = (prior_particles(PLAN, 5, stream).z for stream in (0, 1))
    assert (first != second).all()


class Linear(Gaussian):
    """Ten sums of forty numbers are measured with an error: the posterior ties all of them together."""

    weights = np.random.default_rng(0).normal(size=(10, 40)) * 0.25
    seen = 1.3 * weights @ np.random.default_rng(1).standard_normal(40)

    def evaluate(self, particles, tick=lambda runs: None):
        said = self.weights @ particles.z
        likely = stats.norm.logpdf(self.seen[:, None], said, 0.8).sum(axis=0)
        return Evaluation(likely[None], said, np.zeros((0, 4, len(particles))))


def test_steps_toward_a_fit_make_the_posterior_no_narrower():
    """A fit to the very particles that it moves would: their variance and the evidence would come out too small."""
    plan = replace(PLAN, numbers=40, bank=4000, particles=800, moves=12, last=20)
    states = [sample(replace(plan, seed=seed), Linear()) for seed in (1, 2, 3)]
    evidence = stats.multivariate_normal(np.zeros(10), Linear.weights @ Linear.weights.T + 0.64 * np.eye(10)).logpdf(Linear.seen)
    variance = np.diag(np.linalg.inv(np.eye(40) + Linear.weights.T @ Linear.weights / 0.64))
    found = [
        np.average((s.particles.z - s.particles.z.mean(axis=1, keepdims=True)) ** 2, axis=1, weights=s.weights) for s in states
    ]
    assert np.mean(np.array(found) / variance) == pytest.approx(1.0, abs=0.03)
    assert np.mean([state.log_evidence[0] for state in states]) == pytest.approx(evidence, abs=0.12)
