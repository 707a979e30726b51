"""Boxes of parameters, and points carried into them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.errors import UserError
from sim.experiments.ranges import Range, in_box, scrambled

BOX = (
    Range("china.goodwill", 0.2, 1.2),
    Range("north_korea.stake_scale", 0.01, 100.0, "log"),
    Range("world.harm", -5.0, 5.0),
)


class TestRange:
    @pytest.mark.parametrize(
        ("low", "high", "measure", "message"),
        [
            (2.0, 1.0, "linear", "upside down"),
            (0.0, 1.0, "log", "above zero"),
            (0.0, 1.0, "square", "unknown measure"),
            (0.0, np.inf, "linear", "finite"),
            (np.nan, 1.0, "linear", "finite"),
        ],
    )
    def test_a_range_without_sense_is_refused_with_its_address(self, low, high, measure, message):
        with pytest.raises(UserError, match=message) as caught:
            Range("china.goodwill", low, high, measure)
        assert caught.value.place == "china.goodwill"


class TestScrambled:
    def test_each_scrambling_fills_every_interval_once(self):
        points = scrambled(3, 64, 4, seed=1)
        assert points.shape == (4, 64, 3)
        cells = np.sort(np.floor(points * 64), axis=1)
        assert (cells == np.arange(64)[None, :, None]).all()

    def test_scramblings_differ_and_can_be_added_to(self):
        few, many = scrambled(2, 16, 3, seed=5), scrambled(2, 16, 6, seed=5)
        np.testing.assert_array_equal(few, many[:3])
        assert len(np.unique(many.reshape(-1, 2), axis=0)) == 6 * 16
        assert not np.array_equal(few, scrambled(2, 16, 3, seed=6))

    @pytest.mark.parametrize("points", [0, 3, 100, -8])
    def test_points_come_in_powers_of_two(self, points):
        with pytest.raises(UserError, match="powers of two"):
            scrambled(2, points, 16)

    def test_nothing_to_vary_is_refused(self):
        with pytest.raises(UserError, match="at least one parameter"):
            scrambled(0, 8, 16)


class TestInBox:
    def test_by_hand(self):
        np.testing.assert_allclose(in_box([[0.5, 0.5, 0.5]], BOX), [[0.7, 1.0, 0.0]])
        np.testing.assert_allclose(in_box([[0.5, 0.5, 0.5]], BOX, "linear"), [[0.7, 50.005, 0.0]])
        np.testing.assert_allclose(in_box([[0.5, 0.5, 0.5]], BOX, "log"), [[np.sqrt(0.24), 1.0, 0.0]])

    def test_a_range_of_one_point_stays_there(self):
        assert in_box([[0.3], [0.9]], [Range("a", 0.1, 0.1, "log")]).tolist() == [[0.1], [0.1]]

    @given(arrays(float, (5, 3), elements=st.floats(0, 1)), st.sampled_from(["declared", "linear", "log"]))
    def test_points_stay_in_the_box_and_in_order(self, unit, measure):
        points = in_box(unit, BOX, measure)
        assert (points >= [each.low for each in BOX]).all()
        assert (points <= [each.high for each in BOX]).all()
        for column in range(3):
            order = np.argsort(unit[:, column], kind="stable")
            assert (np.diff(points[order, column]) >= 0).all()

    def test_an_unknown_measure_is_refused(self):
        with pytest.raises(UserError, match="unknown measure 'square'"):
            in_box([[0.5]], BOX[:1], "square")
