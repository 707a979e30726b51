"""Boxes of failing worlds."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from sim.experiments.prim import find_boxes, rescore, score, trajectory


def sobol(dimensions, exponent, seed=0):
    return qmc.Sobol(dimensions, rng=np.random.default_rng(seed)).random_base2(exponent)


def corner(worlds):
    """Fails where the first parameter is high and the second is low."""
    return (worlds[:, 0] > 0.6) & (worlds[:, 1] < 0.4)


class TestScore:
    def test_by_hand(self):
        worlds = np.array([[0.1], [0.2], [0.6], [0.7], [0.8]])
        failing = np.array([True, False, True, True, False])
        box = score(np.array([0.5]), np.array([0.75]), worlds, failing)
        assert box.coverage.value == pytest.approx(2 / 3)
        assert box.density.value == 1
        assert box.mass == pytest.approx(0.4)
        assert box.quasi_p[0] == pytest.approx(0.6**2)  # both of two fail, at a rate of 3 in 5
        assert box.restricted == (0,)
        assert box.terms(["china.goodwill"]) == {"china.goodwill": (0.5, 0.75)}

    def test_an_open_side_and_an_open_parameter(self):
        box = score(np.array([-np.inf, -np.inf]), np.array([0.5, np.inf]), sobol(2, 4), np.ones(16, bool))
        assert box.terms(["a", "b"]) == {"a": (None, 0.5)}
        assert np.isnan(box.quasi_p[1])

    def test_an_empty_box_has_no_density(self):
        box = score(np.array([2.0]), np.array([3.0]), sobol(1, 4), np.ones(16, bool))
        assert box.mass == 0
        assert box.coverage.value == 0
        assert np.isnan(box.density.value)
        assert (box.density.low, box.density.high) == (0, 1)

    @pytest.mark.parametrize(
        ("worlds", "failing"),
        [(np.zeros((0, 2)), np.zeros(0, bool)), (np.zeros((3, 2)), np.zeros(4, bool)), (np.zeros(3), np.zeros(3, bool))],
    )
    def test_shapes_that_do_not_fit_are_refused(self, worlds, failing):
        with pytest.raises(ValueError, match="needed"):
            find_boxes(worlds, failing)

    def test_a_parameter_that_is_no_number_is_refused(self):
        with pytest.raises(ValueError, match="not a number"):
            find_boxes(np.array([[np.nan], [1.0]]), [True, False])


class TestTrajectory:
    def test_it_begins_with_the_whole_space_and_ends_dense(self):
        worlds = sobol(4, 9)
        path = trajectory(worlds, corner(worlds))
        assert path[0].restricted == ()
        assert path[0].coverage.value == path[0].mass == 1
        assert path[-1].density.value > 0.95

    @settings(max_examples=25)
    @given(st.integers(1, 4), st.integers(0, 1_000), st.floats(0.05, 0.95))
    def test_density_rises_at_every_step_and_the_box_keeps_its_mass(self, dimensions, seed, share):
        worlds = sobol(dimensions, 7, seed)
        failing = np.random.default_rng(seed).random(128) < share * worlds[:, 0] * 2
        path = trajectory(worlds, failing, mass=0.1)
        densities = [float(box.density.value) for box in path]
        assert all(after > before for before, after in pairwise(densities))
        assert all(box.mass >= 0.1 for box in path)

    @settings(max_examples=25)
    @given(st.integers(0, 1_000))
    def test_while_peeling_coverage_and_mass_never_rise(self, seed):
        worlds = sobol(3, 7, seed)
        path = trajectory(worlds, np.random.default_rng(seed).random(128) < 0.2 + 0.6 * (worlds[:, 1] > 0.5))
        masses = [box.mass for box in path]
        peeled = path[: int(np.argmin(masses)) + 1]  # pastes come after, and each adds
        assert all(after.mass < before.mass for before, after in pairwise(peeled))
        assert all(after.coverage.value <= before.coverage.value for before, after in pairwise(peeled))

    def test_pasting_takes_back_what_a_large_peel_cut_off(self):
        """All worlds from 0.5 to 0.6 fail, and 4 of 5 above. A peel of 30 % goes past 0.5; pasting goes back to it."""
        worlds = (np.arange(1_000.0)[:, None] + 0.5) / 1_000
        failing = (worlds[:, 0] > 0.5) & ((worlds[:, 0] < 0.6) | (np.arange(1_000) % 5 > 0))
        options = {"peel": 0.3, "mass": 0.3}
        coarse = trajectory(worlds, failing, paste=0.5, **options)
        fine = trajectory(worlds, failing, paste=0.01, **options)
        assert coarse[-1].low[0] == pytest.approx(0.51, abs=0.002)
        assert fine[-1].low[0] == pytest.approx(0.5, abs=0.004)
        assert fine[-1].mass > fine[-2].mass
        assert fine[-1].density.value > fine[-2].density.value

    def test_tied_values_are_peeled_together(self):
        worlds = np.repeat([[0.0], [1.0], [2.0]], 20, axis=0)
        failing = worlds[:, 0] == 2
        box = trajectory(worlds, failing)[-1]
        assert box.terms(["level"]) == {"level": (1.5, None)}
        assert (box.coverage.value, box.density.value) == (1, 1)

    def test_a_parameter_that_never_varies_is_never_restricted(self):
        worlds = np.column_stack([np.full(256, 3.0), sobol(1, 8)])
        assert trajectory(worlds, worlds[:, 1] > 0.5)[-1].restricted == (1,)


class TestFindBoxes:
    def test_a_corner_is_found_in_terms_of_its_parameters_alone(self):
        worlds = sobol(5, 10)
        (box,) = find_boxes(worlds, corner(worlds), density=0.95)
        assert box.restricted == (0, 1)
        (low, top), (bottom, high) = box.terms(list("abcde")).values()
        assert low == pytest.approx(0.6, abs=0.03)
        assert high == pytest.approx(0.4, abs=0.03)
        assert top is None
        assert bottom is None
        assert box.coverage.value > 0.9
        fresh = sobol(5, 10, seed=1)
        again = rescore(box, fresh, corner(fresh))
        assert again.density.value > 0.9
        assert again.coverage.low < box.coverage.value

    def test_two_corners_make_two_boxes(self):
        worlds = sobol(3, 11)
        failing = (worlds[:, 0] > 0.7) | (worlds[:, 1] < 0.2)
        boxes = find_boxes(worlds, failing, density=0.95)
        assert len(boxes) >= 2
        caught = np.logical_or.reduce([box.contains(worlds) for box in boxes])
        assert (caught & failing).sum() / failing.sum() > 0.9
        assert {box.restricted for box in boxes} == {(0,), (1,)}

    def test_no_failing_world_makes_no_box(self):
        assert find_boxes(sobol(2, 6), np.zeros(64, bool)) == []

    def test_all_failing_make_one_box_without_restrictions(self):
        (box,) = find_boxes(sobol(2, 6), np.ones(64, bool))
        assert box.restricted == ()
        assert box.coverage.value == box.density.value == box.mass == 1

    def test_failures_that_no_parameter_explains_make_no_box(self):
        found = [
            len(find_boxes(sobol(4, 9, seed), np.random.default_rng(seed).random(512) < 0.3, significance=1e-4))
            for seed in range(10)
        ]
        assert sum(found) <= 2

    def test_one_world_alone(self):
        assert find_boxes([[0.5]], [False]) == []
        assert find_boxes([[0.5]], [True])[0].coverage.value == 1

    def test_equal_worlds_cannot_be_told_apart(self):
        assert find_boxes(np.ones((50, 2)), np.arange(50) < 20) == []

    @settings(max_examples=20)
    @given(st.integers(0, 1_000), st.floats(0.05, 0.6))
    def test_boxes_do_not_depend_on_the_order_or_the_units_of_worlds(self, seed, edge):
        worlds = sobol(2, 7, seed)
        failing = worlds[:, 0] < edge
        order = np.random.default_rng(seed).permutation(128)
        boxes, shuffled = find_boxes(worlds, failing), find_boxes(worlds[order] * [1_000, 1], failing[order])
        assert len(boxes) == len(shuffled)
        for one, other in zip(boxes, shuffled, strict=True):
            np.testing.assert_allclose(one.high * [1_000, 1], other.high)
            assert one.coverage == other.coverage

    @settings(max_examples=20)
    @given(st.integers(0, 1_000))
    def test_a_box_counts_what_it_contains(self, seed):
        worlds = sobol(3, 8, seed)
        failing = np.random.default_rng(seed).random(256) < worlds[:, 2]
        for box in find_boxes(worlds, failing):
            inside = box.contains(worlds)
            assert box.mass == pytest.approx(inside.mean())
            assert box.coverage.value == pytest.approx((inside & failing).sum() / failing.sum())
            assert box.density.value == pytest.approx(failing[inside].mean())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(3))
def test_peeling_agrees_with_the_ema_workbench(seed):
    ema = pytest.importorskip("ema_workbench.analysis.prim")
    pandas = pytest.importorskip("pandas")
    worlds = sobol(4, 10, seed)
    rng = np.random.default_rng(seed)
    failing = rng.random(1_024) < 0.05 + 0.85 * ((worlds[:, 0] > 0.55) & (worlds[:, 2] < 0.5))
    ours = trajectory(worlds, failing)
    theirs = ema.Prim(pandas.DataFrame(worlds, columns=list("abcd")), failing.astype(int)).find_box()
    table = theirs.peeling_trajectory
    peeled = int(np.argmin([box.mass for box in ours])) + 1
    assert peeled > 10
    for row, box in enumerate(ours[:peeled]):
        assert box.mass == pytest.approx(table["mass"][row])
        assert box.coverage.value == pytest.approx(table["coverage"][row])
        assert box.density.value == pytest.approx(table["density"][row])
        limits = theirs.box_lims[row]
        for j, name in enumerate("abcd"):
            for side, edge in enumerate((box.low[j], box.high[j])):
                if np.isfinite(edge):
                    assert edge == pytest.approx(limits[name].iloc[side])
