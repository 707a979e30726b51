"""Likelihood ratios of events, and the tests of process tracing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.reporting.intervals import share
from sim.thesis.statistics.evidence_value import likelihood_ratios, ratio


def worlds(in_binding, in_others, each=100):
    """One event that comes about in so many of the binding worlds, and of the others."""
    events = np.zeros((1, 2 * each), dtype=bool)
    events[0, :in_binding] = events[0, each : each + in_others] = True
    return events, np.arange(2 * each) < each


class TestRatios:
    def test_by_hand(self):
        found = likelihood_ratios(*worlds(80, 20))
        assert found.presence == pytest.approx(4.0)
        assert found.absence == pytest.approx(0.25)
        assert found.presence_low < 4 < found.presence_high
        assert found.given_binding.value == pytest.approx(0.8)
        # Even odds: one bit of doubt, 1 − H(0.8) is told.
        assert found.bits == pytest.approx(1 + 0.8 * np.log2(0.8) + 0.2 * np.log2(0.2))

    @pytest.mark.parametrize("counts", [(0, 0), (0, 50), (50, 0), (100, 100), (0, 100), (100, 0), (100, 50), (50, 100)])
    def test_counts_of_none_and_all_leave_a_usable_interval(self, counts):
        found = likelihood_ratios(*worlds(*counts))
        for kind in ("presence", "absence"):
            value, low, high = (getattr(found, kind + end)[0] for end in ("", "_low", "_high"))
            assert low >= 0
            assert low < high
            assert np.isnan(value) or low <= value <= high
        assert not np.isnan(found.bits).any()

    def test_an_event_seen_only_where_beijing_binds_has_a_lower_bound(self):
        found = likelihood_ratios(*worlds(50, 0))
        assert found.presence == np.inf
        assert 10 < found.presence_low < 50
        assert found.presence_high == np.inf

    def test_an_event_that_never_happens_says_nothing(self):
        found = likelihood_ratios(*worlds(0, 0))
        assert np.isnan(found.presence)
        assert (found.presence_low, found.presence_high) == (0, np.inf)
        assert found.absence == 1
        assert found.bits == 0
        assert found.test == "straw in the wind"

    @given(st.integers(0, 40), st.integers(0, 40))
    def test_turning_the_question_round_inverts_the_ratio(self, first, second):
        events, binding = worlds(first, second, each=40)
        one, other = likelihood_ratios(events, binding), likelihood_ratios(events, ~binding)
        if first and second:
            assert one.presence == pytest.approx(1 / other.presence)
            assert one.presence_low == pytest.approx(1 / other.presence_high)
        none = likelihood_ratios(~events, binding)
        np.testing.assert_allclose(none.presence, one.absence)
        np.testing.assert_allclose(none.absence_high, one.presence_high)
        assert one.bits == pytest.approx(other.bits)

    @pytest.mark.parametrize(("p", "q"), [(0.6, 0.2), (0.1, 0.05), (0.95, 0.5)])
    def test_the_interval_covers_the_ratio(self, p, q):
        rng = np.random.default_rng(1)
        first, second = share(rng.binomial(60, p, 4_000), 60), share(rng.binomial(90, q, 4_000), 90)
        _, low, high = ratio(first, second)
        assert np.mean((low <= p / q) & (high >= p / q)) > 0.93

    def test_runs_of_one_world_count_as_one_sample(self):
        """Ten runs of each world that all agree are worth no more than one run of each."""
        events, binding = worlds(60, 20)
        single, many = likelihood_ratios(events, binding), likelihood_ratios(np.repeat(events[..., None], 10, axis=2), binding)
        np.testing.assert_allclose(single.presence_low, many.presence_low)
        np.testing.assert_allclose(single.presence, many.presence)

    def test_independent_runs_count_in_full(self):
        rng = np.random.default_rng(2)
        events = rng.random((1, 200, 10)) < 0.5
        binding = np.arange(200) < 100
        width = lambda found: np.log(found.presence_high / found.presence_low)[0]  # noqa: E731
        assert width(likelihood_ratios(events, binding)) < 0.45 * width(likelihood_ratios(events[..., 0], binding))

    def test_the_interval_covers_the_ratio_when_worlds_differ(self):
        rng = np.random.default_rng(3)
        inside = []
        for _ in range(400):
            chances = np.concatenate([rng.beta(3, 2, 50), rng.beta(1, 4, 50)])
            events = rng.random((1, 100, 4)) < chances[:, None]
            found = likelihood_ratios(events, np.arange(100) < 50)
            inside.append(found.presence_low[0] <= 3 <= found.presence_high[0])
        assert np.mean(inside) == pytest.approx(0.95, abs=0.03)


class TestTests:
    @pytest.mark.parametrize(
        ("counts", "name"),
        [
            ((400, 2), "smoking gun"),
            ((2, 400), "smoking gun against"),
            ((999, 600), "hoop"),
            ((600, 999), "hoop against"),
            ((998, 2), "doubly decisive"),
            ((2, 998), "doubly decisive against"),
            ((600, 400), "straw in the wind"),
            ((500, 500), "straw in the wind"),
        ],
    )
    def test_by_what_presence_and_absence_say(self, counts, name):
        assert likelihood_ratios(*worlds(*counts, each=1_000)).test == name

    def test_few_worlds_make_no_strong_test(self):
        assert likelihood_ratios(*worlds(4, 0, each=10)).test == "straw in the wind"

    def test_what_counts_as_strong_can_be_declared(self):
        assert likelihood_ratios(*worlds(800, 200, each=1_000), strong=3.0).test == "doubly decisive"
        with pytest.raises(UserError, match="above 1"):
            likelihood_ratios(*worlds(1, 1), strong=1.0)

    @pytest.mark.parametrize("binding", [True, False])
    def test_with_only_one_kind_of_world_nothing_can_be_compared(self, binding):
        events, _ = worlds(30, 10)
        found = likelihood_ratios(events, np.full(200, binding))
        assert found.test == "not comparable"
        assert np.isnan(found.presence)
        assert (found.presence_low, found.presence_high) == (0, np.inf)

    def test_one_world_of_each_kind(self):
        found = likelihood_ratios([[True, False]], [True, False])
        assert found.presence == np.inf
        assert found.presence_low < 10

    def test_shapes_that_do_not_fit_are_refused(self):
        with pytest.raises(ValueError, match="needed"):
            likelihood_ratios(np.zeros((2, 5), bool), np.zeros(4, bool))
        with pytest.raises(ValueError, match="needed"):
            likelihood_ratios(np.zeros(5, bool), np.zeros(5, bool))

    def test_each_event_stands_by_itself(self):
        events, binding = worlds(80, 20)
        found = likelihood_ratios(np.concatenate([events, ~events]), binding)
        assert found.presence.shape == found.test.shape == (2,)
        np.testing.assert_allclose(found.presence, found.absence[::-1])
