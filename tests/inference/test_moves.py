"""Steps of particles: what each leaves in place."""

import numpy as np
import pytest
from scipy import stats

from sim.inference.moves import KINDS, NAMES, Blocks, Fit, fits_of_others, propose
from sim.inference.simulation import Particles

MEAN = np.array([1.0, -2.0, 0.5])
COVARIANCE = np.array([[0.5, 0.3, 0.0], [0.3, 0.8, 0.1], [0.0, 0.1, 0.2]])


def exact():
    return Fit(MEAN, np.linalg.inv(COVARIANCE))


@pytest.mark.parametrize("moved", [[True, True, True], [True, False, True], [False, True, False]])
@pytest.mark.parametrize("beta", [1.0, 0.4])
def test_a_fitted_step_is_always_taken_where_the_posterior_is_the_fit(moved, beta):
    rng, chosen = np.random.default_rng(1), np.array(moved)
    z = rng.multivariate_normal(MEAN, COVARIANCE, 200).T
    proposed, ratio = exact().step(z, chosen, beta, rng.standard_normal(z.shape))
    posterior, prior = stats.multivariate_normal(MEAN, COVARIANCE), stats.multivariate_normal(np.zeros(3))
    gain = [posterior.logpdf(each.T) - prior.logpdf(each.T) for each in (z, proposed)]
    assert ratio + gain[1] - gain[0] == pytest.approx(np.zeros(200), abs=1e-9)
    assert (proposed[~chosen] == z[~chosen]).all()
    assert (proposed[chosen] != z[chosen]).all()


def test_fitted_steps_draw_from_the_fit():
    rng, z = np.random.default_rng(2), np.zeros((3, 20_000))
    for _ in range(30):  # some coordinates at a time, given the others
        z, _ = exact().step(z, rng.random(3) < 0.5, 0.8, rng.standard_normal(z.shape))
    assert z.mean(axis=1) == pytest.approx(MEAN, abs=0.03)
    assert np.cov(z) == pytest.approx(COVARIANCE, abs=0.03)


def test_a_fit_to_few_particles_stays_near_the_prior():
    z = np.random.default_rng(3).normal(2.0, 0.1, (50, 5))
    few, many = Fit.of(z), Fit.of(np.random.default_rng(3).normal(2.0, 0.1, (2, 5000)))
    assert np.abs(few.mean).max() < 0.25
    assert np.diag(np.linalg.inv(few.precision)).min() > 0.9
    assert many.mean == pytest.approx([2.0, 2.0], abs=0.01)
    assert np.diag(np.linalg.inv(many.precision)) == pytest.approx([0.01, 0.01], abs=2e-3)


def test_each_kind_moves_its_own_block_alone():
    rng, blocks = np.random.default_rng(4), Blocks(5, 3, 100)
    before = Particles(rng.standard_normal((8, 4000)), rng.integers(0, 100, (6, 4000)))
    kind, after, ratio = propose(blocks, before, fits_of_others(before.z), (1.0,) * len(KINDS), np.ones(8), rng)
    assert set(kind) == set(range(len(KINDS)))
    moved, keyed = before.z != after.z, before.keys != after.keys
    for place, each in enumerate(KINDS):
        mine = kind == place
        assert moved[:5, mine].any() == (each.block in ("numbers", "all"))
        assert moved[5:, mine].any() == (each.block in ("shocks", "all"))
        assert keyed[:, mine].any() == (each.way == "keys")
        assert (ratio[mine] != 0).any() == (each.way == "fitted")
    one = kind == NAMES.index("one month")
    assert keyed[:, one].sum(axis=0).max() == 1


def test_there_are_no_steps_of_shocks_where_none_are_moved_as_numbers_are():
    chances = Blocks(5, 0, 100).chances()
    assert all((chance == 0) == (kind.block == "shocks") for chance, kind in zip(chances, KINDS, strict=True))
