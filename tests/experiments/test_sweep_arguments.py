"""Arguments of a sweep: what makes sense becomes a plan, and all else is refused before anything is run."""

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import UserError
from sim.experiments.ranges import Range
from sim.experiments.sweep_arguments import SweepArguments

LONG = {"world.oil_price": np.linspace(20, 90, 900)}
BOX = {"china.goodwill": (0.2, 1.2), "north_korea.munitions": (3_000, 20_000)}


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({}, "nothing varies"),
            ({"uncertainties": {"china.godwill": (0, 1)}, "points": 4}, "did you mean 'china.goodwill'"),
            ({"uncertainties": BOX}, "needs points"),
            ({"uncertainties": BOX, "points": 4, "runs": 0}, "whole number from 1"),
            ({"uncertainties": BOX, "points": 4, "runs": 10**12}, r"4 points × 1,000,000,000,000 runs = 4e?.*10\^12 runs"),
            ({"uncertainties": BOX, "points": 4, "at": ["2050-01"]}, "is not one of the 60 months"),
            ({"uncertainties": BOX, "points": 4, "at": ["soon"]}, "'soon' is no month"),
            ({"uncertainties": BOX, "points": 4, "record": ["munition"]}, "there is no quantity 'munition'"),
            ({"uncertainties": BOX, "points": 4, "levers": {"china.goodwill": [1.0]}}, "both a lever and an uncertainty"),
            ({"levers": {"without": []}}, "has no options"),
            ({"levers": {"without": ["beijng"]}}, "beijing"),
            ({"levers": {"rules.nothing": [True, False]}}, "there is no such rule"),
            ({"levers": {"rules.china_oil_valve": [1, 0]}}, "by true or false"),
            ({"levers": {"world.oil_price": [60, float("nan")]}}, "finite numbers"),
            ({"levers": {"world.oil_price": [60, 60]}}, "two options are the same"),
            ({"levers": {"world.oil_prise": [60]}}, "did you mean 'world.oil_price'"),
            ({"levers": {"world.oil_price": [-5]}}, "world.oil_price"),
            ({"design": pd.DataFrame({"china.goodwill": [0.5, np.nan]})}, "china.goodwill"),
            ({"design": pd.DataFrame({"china.goodwill": []}, dtype=float)}, "empty"),
            ({"design": pd.DataFrame({"china.goodwill": [0.5]}), "points": 3}, "leave points away"),
            ({"levers": {"world.oil_price": [60]}, "points": 3}, "nothing but levers varies; leave points away"),
            ({"levers": {"without": "beijing"}}, "needs a list of options"),
            ({"levers": {"world.oil_price": 60}}, "needs a list of options"),
            ({"levers": ["without"]}, "needs options by name"),
            (
                {"uncertainties": ["china.*", "north_korea.*", "russia*", "rules.*"], "points": 3_000, "levers": LONG},
                r"900 × 3,000 = 2,700,000 points of \d\d parameters",
            ),
            ({"levers": {"without": ["beijing", "beijing,"]}}, "make the same scenario"),
            ({"uncertainties": BOX, "points": 4, "at": "2024-01"}, "needs a list of months"),
            ({"uncertainties": 5}, "uncertainties: needs a list of addresses and patterns, or ranges by address, not 5"),
            ({"uncertainties": {1: (0, 1)}}, "uncertainties: needs a list of addresses"),
            ({"uncertainties": BOX, "measures": 3}, "measures: needs an object that can be called"),
            ({"uncertainties": BOX, "measures": dict}, "measures: needs an object that can be called"),
            ({"uncertainties": BOX, "own_shocks": "yes"}, "own_shocks: must be True or False, not 'yes'"),
            ({"uncertainties": BOX, "points": 4, "record": [5]}, r"record: needs a list of names of quantities, not \[5\]"),
            ({"levers": {1: [60]}}, "needs options by name"),
            ({"levers": {"world.oil_price": [[60], 70]}}, "needs a list of finite numbers"),
            ({"uncertainties": BOX, "points": 4, "at": [True]}, "True' is no month"),
            ({"uncertainties": BOX, "points": 4, "at": ["2024-13"]}, "'2024-13' is no month"),
            ({"uncertainties": BOX, "points": 4, "record": "openness"}, "needs a list of names"),
        ],
    )
    def test_each_gives_one_clear_message(self, arguments, message):
        with pytest.raises(UserError, match=message):
            SweepArguments("base", **arguments).plan()

    def test_an_address_that_only_some_scenarios_have_is_refused(self):
        lacking = sim.Scenario.load("base").without_rule("china_oil_valve")
        other = sim.Scenario.from_dict({**lacking.to_dict(), "name": "other"})
        with pytest.raises(UserError, match=r"there is no parameter 'rules.china_oil_valve.strength'"):
            SweepArguments(
                "base",
                {"rules.china_oil_valve.strength": Range("rules.china_oil_valve.strength", 0.1, 0.9)},
                {"scenario": ["base", other]},
                points=2,
            ).plan()
