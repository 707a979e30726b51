"""The box of the next wave: it holds what is left, and chance alone does not shrink it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.ranges import Range, in_box
from sim.matching.waves import cut_box, room_for_chance, shrunken, to_unit, volume

BOX = (Range("a", 0.0, 10.0), Range("b", 0.01, 100.0, "log"), Range("c", -2.0, 3.0))
WHOLE = np.tile([0.0, 1.0], (3, 1))


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=1, max_size=20))
def test_points_are_carried_back_into_the_unit_cube(points):
    np.testing.assert_allclose(to_unit(in_box(points, BOX), BOX), points, atol=1e-9)


@given(st.integers(0, 100), st.integers(1, 2_000), st.integers(0, 10_000))
def test_what_is_left_stays_in_the_box_and_the_box_in_the_one_before(seed, worlds, sides_seed):
    rng = np.random.default_rng([seed, sides_seed])
    edges = np.sort(rng.random((4, 2)), axis=1)
    unit = edges[:, 0] + (edges[:, 1] - edges[:, 0]) * rng.random((min(worlds, 200), 4))
    found = shrunken(unit, edges)
    assert (found[:, 0] <= unit.min(axis=0)).all()
    assert (found[:, 1] >= unit.max(axis=0)).all()
    assert (found[:, 0] >= edges[:, 0]).all()
    assert (found[:, 1] <= edges[:, 1]).all()


@pytest.mark.parametrize("worlds", [5, 50, 500])
def test_chance_alone_does_not_shrink_a_box_of_many_sides(worlds):
    rng = np.random.default_rng(worlds)
    edges = np.tile([0.0, 1.0], (500, 1))
    cut = [volume(shrunken(rng.random((worlds, 500)), edges)) < 1 for _ in range(100)]
    assert np.mean(cut) < 0.12  # by intent at most one in twenty


def test_an_empty_part_is_cut_but_for_a_margin():
    rng = np.random.default_rng(1)
    unit = rng.random((400, 3))
    unit[:, 0] = 0.5 + 0.5 * unit[:, 0]
    found = shrunken(unit, WHOLE)
    room = room_for_chance(400, 3) * np.ptp(unit[:, 0])
    assert found[0, 0] == pytest.approx(unit[:, 0].min() - room)
    assert 0.45 < found[0, 0] < 0.5
    assert found[1:].tolist() == WHOLE[1:].tolist()


def test_few_worlds_that_lie_together_shrink_a_box():
    unit = np.random.default_rng(1).random((9, 3))
    unit[:, 0] = 0.4 + 0.1 * unit[:, 0]
    found = shrunken(unit, WHOLE)
    assert 0.2 < found[0, 0] < 0.4
    assert 0.5 < found[0, 1] < 0.7


def test_without_a_world_nothing_is_cut():
    assert shrunken(np.empty((0, 3)), WHOLE).tolist() == WHOLE.tolist()
    assert shrunken(np.full((1, 3), 0.5), WHOLE).tolist() == WHOLE.tolist()  # one tells nothing of the span
    assert room_for_chance(1, 3) == np.inf


def test_the_ranges_of_a_part_of_the_box_keep_their_measure():
    cut = cut_box(BOX, [[0.5, 1.0], [0.25, 0.5], [0.0, 1.0]])
    assert [(each.low, each.high, each.measure) for each in cut] == [
        (5.0, 10.0, "linear"),
        (pytest.approx(0.1), pytest.approx(1.0), "log"),
        (-2.0, 3.0, "linear"),
    ]
    assert volume([[0.5, 1.0], [0.25, 0.5], [0.0, 1.0]]) == pytest.approx(0.125)
