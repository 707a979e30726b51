"""What a regression on visible punishments concludes, against the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.thesis.statistics.naive import naive_histories, naive_view


def deterred(runs=2_000, seed=0):
    """Bold pairs are punished and keep a large tie; the others foresee it and stop short. Without Beijing all are larger.

    Gives the tie and the punished months with Beijing, and the tie without it.
    """
    rng = np.random.default_rng(seed)
    wish = rng.gamma(9, 1, runs)
    bold = wish > 13
    tie = np.where(bold, wish - 1, np.minimum(wish, 6.0))
    return tie, np.where(bold, rng.poisson(4, runs), 0), wish


class TestNaiveView:
    def test_by_hand(self):
        # Punishments 0, 1, 2 and ties 10, 8, 6: a fall of 2 each, by the mean of one punishment a cap of 2.
        found = naive_view([10.0, 8.0, 6.0], [0.0, 1.0, 2.0], [10.0, 10.0, 10.0])
        assert found.slope.value == pytest.approx(-2)
        assert found.cap.value == pytest.approx(2)
        assert found.truth.value == pytest.approx(2)
        assert found.error.value == pytest.approx(0)
        assert found.punished.value == pytest.approx(2 / 3)

    def test_where_threats_work_the_observer_gets_the_sign_wrong(self):
        found = naive_view(*deterred())
        assert found.slope.low > 0
        assert found.cap.high < 0
        assert found.truth.low > 2
        assert found.error.high < 0
        assert found.punished.value < 0.15

    def test_where_punishments_come_at_random_the_observer_is_right(self):
        rng = np.random.default_rng(1)
        hits = []
        for _ in range(400):
            off, punishment = rng.gamma(9, 1, 150), rng.poisson(2, 150)
            tie = off - 0.5 * punishment + rng.normal(0, 1, 150)
            found = naive_view(tie, punishment, off)
            hits.append((found.slope.low <= -0.5 <= found.slope.high, found.error.low <= 0 <= found.error.high))
        np.testing.assert_allclose(np.mean(hits, axis=0), 0.95, atol=0.035)

    def test_errors_allow_for_unequal_variances(self):
        rng = np.random.default_rng(2)
        punishment = rng.uniform(0, 2, (1_500, 60))
        tie = punishment + punishment**2 * rng.normal(0, 1, (1_500, 60))
        found = naive_view(tie, punishment, tie)
        assert np.mean((found.slope.low <= 1) & (found.slope.high >= 1)) > 0.92

    def test_without_any_punishment_there_is_nothing_to_see(self):
        found = naive_view([3.0, 4.0, 5.0], [0.0, 0.0, 0.0], [6.0, 8.0, 9.0])
        for part in (found.slope, found.cap, found.error):
            assert np.isnan(part.value)
            assert (part.low, part.high) == (-np.inf, np.inf)
        assert found.truth.value == pytest.approx(11 / 3)
        assert found.punished.value == 0

    def test_a_punishment_that_is_always_the_same_tells_nothing_either(self):
        found = naive_view([3.0, 4.0, 5.0], [2.0, 2.0, 2.0], [6.0, 8.0, 9.0])
        assert np.isnan(found.slope.value)
        assert found.punished.value == 1

    @pytest.mark.parametrize("runs", [1, 2])
    def test_too_few_runs_leave_all_open(self, runs):
        found = naive_view([3.0, 4.0][:runs], [0.0, 1.0][:runs], [5.0, 5.0][:runs])
        assert (found.slope.low, found.slope.high) == (-np.inf, np.inf)

    def test_equal_ties_have_slope_nought(self):
        found = naive_view([3.0] * 4, [0.0, 1.0, 0.0, 2.0], [3.0] * 4)
        assert found.slope.low == found.slope.high == 0
        assert found.error.value == 0

    def test_each_dimension_stands_by_itself(self):
        tie, punishment, off = deterred(300)
        found = naive_view(np.stack([tie, -tie]), punishment, np.stack([off, -off]))
        np.testing.assert_allclose(found.slope.value[0], -found.slope.value[1])
        np.testing.assert_allclose(found.cap.error[0], found.cap.error[1])

    @given(st.floats(0.01, 100), st.floats(0.01, 100), st.integers(0, 100))
    def test_units_carry_over(self, tie_unit, punishment_unit, seed):
        tie, punishment, off = deterred(60, seed)
        plain = naive_view(tie, punishment, off)
        scaled = naive_view(tie_unit * tie, punishment_unit * punishment, tie_unit * off)
        np.testing.assert_allclose(scaled.slope.value, plain.slope.value * tie_unit / punishment_unit, rtol=1e-9)
        np.testing.assert_allclose(scaled.cap.value, plain.cap.value * tie_unit, rtol=1e-9)
        np.testing.assert_allclose(scaled.error.error, plain.error.error * tie_unit, rtol=1e-9)

    def test_the_error_of_the_cap_is_that_of_a_bootstrap(self):
        tie, punishment, off = deterred(500, seed=3)
        rng = np.random.default_rng(0)
        at = rng.integers(500, size=(800, 500))
        again = naive_view(tie[at], punishment[at], off[at])
        found = naive_view(tie, punishment, off)
        assert found.cap.error == pytest.approx(again.cap.value.std(), rel=0.12)
        assert found.error.error == pytest.approx(again.error.value.std(), rel=0.12)


class TestNaiveHistories:
    def test_by_hand(self):
        months = np.arange(40.0)
        tie = np.stack([10 - 2 * (months % 2), 10 + 3 * (months % 2), months, np.ones(40)], axis=1)
        punishment = np.stack([months % 2, months % 2, np.zeros(40), np.full(40, 0.5)], axis=1)
        found = naive_histories(tie, punishment)
        np.testing.assert_allclose(found.slopes.value, [-2, 3, np.nan, np.nan], atol=1e-12)
        assert found.blind.value == 0.5
        assert found.sees_cap.value == 0.25
        assert found.sees_opposite.value == 0.25
        assert found.sees_nothing.value == 0.5
        np.testing.assert_array_equal(found.slopes.low[2:], [-np.inf, -np.inf])

    def test_white_noise_is_taken_for_an_effect_as_often_as_promised(self):
        rng = np.random.default_rng(0)
        found = naive_histories(rng.normal(0, 1, (60, 2_000)), rng.random((60, 2_000)) < 0.3)
        assert found.sees_nothing.value == pytest.approx(0.93, abs=0.03)

    def test_errors_allow_for_months_that_resemble_each_other(self):
        rng = np.random.default_rng(1)
        steps = rng.normal(0, 1, (2, 120, 1_000))
        for month in range(1, 120):
            steps[:, month] += 0.5 * steps[:, month - 1]
        found = naive_histories(*steps)
        slopes = found.slopes
        plain = slopes.value.std()
        naive_error = 1 / np.sqrt(120)  # what an error for independent months comes to
        assert plain > 1.2 * naive_error
        assert slopes.error.mean() > 1.1 * naive_error
        assert found.sees_nothing.value > 0.88

    def test_dimensions_and_runs_keep_their_places(self):
        rng = np.random.default_rng(2)
        tie, punishment = rng.normal(0, 1, (24, 5, 30)), rng.poisson(1, (24, 30))[:, None]
        found = naive_histories(tie, punishment)
        assert found.slopes.value.shape == (5, 30)
        assert found.blind.value.shape == (5,)
        single = naive_histories(tie[:, 3], punishment[:, 0])
        np.testing.assert_allclose(found.slopes.low[3], single.slopes.low)

    @pytest.mark.parametrize("months", [1, 2])
    def test_a_history_of_a_month_or_two_concludes_nothing(self, months):
        found = naive_histories(np.arange(months)[:, None] * 1.0, np.arange(months)[:, None] * 1.0)
        assert found.sees_nothing.value == 1

    @given(st.integers(3, 40), st.integers(1, 6), st.integers(0, 1_000))
    def test_the_views_are_all_there_is(self, months, runs, seed):
        rng = np.random.default_rng(seed)
        found = naive_histories(rng.normal(0, 1, (months, runs)), rng.poisson(0.3, (months, runs)))
        assert found.sees_cap.value + found.sees_nothing.value + found.sees_opposite.value == pytest.approx(1)
        assert found.blind.value <= found.sees_nothing.value
