"""The thesis can fail: for each dimension there are worlds in which Beijing binds and worlds in which it does not."""

import tomllib
from functools import cache

import pytest
from engine import HERE

from sim.mechanisms.quantities import DIMENSIONS
from sim.runs.ensemble import run
from sim.scenario.scenario import Scenario

WORLDS = tomllib.loads((HERE / "worlds_that_decide.toml").read_text(encoding="utf-8"))
RUNS, MONTHS, SEED = 200, 36, 5


def build(world: dict) -> Scenario:
    scenario = Scenario.load(world["scenario"])
    return scenario.set(world["numbers"]) if world["numbers"] else scenario


@cache
def mean(dimension: str, role: str, *knockouts: str) -> float:
    scenario = build(WORLDS[dimension][role]).without(*knockouts)
    runs = run(scenario, runs=RUNS, months=MONTHS, seed=SEED, record=[], processes=1, progress=False)
    return float(runs["outcomes"].sel(outcome=dimension).mean())


def rise(dimension: str, role: str, limit: str) -> float:
    """By what share the outcome rises, on the same shocks, when a limit is knocked out."""
    before = mean(dimension, role)
    assert before > 0.0
    return mean(dimension, role, limit) / before - 1.0


def test_every_dimension_has_its_two_worlds():
    assert WORLDS.keys() == set(DIMENSIONS)
    assert all({"beijing", "rival"} <= worlds.keys() for worlds in WORLDS.values())


@pytest.mark.parametrize(("dimension", "role"), [(d, role) for d, worlds in WORLDS.items() for role in worlds])
def test_all_numbers_are_within_their_plausible_range(dimension, role):
    world = WORLDS[dimension][role]
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


@pytest.mark.parametrize("dimension", [d for d, worlds in WORLDS.items() if "backfires" in worlds])
def test_in_a_third_beijing_raises_what_it_would_prevent(dimension):
    assert rise(dimension, "backfires", "beijing") < -0.05
