"""Samples of a declared box, classes of worlds and the shares of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.errors import UserError
from sim.experiments.ranges import scrambled
from sim.thesis.statistics.words import WORDS
from sim.thesis.statistics.worlds import classes, closeness, misclassed, noise_within, shares


class TestClasses:
    def test_worlds_are_classed_by_their_point_estimate(self):
        off = np.array([[10.0, 12.0], [10.0, 12.0], [10.0, 12.0], [0.0, 0.0], [10.0, np.nan]])
        on = np.array([[8.0, 9.0], [10.0, 11.5], [13.0, 15.0], [0.0, 0.0], [8.0, 9.0]])
        assert classes(off, on, 0.1, 0.5).tolist() == ["holds", "fails", "reversed", "fails", "undecided"]

    def test_a_world_whose_denominator_is_noisy_still_has_a_class(self):
        assert classes([[0.0, 8.0]], [[0.0, 2.0]], 0.1, 0.5).tolist() == ["holds"]

    def test_one_run_a_world_is_enough(self):
        assert classes([[10.0]], [[5.0]], 0.1, 0.5).tolist() == ["holds"]

    def test_each_dimension_has_its_own_smallest_effect(self):
        off, on = np.full((2, 3, 2), 10.0), np.full((2, 3, 2), 8.0)
        words = classes(off, on, 0.1, np.array([[0.5], [5.0]]))
        assert words.tolist() == [["holds"] * 3, ["fails"] * 3]


class TestCloseness:
    def worlds(self, effects, runs=4, noise=1.0, seed=0):
        rng = np.random.default_rng(seed)
        off = 100 + rng.normal(0, 3, (len(effects), runs))
        return off, off * (1 - np.asarray(effects)[:, None]) + rng.normal(0, noise, off.shape)

    def test_worlds_at_the_edge_come_first(self):
        effects = np.array([0.9, 0.5, 0.1, 0.0, -0.1, -0.6])
        away = closeness(*self.worlds(effects), 0.1, 1.0)
        assert set(np.argsort(away)[:2]) == {2, 4}  # at δ and at −δ
        assert away[0] > away[1] > away[2]

    def test_an_absolute_edge_counts_as_well(self):
        away = closeness(*self.worlds([0.2, 0.5]), 0.1, 20.0)
        assert away[0] < away[1]
        assert away[0] < 3

    def test_without_a_relative_effect_only_the_absolute_edge_counts(self):
        off = np.array([[1.0, 1.2, 0.8], [1.0, 1.1, 0.9]])
        on = np.array([[0.95, 1.0, 0.7], [0.9, 1.0, 0.8]])
        with_floor = closeness(off, on, 0.1, 50.0, floor=10.0)
        assert (with_floor > closeness(off, on, 0.1, 50.0)).all()

    def test_worlds_in_which_nothing_differs_are_settled(self):
        off, on = self.worlds([0.5, 0.1])
        on[0] = off[0]
        assert closeness(off, on, 0.1, 1.0)[0] == np.inf
        assert (closeness(off, off, 0.0, 0.0) == np.inf).all()

    def test_equal_runs_without_any_noise_are_settled_too(self):
        off, on = np.full((3, 2), 10.0), np.full((3, 2), 5.0)
        assert (closeness(off, on, 0.1, 1.0) == np.inf).all()

    def test_a_single_run_tells_no_spread(self):
        with pytest.raises(ValueError, match="two runs"):
            closeness([[1.0]], [[1.0]], 0.1, 0.0)

    def test_the_share_of_wrong_classes_is_foreseen(self):
        """True effects spread widely about δ, three runs a world: the estimate of how many are misclassed fits the count."""
        rng = np.random.default_rng(3)
        effects = rng.normal(0.1, 0.1, 20_000)
        off, on = self.worlds(effects, runs=3, noise=2.0, seed=4)
        wrong = (classes(off, on, 0.1, 0.0) == "holds") != (effects > 0.1)
        foreseen = misclassed(closeness(off, on, 0.1, 0.0))
        assert foreseen == pytest.approx(wrong.mean(), abs=0.005)

    def test_settled_worlds_are_never_misclassed(self):
        assert misclassed([np.inf, np.inf]) == 0


class TestShares:
    def words(self, hits, worlds=8):
        """One row a scrambling, with so many that hold, and the rest failing."""
        return np.array([["holds"] * n + ["fails"] * (worlds - n) for n in hits])

    def test_by_hand(self):
        found = shares(self.words([4, 6] * 8))
        assert found["holds"].value == 0.625
        half = 2.13145 * 0.125 * np.sqrt(16 / 15) / 4  # t(15) · s/√16
        assert found["holds"].high == pytest.approx(0.625 + half, rel=1e-5)
        assert found["fails"].low == pytest.approx(0.375 - half, rel=1e-5)
        assert found["reversed"].value == found["undecided"].value == 0

    @given(arrays("<U9", st.tuples(st.just(16), st.integers(1, 3), st.integers(1, 9)), elements=st.sampled_from(WORDS)))
    def test_shares_sum_to_one_within_their_bounds(self, words):
        found = shares(words)
        np.testing.assert_allclose(sum(each.value for each in found.values()), 1)
        for each in found.values():
            assert each.value.shape == (words.shape[1],)
            assert (each.low >= 0).all()
            assert (each.high <= 1).all()
            assert (each.low <= each.value).all()
            assert (each.value <= each.high).all()

    def test_scramblings_that_all_agree_still_leave_a_doubt(self):
        found = shares(self.words([8] * 16))
        assert found["holds"].value == found["holds"].high == 1
        assert 0.97 < found["holds"].low < 1
        assert 0 < found["fails"].high < 0.03

    def test_fewer_than_sixteen_scramblings_are_refused(self):
        with pytest.raises(UserError, match="at least 16"):
            shares(self.words([4] * 15))

    @pytest.mark.parametrize("seed", range(3))
    def test_the_interval_is_narrower_than_that_of_independent_worlds(self, seed):
        """Sobol points in two dimensions: the share under a line is far better known than by as many random worlds."""
        unit = scrambled(2, 256, 16, seed)
        found = shares(np.where(unit.sum(axis=-1) < 0.8, "holds", "fails"))["holds"]
        assert abs(found.value - 0.32) < 4 * found.error
        assert found.error < 0.5 * np.sqrt(0.32 * 0.68 / (16 * 256))

    def test_the_interval_covers_the_share(self):
        inside = []
        for seed in range(120):
            found = shares(np.where(np.prod(scrambled(3, 16, 16, seed), axis=-1) < 0.1, "holds", "fails"))["holds"]
            truth = 0.1 * (1 - np.log(0.1) + np.log(0.1) ** 2 / 2)  # a product of three uniforms
            inside.append(found.low <= truth <= found.high)
        assert np.mean(inside) == pytest.approx(0.95, abs=0.05)


class TestNoiseWithin:
    def test_it_is_found(self):
        rng = np.random.default_rng(0)
        true = rng.normal(0, 10, (2, 4_000, 1))
        found = noise_within(true + rng.normal(0, 1, (2, 4_000, 3)), np.zeros((2, 4_000, 3)))
        np.testing.assert_allclose(found, 0.01, rtol=0.1)

    def test_worlds_that_do_not_differ_have_no_ratio(self):
        assert np.isnan(noise_within(np.ones((5, 2)), np.zeros((5, 2))))
