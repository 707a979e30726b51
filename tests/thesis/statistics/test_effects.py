"""The paired effect, its two intervals and its four words."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.errors import UserError
from sim.thesis.statistics.effects import Effect, at_point, effect, paired_effect, threat_and_action, verdict


def an_effect(absolute=(0.0, 0.0, 0.0), relative=(0.0, 0.0, 0.0)):
    """An effect with these points and bounds: (low, point, high)."""
    values = {name.name: np.array(1.0) for name in fields(Effect)} | {"runs": 100}
    for kind, (low, point, high) in (("absolute", absolute), ("relative", relative)):
        values |= {kind: np.array(point), f"{kind}_low": np.array(low), f"{kind}_high": np.array(high)}
    return Effect(**values)


outcomes = st.integers(2, 30).flatmap(
    lambda runs: st.tuples(*(arrays(float, runs, elements=st.floats(0.5, 1_000, width=32)) for _ in range(2)))
)


class TestEffect:
    def test_by_hand(self):
        # off 10, 12, 14; on 8, 9, 10: differences 2, 3, 4, mean 3 of 12
        found = paired_effect([10.0, 12.0, 14.0], [8.0, 9.0, 10.0])
        assert found.absolute == 3
        assert found.relative == 0.25
        assert found.reference == 12
        half = 4.302653 * 1 / np.sqrt(3)  # t(2) · s/√n with s = 1
        assert found.absolute_low == pytest.approx(3 - half, rel=1e-6)
        assert found.absolute_high == pytest.approx(3 + half, rel=1e-6)
        assert found.correlation == pytest.approx(1)
        assert found.pairing == pytest.approx(1 / (4 + 1))
        assert found.runs == 3

    def test_fiellers_ends_solve_the_quadratic_equation(self):
        rng = np.random.default_rng(1)
        off = rng.gamma(4, 2, 40)
        on = 0.7 * off + rng.normal(0, 1, 40)
        found = paired_effect(off, on)
        t, n = 2.0226909, 40
        for end in (found.relative_low, found.relative_high):
            contrast = off - on - end * off
            assert contrast.mean() ** 2 == pytest.approx(t**2 * contrast.var(ddof=1) / n, rel=1e-6)
        assert found.relative_low < found.relative < found.relative_high

    def test_arms_in_proportion_give_the_ratio_exactly(self):
        off = np.array([4.0, 5.0, 6.0, 7.0])
        found = paired_effect(off, 0.75 * off)
        assert found.relative_low == pytest.approx(0.25, rel=1e-12)
        assert found.relative_high == pytest.approx(0.25, rel=1e-12)

    def test_each_dimension_stands_by_itself(self):
        rng = np.random.default_rng(2)
        off, on = rng.gamma(3, 1, (2, 3, 50)), rng.gamma(3, 1, (2, 3, 50))
        found, single = paired_effect(off, on), paired_effect(off[1, 2], on[1, 2])
        assert found.relative_low.shape == (2, 3)
        for name in ("absolute_low", "relative", "relative_low", "relative_high", "correlation", "pairing"):
            assert getattr(found, name)[1, 2] == pytest.approx(float(getattr(single, name)), rel=1e-12)

    def test_a_single_run_leaves_the_interval_open(self):
        found = paired_effect([4.0], [3.0])
        assert (found.absolute_low, found.absolute_high) == (-np.inf, np.inf)
        assert found.relative == 0.25
        assert np.isnan(found.relative_low)
        assert np.isnan(found.correlation)
        assert verdict(found, 0.1, 0.0) == "undecided"

    def test_without_runs_there_is_no_effect(self):
        with pytest.raises(ValueError, match="at least one run"):
            paired_effect(np.zeros((2, 0)), np.zeros((2, 0)))

    def test_equal_arms_differ_by_exactly_nothing(self):
        arm = np.random.default_rng(3).gamma(2, 3, 30)
        found = paired_effect(arm, arm)
        for name in ("absolute", "absolute_low", "absolute_high", "relative", "relative_low", "relative_high"):
            assert getattr(found, name) == 0

    def test_a_zero_denominator_leaves_only_the_absolute_effect(self):
        found = paired_effect(np.zeros(5), np.array([1.0, 2.0, 3.0, 2.0, 2.0]))
        assert np.isnan(found.relative)
        assert np.isnan(found.relative_low)
        assert found.absolute == -2
        assert verdict(found, 0.1, 0.5) == "reversed"

    def test_a_denominator_that_cannot_be_told_from_zero_has_no_relative_interval(self):
        found = paired_effect([0.0, 0.0, 0.0, 8.0], [0.0, 0.0, 0.0, 2.0])
        assert found.relative == 0.75  # the point is known, and classes a world
        assert np.isnan(found.relative_low)
        assert np.isnan(found.relative_high)

    def test_under_the_floor_there_is_no_relative_effect(self):
        off, on = np.full(10, 1e-6), np.full(10, 3e-6)
        assert verdict(paired_effect(off, on), 0.1, 0.5) == "reversed"
        assert verdict(paired_effect(off, on, floor=0.5), 0.1, 0.5) == "fails"

    def test_an_arm_that_does_not_vary_has_no_correlation(self):
        found = paired_effect([1.0, 2.0, 4.0], [0.1, 0.1, 0.1])
        assert np.isnan(found.correlation)
        assert found.pairing == pytest.approx(1)

    def test_pairing_hurts_where_the_arms_move_against_each_other(self):
        off = np.array([1.0, 2.0, 3.0])
        found = paired_effect(off, 4 - off)
        assert found.correlation == pytest.approx(-1)
        assert found.pairing == pytest.approx(2)

    @given(outcomes, st.floats(1e-9, 1e9))
    def test_units_change_the_absolute_effect_only(self, arms, scale):
        off, on = arms
        plain, scaled = paired_effect(off, on), paired_effect(scale * off, scale * on)
        tolerance = 1e-6 * (1 + np.abs(on).max() / off.mean())
        assert scaled.relative == pytest.approx(float(plain.relative), rel=1e-6, abs=tolerance)
        if np.isfinite(plain.relative_low) and plain.relative_high - plain.relative_low < 10:
            assert scaled.relative_low == pytest.approx(float(plain.relative_low), rel=1e-5, abs=tolerance)
        assert scaled.absolute == pytest.approx(scale * float(plain.absolute), rel=1e-6, abs=scale * off.max() * 1e-9)

    @given(outcomes)
    def test_points_lie_within_their_bounds(self, arms):
        found = paired_effect(*arms)
        slack = 1e-9 * (1 + abs(float(found.relative)))
        assert found.absolute_low <= found.absolute <= found.absolute_high
        if np.isfinite(found.relative_low):
            assert found.relative_low - slack <= found.relative <= found.relative_high + slack

    @given(outcomes)
    def test_both_intervals_agree_on_the_sign(self, arms):
        """The relative interval holds zero exactly where the absolute one does, when the denominator is known."""
        found = paired_effect(*arms)
        assume(np.isfinite(found.relative_low))
        assume(min(abs(found.absolute_low), abs(found.absolute_high)) > 1e-6)
        assert (found.absolute_low > 0) == (found.relative_low > 0)
        assert (found.absolute_high < 0) == (found.relative_high < 0)

    @pytest.mark.parametrize("noise", [0.3, 1.5])
    def test_intervals_cover_the_truth(self, noise):
        rng = np.random.default_rng(11)
        replications, runs = 4_000, 40
        shock = rng.gamma(4, 0.25, (replications, runs))
        off = 10 * shock
        on = 8 * shock + rng.normal(0, noise, (replications, runs))
        found = paired_effect(off, on)
        relative = np.mean((found.relative_low <= 0.2) & (found.relative_high >= 0.2))
        absolute = np.mean((found.absolute_low <= 2) & (found.absolute_high >= 2))
        assert relative == pytest.approx(0.95, abs=0.012)
        assert absolute == pytest.approx(0.95, abs=0.012)

    def test_fieller_covers_where_the_denominator_is_poorly_known(self):
        """Where the set has no ends it counts as covering, as it holds every or nearly every ratio."""
        rng = np.random.default_rng(12)
        off = rng.normal(1.0, 2.2, (6_000, 15))
        on = off - rng.normal(0.5, 1.0, (6_000, 15))
        found = effect(off - on, off, floor=0.0)
        bounded = np.isfinite(found.relative_low)
        assert 0.05 < bounded.mean() < 0.95
        covered = (found.relative_low <= 0.5) & (found.relative_high >= 0.5)
        assert np.mean(covered | ~bounded) > 0.94


class TestVerdict:
    @pytest.mark.parametrize(
        ("absolute", "relative", "word"),
        [
            ((5, 6, 7), (0.2, 0.3, 0.4), "holds"),
            ((0.5, 6, 7), (0.2, 0.3, 0.4), "undecided"),  # absolute lower bound under δ_abs
            ((5, 6, 7), (0.05, 0.3, 0.4), "undecided"),
            ((0.1, 0.2, 0.3), (0.2, 0.3, 0.4), "fails"),  # large as a share, small in its unit
            ((5, 6, 7), (0.01, 0.03, 0.09), "fails"),
            ((-3, -2, -1), (-0.4, -0.3, -0.2), "reversed"),
            ((-3, -2, -1), (-0.4, -0.3, -0.05), "fails"),
            ((-9, 1, 9), (-0.9, 0.1, 0.9), "undecided"),
        ],
    )
    def test_the_words_in_their_order(self, absolute, relative, word):
        assert verdict(an_effect(absolute, relative), delta=0.1, delta_abs=1.0) == word

    @pytest.mark.parametrize(
        ("absolute", "word"),
        [((2, 3, 4), "holds"), ((-1, 0, 0.5), "fails"), ((-4, -3, -2), "reversed"), ((0, 2, 4), "undecided")],
    )
    def test_without_a_relative_effect_the_absolute_one_is_judged(self, absolute, word):
        assert verdict(an_effect(absolute, (np.nan,) * 3), delta=0.1, delta_abs=1.0) == word

    def test_nothing_at_all_fails_even_where_nothing_is_of_interest(self):
        assert verdict(an_effect(), delta=0.0, delta_abs=0.0) == "fails"
        assert verdict(an_effect(relative=(np.nan,) * 3), delta=0.0, delta_abs=0.0) == "fails"

    def test_with_delta_zero_the_sign_decides(self):
        assert verdict(an_effect((1, 2, 3), (0.1, 0.2, 0.3)), 0.0, 0.0) == "holds"
        assert verdict(an_effect((-3, -2, -1), (-0.3, -0.2, -0.1)), 0.0, 0.0) == "reversed"
        assert verdict(an_effect((-1, 0.1, 1), (-0.1, 0.01, 0.1)), 0.0, 0.0) == "undecided"

    def test_what_is_no_number_is_undecided(self):
        nothing = (np.nan,) * 3
        assert verdict(an_effect(nothing, nothing), 0.1, 1.0) == "undecided"

    @pytest.mark.parametrize(("delta", "delta_abs"), [(-0.1, 1.0), (0.1, -1.0), (np.nan, 1.0), (0.1, np.nan)])
    def test_a_smallest_effect_below_zero_is_refused(self, delta, delta_abs):
        with pytest.raises(UserError, match="zero or more"):
            verdict(an_effect(), delta, delta_abs)

    def test_each_dimension_has_its_own_smallest_effect(self):
        off = np.tile(np.array([10.0, 11.0, 9.0, 10.0]), (2, 1))
        words = verdict(paired_effect(off, 0.7 * off), 0.1, np.array([0.5, 50.0]))
        assert words.tolist() == ["holds", "fails"]

    def test_a_point_is_never_undecided(self):
        rng = np.random.default_rng(4)
        off, on = rng.gamma(1, 1, (500, 3)), rng.gamma(1, 1, (500, 3))
        words = verdict(at_point(paired_effect(off, on)), 0.1, 0.2)
        assert set(words) == {"holds", "fails", "reversed"}

    def test_an_effect_equal_to_delta_is_mostly_undecided(self):
        rng = np.random.default_rng(6)
        off = rng.gamma(9, 1, (3_000, 60))
        on = 0.9 * off + rng.normal(0, 1, (3_000, 60))
        words = verdict(paired_effect(off, on), 0.1, 0.0)
        assert np.mean(words == "undecided") == pytest.approx(0.95, abs=0.015)


class TestThreatAndDeed:
    def test_by_hand(self):
        one = np.ones(4)
        found = threat_and_action(on=5 * one, no_threat=8 * one, no_action=6 * one, off=10 * one)
        assert {name: float(each.absolute) for name, each in found.items()} == {
            "threat": 3, "action": 1, "both": 5, "interaction": 1,
        }  # fmt: skip
        assert found["threat"].relative == pytest.approx(0.3)
        assert {float(each.reference) for each in found.values()} == {10}

    @given(arrays(float, (4, 3, 12), elements=st.floats(0, 100)))
    @example(np.full((4, 3, 12), 3e-289))
    @example(np.array([100.0, 3e-289, 0.0, 3e-289])[:, None, None] * np.ones((4, 3, 12)))
    def test_the_parts_sum_to_the_whole(self, arms):
        found = threat_and_action(*arms)
        parts = sum(found[name].absolute for name in ("threat", "action", "interaction"))
        np.testing.assert_allclose(parts, found["both"].absolute, atol=1e-9)

    def test_the_whole_is_the_paired_effect(self):
        arms = np.random.default_rng(8).gamma(2, 1, (4, 30))
        both, plain = threat_and_action(*arms)["both"], paired_effect(arms[3], arms[0])
        assert both.relative_low == plain.relative_low
        assert both.absolute_high == plain.absolute_high
