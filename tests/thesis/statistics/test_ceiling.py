"""Four looks at a ceiling: bunching, the slope in tolerance, monotony, and time to an event."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.optimize import isotonic_regression

from sim.errors import UserError
from sim.thesis.statistics.ceiling import (
    bunching,
    isotonic,
    monotony,
    quantile_slope,
    restricted,
    restricted_mean,
)
from sim.thesis.statistics.effects import paired_effect


class TestBunching:
    def test_by_hand(self):
        # Window (0.9, 1]: with Beijing 3 of 4 runs lie in it, without it 1; two come from above.
        found = bunching(on=[1.0, 1.0, 0.95, 0.3], off=[1.4, 2.0, 0.95, 0.3], tolerance=1.0)
        assert (found.with_beijing.value, found.without_beijing.value) == (0.75, 0.25)
        assert found.excess.value == 0.5
        assert found.missing.value == 0.5
        assert found.ratio == 2

    def test_a_ceiling_is_seen(self):
        off = np.random.default_rng(0).gamma(4, 0.3, (2, 2_000))
        found = bunching(np.minimum(off, 1.0), off, tolerance=1.0)
        assert (found.excess.low > 0.3).all()
        np.testing.assert_allclose(found.excess.value, found.missing.value)

    def test_a_tie_that_another_limit_holds_down_does_not_bunch(self):
        off = np.minimum(np.random.default_rng(1).gamma(4, 0.3, 2_000), 0.7)
        found = bunching(off, off, tolerance=1.0)
        assert found.excess.value == 0
        assert found.excess.low < 0 < found.excess.high
        assert found.missing.value == 0
        assert np.isnan(found.ratio)

    def test_a_proportional_fall_is_no_ceiling(self):
        """Beijing may hold the tie down everywhere without any threshold: then mass leaves the window as it enters."""
        off = np.random.default_rng(2).uniform(0, 3, 20_000)
        found = bunching(0.8 * off, off, tolerance=1.0)
        assert found.excess.value == pytest.approx((0.1 / 0.8 - 0.1) / 3, abs=0.01)
        assert found.excess.high < 0.02

    def test_tolerance_may_differ_from_run_to_run_and_by_dimension(self):
        off = np.random.default_rng(3).gamma(4, 0.5, (3, 500))
        per_run = np.random.default_rng(4).uniform(0.5, 1.5, (3, 500))
        assert (bunching(np.minimum(off, per_run), off, per_run).excess.low > 0).all()
        levels = np.array([0.5, 1.0, 2.0])
        assert bunching(np.minimum(off, levels[:, None]), off, levels).excess.value.shape == (3,)

    def test_rounding_does_not_push_a_tie_over_the_edge(self):
        assert bunching([0.1 * 3], [1.0], tolerance=0.3).with_beijing.value == 1

    @pytest.mark.parametrize("window", [0.0, -0.1, 1.5, np.nan])
    def test_a_window_without_sense_is_refused(self, window):
        with pytest.raises(UserError, match="window"):
            bunching([1.0], [1.0], 1.0, window)

    @given(arrays(float, (2, 30), elements=st.floats(0, 3)))
    def test_equal_arms_have_no_excess(self, ties):
        found = bunching(ties, ties, 1.0)
        assert (found.excess.value == 0).all()
        assert (found.excess.low < 0).all()


class TestQuantileSlope:
    levels = np.linspace(0.2, 1.2, 9)

    def test_a_ceiling_has_slope_one_and_another_limit_slope_nought(self):
        wish = np.random.default_rng(0).gamma(8, 0.5, 800)
        capped = np.minimum(wish, self.levels[:, None])
        bounded = np.tile(np.minimum(wish, 0.15), (9, 1))
        found = quantile_slope(self.levels, np.stack([capped, bounded], axis=1))
        np.testing.assert_allclose(found.slope.value, [1, 0], atol=1e-9)
        assert found.quantiles.shape == (9, 2)
        np.testing.assert_allclose(found.quantiles[:, 0], self.levels)

    def test_by_hand(self):
        found = quantile_slope([0.0, 1.0, 2.0], [[1.0, 1.0], [1.5, 1.5], [3.0, 3.0]])
        assert found.slope.value == pytest.approx(1.0)  # least squares through 1, 1.5, 3
        assert found.slope.error == pytest.approx(0.0)

    def test_the_interval_covers_the_slope(self):
        rng = np.random.default_rng(5)
        hits, levels = [], np.linspace(0.2, 1.2, 4)
        for seed in range(60):
            shock = rng.normal(0, 1, 300)
            ties = 2 + 0.5 * levels[:, None] * (1 + 0.3 * shock) + 0.1 * rng.normal(0, 1, (4, 300))
            found = quantile_slope(levels, ties, quantile=0.5, resamples=80, seed=seed).slope
            hits.append(found.low <= 0.5 <= found.high)
        assert np.mean(hits) == pytest.approx(0.95, abs=0.05)

    def test_a_single_run_has_a_slope_without_a_bound(self):
        found = quantile_slope([0.0, 1.0], [[1.0], [3.0]])
        assert found.slope.value == 2
        assert np.isinf(found.slope.error)

    @pytest.mark.parametrize("levels", [[1.0], [0.7, 0.7, 0.7]])
    def test_one_level_has_no_slope(self, levels):
        with pytest.raises(UserError, match="two different levels"):
            quantile_slope(levels, np.ones((len(levels), 10)))


class TestMonotony:
    def test_by_hand(self):
        # The second run falls from 3 to 1: the nearest rising curve has 2 and 2 there.
        found = monotony(np.array([[1.0, 3.0], [2.0, 1.0], [2.0, 4.0]]))
        assert found.share.value == 0.5
        np.testing.assert_allclose(found.residual, [0, 1])
        assert found.largest == 1

    def test_a_fall_within_the_solvers_precision_is_none(self):
        ties = np.array([[1.0], [1.0 - 1e-9], [2.0]])
        assert monotony(ties).share.value == 0
        assert monotony(ties, tolerated=1e-6).share.value == 1
        assert monotony(ties, tolerated=1e-6).largest == 0

    def test_one_level_is_monotone(self):
        assert monotony(np.ones((1, 5))).share.value == 1

    @given(arrays(float, array_shapes(min_dims=2, max_dims=3, max_side=7), elements=st.floats(-100, 100)))
    def test_fits_are_those_of_scipy(self, curves):
        fitted = isotonic(curves)
        for column in np.ndindex(curves.shape[1:]):
            wanted = isotonic_regression(curves[(slice(None), *column)]).x
            np.testing.assert_allclose(fitted[(slice(None), *column)], wanted, atol=1e-9)

    @given(arrays(float, (6, 4), elements=st.floats(-100, 100)))
    def test_rising_curves_have_no_residual(self, steps):
        found = monotony(np.cumsum(np.abs(steps), axis=0))
        assert found.share.value == 1
        assert found.largest == 0

    @given(arrays(float, (6, 4), elements=st.floats(-100, 100)))
    def test_a_residual_says_that_a_curve_falls(self, curves):
        found = monotony(curves)
        falls = (np.diff(curves, axis=0) < 0).any(axis=0)
        assert ((found.residual > 0) <= falls).all()
        assert found.share.value == pytest.approx(1 - falls.mean())


class TestTimeToAnEvent:
    def test_restricted_mean_by_hand(self):
        time, share = restricted_mean([4.0, 10.0, np.inf, 90.0, np.nan], horizon=60)
        assert time.value == pytest.approx((4 + 10 + 60 + 60 + 60) / 5)
        assert share.value == 0.4

    def test_an_event_that_never_comes_takes_the_whole_horizon(self):
        time, share = restricted_mean(np.full(10, np.inf), horizon=60)
        assert time.low == time.high == 60
        assert share.value == 0
        assert share.high > 0

    def test_it_is_the_area_under_the_survival_curve(self):
        months = np.random.default_rng(0).geometric(0.05, 500).astype(float)
        survival = [(months > month).mean() for month in range(60)]
        assert restricted_mean(months, 60)[0].value == pytest.approx(sum(survival))

    def test_what_beijing_puts_off_has_a_negative_effect(self):
        rng = np.random.default_rng(1)
        off = rng.geometric(0.1, 800).astype(float)
        on = off + rng.integers(0, 12, 800)
        found = paired_effect(restricted(off, 60), restricted(on, 60))
        assert found.absolute_high < 0

    @pytest.mark.parametrize("horizon", [0, -3, np.nan])
    def test_a_horizon_without_sense_is_refused(self, horizon):
        with pytest.raises(UserError, match="above zero"):
            restricted([1.0], horizon)
