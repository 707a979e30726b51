"""Sensitivity: known answers of known functions, and agreement with SALib where it answers the same question."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.experiments import samplers
from sim.experiments.design import Design
from sim.experiments.ranges import Range
from sim.experiments.sensitivity import (
    morris_effects,
    one_at_a_time_effects,
    rank_regression,
    sensitivity,
    sobol_indices,
    to_salib,
)

CUBE = tuple(Range(name, -np.pi, np.pi) for name in ("x1", "x2", "x3"))
BOX = (Range("a", 0.0, 2.0), Range("b", 0.01, 100.0, "log"), Range("c", -5.0, 5.0))
CENTRE = {"a": 1.0, "b": 1.0, "c": 0.0}


def ishigami(design, a=7.0, b=0.1):
    """Ishigami and Homma (1990), whose indices are known in closed form."""
    x1, x2, x3 = design.columns.values()
    return np.sin(x1) + a * np.sin(x2) ** 2 + b * x3**4 * np.sin(x1)


def ishigami_indices(a=7.0, b=0.1):
    first = [0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0.0]
    both = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = sum(first) + both
    return np.array(first) / variance, np.array([first[0] + both, first[1], both]) / variance


def linear(design, *slopes):
    """Rise by a slope over the full range of each parameter, by its measure."""
    shares = []
    for side in BOX:
        low, high, column = (
            np.log(x) if side.measure == "log" else x for x in (side.low, side.high, design.columns[side.address])
        )
        shares.append((column - low) / (high - low))
    return sum(slope * share for slope, share in zip(slopes, shares, strict=True))


def column(table, measure, name="value"):
    return table.loc[table["measure"] == measure, name].to_numpy()


def refuse(function, *arguments):
    with pytest.raises(UserError) as caught:
        function(*arguments)
    return str(caught.value)


class TestSobolIndices:
    def test_ishigami(self):
        design = samplers.saltelli(CUBE, 4096, seed=1)
        table = sobol_indices(design, ishigami(design))
        for measure, known in zip(("first", "total"), ishigami_indices(), strict=True):
            np.testing.assert_allclose(column(table, measure), known, atol=0.02)
            assert (column(table, measure, "low") <= known + 0.005).all()
            assert (column(table, measure, "high") >= known - 0.005).all()
            assert (column(table, measure, "high") - column(table, measure, "low") < 0.15).all()

    @pytest.mark.slow
    def test_intervals_hold_the_truth_about_as_often_as_they_say(self):
        held = []
        for seed in range(30):
            design = samplers.saltelli(CUBE, 128, seed=seed)
            table = sobol_indices(design, ishigami(design), seed)
            known = np.concatenate(ishigami_indices())
            held.append((table["low"] <= known) & (known <= table["high"]))
        assert np.mean(held) > 0.85

    def test_a_sum_has_indices_in_proportion_to_squared_slopes_and_no_interaction(self):
        design = samplers.saltelli(BOX, 1024)
        table = sobol_indices(design, linear(design, 1.0, 2.0, 3.0))
        for measure in ("first", "total"):
            np.testing.assert_allclose(column(table, measure), np.array([1, 4, 9]) / 14, atol=0.02)

    def test_the_seed_decides_the_intervals(self):
        design = samplers.saltelli(CUBE, 64)
        y = ishigami(design)
        pd.testing.assert_frame_equal(sobol_indices(design, y, 3), sobol_indices(design, y, 3))
        assert not sobol_indices(design, y, 3).equals(sobol_indices(design, y, 4))

    def test_an_outcome_that_never_changes_has_indices_of_nought(self):
        design = samplers.saltelli(CUBE, 8)
        table = sobol_indices(design, np.full(design.points, 5.0))
        assert (table[["value", "low", "high"]].to_numpy() == 0).all()

    @pytest.mark.slow
    def test_salib_estimates_the_same(self):
        sobol = pytest.importorskip("SALib.analyze.sobol")
        design = samplers.saltelli(BOX, 256)
        y = linear(design, 1.0, 2.0, 3.0) ** 2
        problem, _ = to_salib(design)
        theirs = sobol.analyze(problem, y, calc_second_order=False, seed=0)
        table = sobol_indices(design, y)
        np.testing.assert_allclose(column(table, "first"), theirs["S1"], atol=0.01)
        np.testing.assert_allclose(column(table, "total"), theirs["ST"], atol=0.01)

    def test_a_missing_number_is_refused(self):
        design = samplers.saltelli(CUBE, 8)
        y = ishigami(design)
        y[3] = np.nan
        assert "1 of 40 points have no number" in refuse(sobol_indices, design, y)


class TestMorrisEffects:
    @settings(max_examples=20)
    @given(st.lists(st.floats(-100, 100), min_size=3, max_size=3), st.sampled_from([2, 4, 6]), st.integers(0, 100))
    def test_a_linear_function_has_its_slopes_and_no_spread(self, slopes, levels, seed):
        design = samplers.morris(BOX, 5, seed, levels)
        table = morris_effects(design, linear(design, *slopes))
        for end in ("value", "low", "high"):
            np.testing.assert_allclose(column(table, "mu", end), slopes, atol=1e-9)
            np.testing.assert_allclose(column(table, "mu_star", end), np.abs(slopes), atol=1e-9)
            np.testing.assert_allclose(column(table, "sigma", end), 0.0, atol=1e-9)

    def test_a_turning_curve_has_no_mean_effect_but_a_mean_absolute_one(self):
        design = samplers.morris(BOX, 400)
        table = morris_effects(design, np.abs(design.columns["c"]))
        at = table["parameter"] == "c"
        assert abs(table[at & (table["measure"] == "mu")]["value"].item()) < 0.6
        assert table[at & (table["measure"] == "mu_star")]["value"].item() > 2
        assert (table[~at]["value"] == 0).all()

    def test_an_interaction_has_a_spread(self):
        design = samplers.morris(BOX, 50)
        table = morris_effects(design, design.columns["a"] * design.columns["c"])
        sigma = dict(zip(design.columns, column(table, "sigma"), strict=True))
        assert sigma["a"] > 1
        assert sigma["b"] == 0
        low, value, high = (column(table, "mu_star", end)[0] for end in ("low", "value", "high"))
        assert low < value < high

    @pytest.mark.slow
    def test_salib_finds_the_same(self):
        morris = pytest.importorskip("SALib.analyze.morris")
        design = samplers.morris(BOX, 20, levels=6)
        y = linear(design, 1.0, 2.0, 3.0) ** 2
        problem, x = to_salib(design)
        theirs = morris.analyze(problem, x, y, num_levels=6, seed=0)
        table = morris_effects(design, y)
        for measure in ("mu", "mu_star", "sigma"):
            np.testing.assert_allclose(column(table, measure), np.asarray(theirs[measure], dtype=float))

    def test_trajectories_without_a_number_are_left_out(self):
        design = samplers.morris(BOX, 5)
        y = linear(design, 1.0, 2.0, 3.0)
        y[0] = np.nan
        table = morris_effects(design, y)
        np.testing.assert_allclose(column(table, "mu"), [1, 2, 3])
        assert "4 trajectories; 1 were left out" in table.attrs["note"]
        y[::4] = np.nan
        assert "only 0 of 5 trajectories" in refuse(morris_effects, design, y)


class TestOneAtATimeEffects:
    @pytest.mark.parametrize("levels", [2, 3, {"a": [2.0, 1.0, 0.0], "b": 4, "c": 2}])
    def test_centre_and_ends(self, levels):
        design = samplers.one_at_a_time(BOX, CENTRE, levels)
        table = one_at_a_time_effects(design, linear(design, 1.0, 2.0, -3.0))
        assert table["measure"].unique().tolist() == ["outcome"]
        np.testing.assert_allclose(table["value"], 0.0, atol=1e-12)
        np.testing.assert_allclose(table["low"], [-0.5, -1.0, 1.5])
        np.testing.assert_allclose(table["high"], [0.5, 1.0, -1.5])

    def test_a_missing_number_stays_missing(self):
        design = samplers.one_at_a_time(BOX, CENTRE)
        y = linear(design, 1.0, 2.0, -3.0)
        y[1] = np.nan
        table = one_at_a_time_effects(design, y)
        assert table["low"].isna().tolist() == [True, False, False]


class TestRankRegression:
    @pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
    def test_a_sum_of_equal_ranges_has_coefficients_in_proportion_to_slopes(self, kind):
        design = samplers.make_design(kind, BOX, 1024, seed=1)
        table = rank_regression(design, linear(design, 1.0, 2.0, -3.0))
        np.testing.assert_allclose(table["value"], np.array([1, 2, -3]) / np.sqrt(14), atol=0.05)
        assert "99%" in table.attrs["note"] or "98%" in table.attrs["note"]

    def test_any_rising_curve_counts_in_full(self):
        design = samplers.latin_hypercube(BOX, 200)
        table = rank_regression(design, np.exp(design.columns["c"]))
        np.testing.assert_allclose(table["value"], [0, 0, 1], atol=1e-9)

    def test_a_turning_curve_does_not_show_and_the_note_says_so(self):
        design = samplers.latin_hypercube(BOX, 500)
        table = rank_regression(design, design.columns["c"] ** 2)
        assert (table["value"].abs() < 0.15).all()
        assert "turn back" in table.attrs["note"]

    def test_a_factorial_and_a_table_with_points_that_failed(self):
        design = samplers.factorial(BOX, 3)
        y = linear(design, 3.0, 2.0, 1.0)
        y[4] = np.nan
        table = rank_regression(design, y)
        assert table["value"].is_monotonic_decreasing
        assert "26 points" in table.attrs["note"]
        same = rank_regression(Design("table", design.columns, {}), y)
        pd.testing.assert_frame_equal(table, same)

    def test_intervals_hold_the_truth_about_as_often_as_they_say(self):
        held = []
        for seed in range(60):
            design = samplers.latin_hypercube(BOX, 100, seed)
            noise = np.random.default_rng(seed).normal(size=100)
            table = rank_regression(design, linear(design, 0.0, 0.0, 2.0) + noise)
            held.append((table["low"] <= 0) & (table["high"] >= 0))
        assert 0.88 < np.mean([each[:2] for each in held]) <= 1
        assert np.mean([each[2] for each in held]) < 0.2

    def test_a_parameter_that_does_not_vary_is_left_out(self):
        given = {"a": [1.0, 2.0, 3.0, 4.0], "b": [1.0] * 4}
        table = rank_regression(Design("table", given, {}), [1, 2, 3, 5])
        assert table["parameter"].tolist() == ["a"]

    def test_an_outcome_that_never_changes_has_coefficients_of_nought(self):
        table = rank_regression(samplers.latin_hypercube(BOX, 20), np.ones(20))
        assert (table[["value", "low", "high"]].to_numpy() == 0).all()

    def test_what_cannot_be_told_apart_is_refused(self):
        few = samplers.latin_hypercube(BOX, 4)
        assert "4 points with a number are too few for 3 parameters" in refuse(rank_regression, few, np.arange(4))
        assert "0 points with a number" in refuse(rank_regression, few, np.full(4, np.nan))
        x = np.random.default_rng(0).random(20)
        tied = Design("table", {"a": x, "b": 2 * x, "c": x[::-1]}, {})
        assert refuse(rank_regression, tied, x).endswith("told apart: a, b")


class TestSensitivity:
    @pytest.mark.parametrize(
        ("kind", "measures"),
        [
            ("saltelli", ["first", "total"]),
            ("morris", ["mu", "mu_star", "sigma"]),
            ("one_at_a_time", ["outcome"]),
            ("factorial", ["rank_regression"]),
            ("latin_hypercube", ["rank_regression"]),
            ("sobol", ["rank_regression"]),
        ],
    )
    def test_the_design_decides_the_measure(self, kind, measures):
        needs = samplers.SAMPLERS[kind][1]
        design = samplers.make_design(
            kind, BOX, 32 if "points" in needs else None, centre=CENTRE, levels=4 if "levels" in needs else None
        )
        table = sensitivity(design, linear(design, 1.0, 2.0, 3.0))
        assert table.columns.tolist() == ["parameter", "measure", "value", "low", "high"]
        assert table["measure"].unique().tolist() == measures
        assert table["parameter"].tolist() == list(design.columns) * len(measures)
        assert table.attrs["note"]

    def test_a_design_read_back_from_json_does_as_well(self):
        design = samplers.morris(BOX, 4)
        again = Design(design.kind, design.columns, json.loads(json.dumps(design.about)))
        y = linear(design, 1.0, 2.0, 3.0)
        pd.testing.assert_frame_equal(sensitivity(design, y), sensitivity(again, y))

    def test_another_design_and_another_number_of_points_are_refused(self):
        design = samplers.latin_hypercube(BOX, 8)
        for function in (sobol_indices, morris_effects, one_at_a_time_effects):
            assert "not latin_hypercube" in refuse(function, design, np.zeros(8))
        assert "each of the 8 points, not shape (7,)" in refuse(sensitivity, design, np.zeros(7))


class TestToSalib:
    def test_the_problem_says_ranges_and_measures(self):
        problem, x = to_salib(samplers.latin_hypercube(BOX, 8))
        assert problem == {
            "num_vars": 3,
            "names": ["a", "b", "c"],
            "bounds": [[0.0, 2.0], [0.01, 100.0], [-5.0, 5.0]],
            "dists": ["unif", "logunif", "unif"],
        }
        assert x.shape == (8, 3)

    def test_a_table_has_the_ranges_that_it_spans(self):
        problem, _ = to_salib(Design("table", {"a": [1.0, 3.0]}, {}))
        assert problem == {"num_vars": 1, "names": ["a"], "bounds": [[1.0, 3.0]]}

    @pytest.mark.slow
    def test_its_other_analyses_take_it(self):
        pawn = pytest.importorskip("SALib.analyze.pawn")
        design = samplers.latin_hypercube(BOX, 200)
        found = pawn.analyze(*to_salib(design), linear(design, 0.0, 0.0, 3.0), seed=0)
        assert np.argmax(found["median"]) == 2
