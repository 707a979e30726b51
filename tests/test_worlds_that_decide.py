"""The thesis can hold, fail and be reversed: for each dimension there is a world of each kind."""

import tomllib
from functools import cache

import pytest
from engine import HERE

from sim.mechanisms.quantities import DIMENSIONS
from sim.runs.ensemble import run
from sim.scenario.scenario import Scenario

WORLDS = tomllib.loads((HERE / "worlds_that_decide.toml").read_text(encoding="utf-8"))
ROLES = ("beijing", "rival", "backfires")
RUNS, MONTHS, SEED = 200, 36, 5


def owner(dimension: str, role: str) -> str:
    """Whose world it is: that of another dimension where it is the same."""
    return WORLDS[dimension][role].get("same_as", dimension)


def world_of(dimension: str, role: str) -> dict:
    return WORLDS[owner(dimension, role)][role]


def build(world: dict) -> Scenario:
    scenario = Scenario.load(world["scenario"])
    return scenario.set(world["numbers"]) if world["numbers"] else scenario


@cache
def means(dimension: str, role: str, *knockouts: str) -> dict[str, float]:
    scenario = build(world_of(dimension, role)).without(*knockouts)
    runs = run(scenario, runs=RUNS, months=MONTHS, seed=SEED, record=[], processes=1, progress=False)
    outcomes = runs["outcomes"].mean("run")
    return {name: float(outcomes.sel(outcome=name)) for name in DIMENSIONS}


def rise(dimension: str, role: str, limit: str) -> float:
    """By what share the outcome rises, on the same shocks, when a limit is knocked out."""
    before, after = (means(owner(dimension, role), role, *removed)[dimension] for removed in ((), (limit,)))
    assert before > 0.0
    return after / before - 1.0


def test_every_dimension_has_its_three_worlds():
    assert WORLDS.keys() == set(DIMENSIONS)
    assert all(worlds.keys() == set(ROLES) for worlds in WORLDS.values())


@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize("role", ROLES)
def test_all_numbers_are_within_their_plausible_range(dimension, role):
    world = world_of(dimension, role)
    parameters = Scenario.load(world["scenario"]).parameters
    for address, number in world["numbers"].items():
        assert parameters[address].low <= number <= parameters[address].high, address


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_in_one_world_beijing_binds(dimension):
    assert rise(dimension, "beijing", "beijing") > 0.2


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_in_another_a_rival_limit_binds_and_beijing_does_not(dimension):
    assert abs(rise(dimension, "rival", "beijing")) < 0.01
    assert rise(dimension, "rival", WORLDS[dimension]["rival"]["limit"]) > 0.05


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_in_a_third_beijing_raises_what_it_would_prevent(dimension):
    assert rise(dimension, "backfires", "beijing") < -0.05
