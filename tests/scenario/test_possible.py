"""Numbers that are given to parameters, one by one or as arrays: what is possible passes, all else is refused with its place."""

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import UserError
from sim.experiments import samplers
from sim.experiments.scenario_ranges import ranges_of
from sim.scenario.possible import check_values
from sim.scenario.scenario import Scenario

BASE = Scenario.load("base")
TOY = Scenario.load(Path(__file__).parents[1] / "toy" / "toy.toml")
RUNS = 4


@pytest.mark.parametrize("scenario", [BASE, TOY, Scenario.load("eu_second_leader")])
def test_every_parameter_passes_at_its_own_ends(scenario):
    check_values(scenario, {name: np.array([each.low, each.high]) for name, each in scenario.parameters.items()})


def test_a_design_from_own_ranges_passes():
    check_values(BASE, samplers.latin_hypercube(ranges_of(BASE, "all"), 20).columns)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"china.resolve": [0.5, 1.0, 1.5]}, "china.resolve: 1.5 is outside [0, 1] share, which is what is possible"),
        ({"china.resolve": [np.nan]}, "nan is outside [0, 1] share"),
        ({"chine.resolve": [0.5]}, "chine.resolve: there is no such parameter; did you mean 'china.resolve'"),
        ({"chine.resolve": [0.5], "china.resolve": [-1.0]}, "2 problems"),
    ],
)
def test_what_is_impossible_is_refused(columns, message):
    with pytest.raises(UserError) as caught:
        check_values(BASE, columns)
    assert message in str(caught.value)


CALLS = {
    "run": lambda values: sim.run(TOY, RUNS, months=1, values=values, progress=False),
    "compare": lambda values: sim.compare(TOY, TOY.without("beijing"), runs=RUNS, months=1, values=values, progress=False),
    "World": lambda values: sim.World(TOY, RUNS, values=values),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("wrong", [-0.1, 1.5, np.nan, np.inf])
def test_arrays_and_numbers_beyond_what_is_possible_are_refused_with_the_place_of_the_first(call, wrong):
    numbers = np.array([0.0, 1.0, wrong, 7.0])
    with pytest.raises(UserError) as caught:
        CALLS[call]({"grandia.resolve": numbers})
    said = str(caught.value)
    assert said.startswith(f"grandia.resolve: {wrong:g} is outside [0, 1] share, which is what is possible (")
    assert said.endswith("; it stands at place 2, counted from 0")
    with pytest.raises(UserError, match=rf"^grandia.resolve: {wrong:g} is outside \[0, 1\] share"):
        CALLS[call]({"grandia.resolve": wrong})


@pytest.mark.parametrize("call", CALLS)
def test_what_lies_at_the_bounds_is_run(call):
    CALLS[call]({"grandia.resolve": np.array([0.0, 1.0, 0.5, 1.0])})
