"""Designs: each fills its box as its name says, and what makes no sense is refused before any memory is taken."""

import json
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.experiments import samplers
from sim.experiments.design import Design
from sim.experiments.ranges import Range
from sim.experiments.samplers import SAMPLERS

BOX = (Range("a", 0.0, 1.0), Range("b", 0.01, 100.0, "log"), Range("c", -5.0, 5.0))
CENTRE = {"a": 0.3, "b": 1.0, "c": 0.0}


@st.composite
def boxes(draw, most=5):
    """A few ranges of any position, width and measure."""
    sides = []
    for number in range(draw(st.integers(2, most))):
        log = draw(st.booleans())
        low = draw(st.floats(1e-6, 1e6) if log else st.floats(-1e6, 1e6))
        width = draw(st.floats(1e-3, 1e3))
        high = low * (1 + width) if log else low + width * max(1.0, abs(low))
        sides.append(Range(f"side.{number}", low, high, "log" if log else "linear"))
    return tuple(sides)


def matrix(design):
    """The points of a design, shape (points, parameters)."""
    return np.stack(list(design.columns.values()), axis=1)


def unit(design, box):
    """The points carried back into the unit cube."""
    columns = []
    for side in box:
        low, high, column = (
            np.log(each) if side.measure == "log" else each for each in (side.low, side.high, design.columns[side.address])
        )
        columns.append((column - low) / (high - low))
    return np.stack(columns, axis=1)


def refuse(builder, *arguments):
    with pytest.raises(UserError) as caught:
        builder(*arguments)
    return str(caught.value)


class TestDesign:
    def test_it_cannot_be_written_to_and_does_not_follow_its_source(self):
        source = np.array([1.0, 2.0])
        design = Design("table", {"a": source}, {})
        source[0] = 9.0
        assert design.points == 2
        assert design.columns["a"].tolist() == [1.0, 2.0]
        with pytest.raises(ValueError, match="read-only"):
            design.columns["a"][0] = 3.0

    def test_whole_numbers_become_floats(self):
        assert Design("table", {"a": [1, 2]}, {}).columns["a"].dtype == np.float64

    @pytest.mark.parametrize(
        ("columns", "message"),
        [
            ({}, "no parameter varies"),
            ({"a": []}, "one number for each point|has no point"),
            ({"a": np.empty(0)}, "has no point"),
            ({"a": [1.0], "b": [1.0, 2.0]}, "b: has 2 points, but 'a' has 1"),
            ({"a": [0.0, np.nan]}, "a: point 1 is nan"),
            ({"a": [np.inf]}, "a: point 0 is inf"),
            ({"a": ["1"]}, "one number for each point"),
            ({"a": [[1.0]]}, "one number for each point"),
            ({"a": [True]}, "one number for each point"),
            ({"a": [1 + 1j]}, "one number for each point"),
        ],
    )
    def test_what_is_no_table_of_finite_numbers_is_refused(self, columns, message):
        with pytest.raises(UserError, match=message):
            Design("table", columns, {})


class TestEveryKind:
    @settings(max_examples=20)
    @given(boxes(), st.sampled_from(sorted(SAMPLERS)), st.integers(0, 2**31))
    def test_points_lie_in_the_box_and_depend_on_the_seed_alone(self, box, kind, seed):
        def build():
            needs = SAMPLERS[kind][1]
            return samplers.make_design(
                kind,
                box,
                points=8 if "points" in needs else None,
                seed=seed,
                centre={side.address: side.low for side in box},
                levels=4 if "levels" in needs else None,
            )

        design, again = build(), build()
        assert design.kind == kind
        assert list(design.columns) == [side.address for side in box]
        for side in box:
            assert (design.columns[side.address] >= side.low).all()
            assert (design.columns[side.address] <= side.high).all()
        np.testing.assert_array_equal(matrix(design), matrix(again))
        assert json.loads(json.dumps(design.about)) == design.about
        assert design.about["ranges"][box[0].address] == {"low": box[0].low, "high": box[0].high, "measure": box[0].measure}

    @pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "saltelli", "morris"])
    def test_another_seed_gives_other_points(self, kind):
        one, other = (matrix(samplers.make_design(kind, BOX, 8, seed)) for seed in (0, 1))
        assert not np.array_equal(one, other)

    @pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "saltelli", "morris"])
    @pytest.mark.parametrize(
        ("box", "points", "seed", "message"),
        [
            ((), 8, 0, "no parameter varies"),
            ((BOX[0], BOX[0]), 8, 0, "a: is named twice"),
            ((*BOX, Range("d", 2.0, 2.0)), 8, 0, "d: has no width"),
            ((*BOX, Range("d", 1e9, 1e9 + 1e-6)), 8, 0, "d: has no width"),
            (BOX, 0, 0, "points: must be a whole number from 1 on"),
            (BOX, -8, 0, "points: must be a whole number from 1 on"),
            (BOX, 8.0, 0, "points: must be a whole number"),
            (BOX, True, 0, "points: must be a whole number"),
            (BOX, 8, -1, "seed: must be a whole number from 0 on"),
            (BOX, 8, 0.5, "seed: must be a whole number"),
            (BOX, 2**50, 0, "10\\^9 runs"),
            (BOX, 2**28, 0, "(10\\^8|100,000,000) \\(0.8 GB\\)|10\\^9 runs"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, kind, box, points, seed, message):
        with pytest.raises(UserError, match=message):
            samplers.make_design(kind, box, points, seed)

    @pytest.mark.parametrize("kind", ["sobol", "saltelli"])
    def test_sobol_points_come_in_powers_of_two(self, kind):
        assert "powers of two, not 100; take 64 or 128" in refuse(samplers.make_design, kind, BOX, 100)


class TestFactorial:
    @settings(max_examples=30)
    @given(boxes(4), st.data())
    def test_every_combination_once(self, box, data):
        levels = {side.address: data.draw(st.integers(2, 4)) for side in box}
        design = samplers.factorial(box, levels)
        assert design.points == np.prod(list(levels.values()))
        assert len(np.unique(matrix(design), axis=0)) == design.points
        assert matrix(design).tolist() == [list(each) for each in product(*design.about["levels"].values())]

    def test_levels_are_equally_spaced_under_the_measure(self):
        levels = samplers.factorial(BOX, 3).about["levels"]
        np.testing.assert_allclose(levels["a"], [0.0, 0.5, 1.0])
        np.testing.assert_allclose(levels["b"], [0.01, 1.0, 100.0])

    def test_levels_may_be_numbers_and_one_may_stand_alone(self):
        design = samplers.factorial(BOX, {"a": [0.2, 0.5, 0.8], "b": [1.0], "c": 2})
        assert design.points == 6
        assert design.about["levels"] == {"a": [0.2, 0.5, 0.8], "b": [1.0], "c": [-5.0, 5.0]}

    @pytest.mark.parametrize(
        ("levels", "message"),
        [
            (1, "levels: a: must be a whole number from 2 on"),
            (2.0, "levels: a: must be a whole number"),
            ("3", "levels: a: must be a whole number"),
            ({"a": 2, "b": 2}, "levels: c: has no levels"),
            ({"a": 2, "b": 2, "c": 2, "d": 2}, "'d' does not vary"),
            ({"a": [], "b": 2, "c": 2}, "one number for each point|each of them once"),
            ({"a": [1.0, 1.0], "b": 2, "c": 2}, "each of them once"),
            ({"a": [1.0, np.nan], "b": 2, "c": 2}, "finite"),
            ({"a": ["x"], "b": 2, "c": 2}, "number"),
        ],
    )
    def test_levels_without_sense_are_refused(self, levels, message):
        with pytest.raises(UserError, match=message):
            samplers.factorial(BOX, levels)

    def test_a_range_without_width_has_no_levels(self):
        assert "d: has no width" in refuse(samplers.factorial, (Range("d", 2.0, 2.0),), 2)

    def test_too_many_points_are_refused_with_the_arithmetic(self):
        box = [Range(f"a{number}", 0.0, 1.0) for number in range(4)]
        message = refuse(samplers.factorial, box, 1000)
        assert "1,000 × 1,000 × 1,000 × 1,000 = 10^12 points" in message
        assert "at most 10^9 runs" in message
        message = refuse(samplers.factorial, [Range(f"a{number}", 0.0, 1.0) for number in range(600)], 10**6)
        assert "… = 10^3600 points" in message
        assert "10^12 points" in refuse(samplers.factorial, box[:1], 10**12)


class TestLatinHypercube:
    @settings(max_examples=30)
    @given(boxes(), st.integers(1, 50), st.integers(0, 1000))
    def test_each_slice_of_each_range_holds_one_point(self, box, points, seed):
        shares = unit(samplers.latin_hypercube(box, points, seed), box)
        slices = np.floor(
            np.clip(shares * points, 0, points - 1e-6) + 1e-9 * points
        )  # a point may lie on an edge but for rounding
        for column in slices.T:
            assert abs(np.sort(column) - np.arange(points)).max() <= 1


class TestSobol:
    def test_each_half_and_quarter_holds_its_share(self):
        shares = unit(samplers.sobol(BOX, 64), BOX)
        for column in shares.T:
            assert np.bincount((column * 64).astype(int), minlength=64).tolist() == [1] * 64


class TestSaltelli:
    @settings(max_examples=30)
    @given(boxes(), st.sampled_from([2, 4, 8]), st.integers(0, 1000))
    def test_a_row_of_a_then_one_with_each_parameter_from_b_then_b(self, box, base, seed):
        design = samplers.saltelli(box, base, seed)
        size = len(box)
        assert design.points == base * (size + 2)
        rows = matrix(design).reshape(base, size + 2, size)
        first, last = rows[:, 0], rows[:, -1]
        for number in range(size):
            expected = first.copy()
            expected[:, number] = last[:, number]
            np.testing.assert_array_equal(rows[:, number + 1], expected)

    def test_a_and_b_are_two_independent_samples(self):
        rows = unit(samplers.saltelli(BOX, 1024), BOX).reshape(1024, 5, 3)
        both = np.concatenate([rows[:, 0], rows[:, -1]], axis=1)
        assert np.abs(np.corrcoef(both.T) - np.eye(6)).max() < 0.05

    def test_one_parameter_is_refused(self):
        assert "at least two parameters" in refuse(samplers.saltelli, BOX[:1], 8)

    def test_one_base_point_is_refused(self):
        assert "at least two base points" in refuse(samplers.saltelli, BOX, 1)


class TestMorris:
    @settings(max_examples=30)
    @given(boxes(), st.integers(2, 10), st.sampled_from([2, 4, 6, 8]), st.integers(0, 1000))
    def test_along_a_trajectory_each_parameter_takes_one_step(self, box, trajectories, levels, seed):
        design = samplers.morris(box, trajectories, seed, levels)
        size = len(box)
        assert design.points == trajectories * (size + 1)
        steps = np.diff(unit(design, box).reshape(trajectories, size + 1, size), axis=1)
        moved = np.abs(steps) > 1e-6
        assert (moved.sum(axis=1) == 1).all()
        assert (moved.sum(axis=2) == 1).all()
        np.testing.assert_allclose(np.abs(steps[moved]), levels / (2 * (levels - 1)), rtol=1e-4)

    def test_points_lie_on_all_levels_and_steps_go_both_ways(self):
        design = samplers.morris(BOX, 200, levels=4)
        shares = unit(design, BOX)
        np.testing.assert_allclose(np.unique(shares.round(9)), [0, 1 / 3, 2 / 3, 1], atol=1e-8)
        rises = (np.diff(shares.reshape(200, 4, 3), axis=1).sum(axis=1) > 0).mean(axis=0)
        assert ((rises > 0.35) & (rises < 0.65)).all()

    def test_every_order_of_parameters_occurs(self):
        rows = unit(samplers.morris(BOX, 200), BOX).reshape(200, 4, 3)
        order = np.abs(np.diff(rows, axis=1)).argmax(axis=2)
        assert len(np.unique(order, axis=0)) == 6

    @pytest.mark.parametrize("levels", [0, 3, 1, 4.0, {"a": 4}])
    def test_levels_are_one_even_number(self, levels):
        assert "even number of levels" in refuse(samplers.morris, BOX, 4, 0, levels)

    def test_one_trajectory_is_refused(self):
        assert "at least two trajectories" in refuse(samplers.morris, BOX, 1)


class TestOneAtATime:
    def test_the_centre_then_each_parameter_at_its_levels(self):
        design = samplers.one_at_a_time(BOX, CENTRE)
        assert matrix(design).tolist() == [
            [0.3, 1.0, 0.0],
            [0.0, 1.0, 0.0],
            [1.0, 1.0, 0.0],
            [0.3, 0.01, 0.0],
            [0.3, 100.0, 0.0],
            [0.3, 1.0, -5.0],
            [0.3, 1.0, 5.0],
        ]
        assert design.about["centre"] == CENTRE

    def test_levels_may_differ(self):
        design = samplers.one_at_a_time(BOX, CENTRE, {"a": 3, "b": [2.0], "c": 2})
        assert design.points == 1 + 3 + 1 + 2
        assert design.columns["b"].tolist() == [1, 1, 1, 1, 2, 1, 1]

    def test_a_centre_that_lacks_a_number_is_refused(self):
        assert "has no number for 'b'" in refuse(samplers.one_at_a_time, BOX, {"a": 0.3})
        assert "finite" in refuse(samplers.one_at_a_time, BOX, CENTRE | {"b": np.nan})

    def test_too_many_points_are_refused_with_the_arithmetic(self):
        assert "1 + 10^10 + 10^10 + 10^10 = 3 × 10^10 points" in refuse(samplers.one_at_a_time, BOX, CENTRE, 10**10)


class TestMake:
    def test_an_unknown_kind_is_refused_with_the_nearest(self):
        assert "did you mean 'sobol'" in refuse(samplers.make_design, "sobl", BOX, 8)

    @pytest.mark.parametrize(
        ("kind", "given", "message"),
        [
            ("factorial", {}, "levels: factorial needs levels"),
            ("factorial", {"levels": 2, "points": 8}, "points: factorial takes no points"),
            ("latin_hypercube", {}, "points: latin_hypercube needs points"),
            ("latin_hypercube", {"points": 8, "levels": 2}, "levels: latin_hypercube takes no levels"),
            ("morris", {}, "points: morris needs points"),
            ("one_at_a_time", {}, "centre: one_at_a_time needs centre"),
            ("one_at_a_time", {"centre": CENTRE, "points": 4}, "points: one_at_a_time takes no points"),
        ],
    )
    def test_what_is_missing_or_cannot_be_used_is_named(self, kind, given, message):
        with pytest.raises(UserError, match=message):
            samplers.make_design(kind, BOX, **given)

    def test_usual_levels_need_not_be_given(self):
        assert samplers.make_design("morris", BOX, 5).about["levels"] == 4
        assert samplers.make_design("one_at_a_time", BOX, centre=CENTRE).points == 7
