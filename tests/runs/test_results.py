"""Recorders must give what a plain calculation over full paths gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.quantities import DIMENSIONS, LIMITS, OUTCOMES, QUANTITIES
from sim.runs.results import QUANTILES, Fans, Layout, LimitCounts, Outcomes, Paths, across, members, quantiles

ROLES = {"reds": "belligerent", "blues": "supplier", "greens": "patron", "greys": "leader", "pinks": "ally", "browns": "ally"}
RULES = {"valve": "beijing", "squeeze": "beijing", "order": "west"}
EVERYONE = {
    "world": ("world",),
    "country": tuple(ROLES),
    "partnership": ("tie", "second_tie"),
    "rule": tuple(RULES),
    "lane": ("oil_lane",),
}


def layout(rules: dict[str, str] = RULES) -> Layout:
    everyone = {**EVERYONE, "rule": tuple(rules)}
    own = {q.name: tuple(n for n in everyone[q.holder] if q.holder != "country" or ROLES[n] in q.roles) for q in QUANTITIES}
    return Layout(own, everyone, {"country": ROLES, "rule": rules}, {"oil_lane": ("reds", "greens", "oil")})


def random_paths(where: Layout, months: int, runs: int, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    paths = {}
    for quantity in QUANTITIES:
        shape = (months, len(where.own[quantity.name]), runs)
        if quantity.name.startswith("limit_"):
            paths[quantity.name] = rng.integers(0, len(LIMITS), shape).astype(float)
        else:
            paths[quantity.name] = rng.normal(size=shape) * (rng.random(shape) < 0.3)
    return paths


def expected(outcome, where: Layout, path: np.ndarray) -> np.ndarray:
    rows = list(members(outcome, where))
    if not rows:
        series = np.zeros((path.shape[0], path.shape[2]))
    else:
        series = {"sum": np.sum, "mean": np.mean, "max": np.max}[outcome.across](path[:, rows], axis=1)
    match outcome.how:
        case "sum" | "mean" | "max":
            return getattr(np, outcome.how)(series, axis=0)
        case "last":
            return series[-1]
        case "count":
            return (series > outcome.above).sum(axis=0)
        case "first":
            return np.array([next((m + 1 for m, v in enumerate(run) if v > 0), len(run) + 1) for run in series.T])


def show(paths: dict[str, np.ndarray], *recorders) -> None:
    months = len(next(iter(paths.values())))
    for month in range(1, months + 1):
        for recorder in recorders:
            recorder.add(month, lambda name, month=month: paths[name][month - 1])


@given(months=st.integers(1, 7), runs=st.integers(1, 9), seed=st.integers(0, 2**32 - 1))
def test_outcomes_are_those_of_the_full_paths(months, runs, seed):
    where = layout()
    paths = random_paths(where, months, runs, seed)
    outcomes = Outcomes(where, runs, (months,))
    show(paths, outcomes)
    for row, outcome in enumerate(OUTCOMES):
        np.testing.assert_allclose(
            outcomes.values[0, row], expected(outcome, where, paths[outcome.quantity]), rtol=1e-12, atol=1e-12
        )


def test_outcomes_at_a_month_are_those_of_a_shorter_run():
    where = layout()
    paths = random_paths(where, 9, 4, seed=1)
    long = Outcomes(where, 4, (9, 3, 6))
    show(paths, long)
    for place, months in enumerate((9, 3, 6)):
        short = Outcomes(where, 4, (months,))
        show({name: path[:months] for name, path in paths.items()}, short)
        np.testing.assert_array_equal(long.values[place], short.values[0])


def test_bits_do_not_depend_on_the_number_of_runs():
    where = layout()
    paths = random_paths(where, 5, 40, seed=2)
    together = Outcomes(where, 40, (5,))
    show(paths, together)
    for run in (0, 17, 39):
        alone = Outcomes(where, 1, (5,))
        show({name: path[..., run : run + 1] for name, path in paths.items()}, alone)
        assert alone.values[0, :, 0].tobytes() == np.ascontiguousarray(together.values[0, :, run]).tobytes()


def test_members_are_chosen_by_role_and_by_limit():
    where = layout()
    by_name = {outcome.name: outcome for outcome in OUTCOMES}
    countries = where.own["welfare"]
    assert [countries[row] for row in members(by_name["welfare_ally"], where)] == ["pinks", "browns"]
    assert [where.own["pressure"][row] for row in members(by_name["beijing_months"], where)] == ["valve", "squeeze"]


def test_without_any_holder_an_outcome_is_zero():
    where = layout(rules={})
    paths = random_paths(where, 3, 2, seed=3)
    outcomes = Outcomes(where, 2, (3,))
    show(paths, outcomes)
    values = dict(zip((outcome.name for outcome in OUTCOMES), outcomes.values[0], strict=True))
    assert (values["beijing_pressure"] == 0).all()
    assert (values["beijing_months"] == 0).all()


def test_first_is_one_more_than_the_horizon_when_it_never_happens():
    where = layout()
    paths = random_paths(where, 4, 3, seed=4)
    paths["visit"][:] = 0.0
    paths["visit"][2, 1, 0] = 1.0
    outcomes = Outcomes(where, 3, (4,))
    show(paths, outcomes)
    first_visit = [outcome.name for outcome in OUTCOMES].index("first_visit")
    np.testing.assert_array_equal(outcomes.values[0, first_visit], [3, 5, 5])


@given(runs=st.integers(1, 300), seed=st.integers(0, 2**32 - 1))
def test_quantiles_are_exactly_those_of_numpy(runs, seed):
    values = np.random.default_rng(seed).normal(size=(3, runs)).round(1)
    np.testing.assert_array_equal(quantiles(values), np.quantile(values, QUANTILES, axis=1))


def test_fans_and_paths_keep_every_month():
    where = layout()
    paths = random_paths(where, 4, 50, seed=5)
    fans, kept = Fans(["trust", "munitions"], where, 4), Paths(["trust"], where, 4, 7)
    show(paths, fans, kept)
    for name in ("trust", "munitions"):
        np.testing.assert_array_equal(fans.values[name], np.quantile(paths[name], QUANTILES, axis=2))
    np.testing.assert_array_equal(kept.values["trust"], paths["trust"][..., :7])


def test_every_run_and_partnership_is_counted_under_one_limit():
    where = layout()
    paths = random_paths(where, 3, 10, seed=6)
    counts = LimitCounts(3)
    show(paths, counts)
    assert (counts.values.sum(axis=1) == 10 * 2).all()
    place, code = DIMENSIONS.index("oil"), LIMITS.index("supply")
    assert counts.values[place, code, 1] == (paths["limit_oil"][1] == code).sum()


@pytest.mark.parametrize("how", ["sum", "mean", "max"])
def test_one_holder_alone_is_itself(how):
    values = np.array([[1.5, -2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(across(values, [1], how), values[1])
