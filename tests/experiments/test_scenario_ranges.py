"""Which parameters vary: their own ranges by default, others where possible, and every mistake at once."""

from pathlib import Path

import numpy as np
import pytest

from sim.errors import UserError
from sim.experiments.ranges import Range
from sim.experiments.scenario_ranges import ranges_of
from sim.scenario.scenario import Scenario

BASE = Scenario.load("base")
TOY = Scenario.load(Path(__file__).parents[1] / "toy" / "toy.toml")


def own(address, scenario=BASE):
    parameter = scenario.parameters[address]
    return Range(address, parameter.low, parameter.high, parameter.measure)


def refuse(what, scenario=BASE):
    with pytest.raises(UserError) as caught:
        ranges_of(scenario, what)
    return str(caught.value)


class TestRangesOf:
    @pytest.mark.parametrize("scenario", [BASE, TOY, Scenario.load("iran_second_supplier")])
    def test_all_are_those_with_a_width(self, scenario):
        expected = [own(address, scenario) for address, each in scenario.parameters.items() if each.low < each.high]
        assert list(ranges_of(scenario, "all")) == expected

    def test_addresses_and_patterns_stand_for_their_own_ranges(self):
        assert ranges_of(BASE, "china.resolve") == (own("china.resolve"),)
        found = [side.address for side in ranges_of(BASE, ["world.oil_price", "china.*"])]
        assert found[0] == "world.oil_price"
        assert found[1:] == [name for name, each in BASE.parameters.items() if name.startswith("china.") and each.low < each.high]

    def test_a_measure_is_kept(self):
        log = next(name for name, each in BASE.parameters.items() if each.measure == "log")
        assert ranges_of(BASE, [log])[0].measure == "log"
        assert ranges_of(BASE, {log: (0.1, 0.2)}) == (Range(log, 0.1, 0.2, "log"),)

    def test_other_ranges_may_be_given(self):
        wanted = Range("world.oil_price", 50.0, 120.0, "log")
        given = {
            "world.oil_price": wanted,
            "china.resolve": (0, 1),
            "china.goodwill": None,
            "russia.fire": np.array([1, 2]).tolist(),
        }
        assert ranges_of(BASE, given) == (
            wanted,
            Range("china.resolve", 0.0, 1.0),
            own("china.goodwill"),
            Range("russia.fire", 1.0, 2.0),
        )

    def test_an_address_goes_before_a_pattern_and_counts_once(self):
        found = ranges_of(BASE, {"china.*": None, "china.resolve": (0.4, 0.5), "*.resolve": None})
        names = [side.address for side in found]
        assert len(set(names)) == len(names)
        assert found[names.index("china.resolve")] == Range("china.resolve", 0.4, 0.5)
        assert "united_states.resolve" in names

    @pytest.mark.parametrize(
        ("what", "message"),
        [
            ([], "no parameter varies"),
            ({}, "no parameter varies"),
            (["china.resolv"], "china.resolv: there is no such parameter; did you mean 'china.resolve'"),
            (["chima.*"], "chima.*: no parameter fits this pattern; did you mean 'china.*'"),
            (["partnerships.*.backlash"], "did you mean '*.backlash' or 'russia_north_korea.backlash'"),
            (["zzz*"], "no parameter fits this pattern; known: china.*, japan.*, lanes.*, north_korea.*, rules.*"),
            (["world.ceasefire_month"], "world.ceasefire_month: has no range of its own, only 999"),
            (["world.ceasefire_m*"], "none of the 1 parameters that fit has a range of its own"),
            ({"china.*": (0, 1)}, "china.*: a pattern stands for the parameters' own ranges"),
            ({"china.resolve": (0.6, 0.4)}, "china.resolve: the range is upside down"),
            ({"china.resolve": (0.2, float("nan"))}, "china.resolve: the ends of a range must be finite"),
            ({"china.resolve": 0.3}, "china.resolve: must be (low, high) or a Range, not 0.3"),
            ({"china.resolve": "01"}, "must be (low, high) or a Range"),
            ({"china.resolve": (0, True)}, "must be (low, high) or a Range"),
            ({"china.resolve": (0, 1, 2)}, "must be (low, high) or a Range"),
            ({"china.resolve": Range("china.goodwill", 0, 1)}, "is given the range of 'china.goodwill'"),
            ({"china.resolve": (0, 1.5)}, "china.resolve: 1.5 is outside [0, 1] share"),
            ({"world.oil_price": (-5, 100)}, "world.oil_price: -5 is outside [1, 1000] USD/barrel"),
            ({"rules.china_oil_valve.lag": (0, 3)}, "rules.china_oil_valve.lag: 0 is outside [1, 1000] months"),
            ({"russia_north_korea.trust": (0, 3)}, "russia_north_korea.trust: 3 is outside [0, 1] share"),
            ({"russia_north_korea.munitions.curvature": (1e-13, 3)}, "1e-13 is outside [1e-12, 1e+09]"),
            ({"lanes.china_north_korea_oil.margin": (0, 101)}, "101 is outside [0, 100]"),
        ],
    )
    def test_what_makes_no_sense_is_refused_with_its_address(self, what, message):
        assert message in refuse(what)

    def test_every_mistake_is_named_at_once(self):
        message = refuse({"china.resolv": None, "china.resolve": (2, 1), "chima.*": None})
        assert message.startswith("3 problems")
        message = refuse({"china.resolve": (0, 2), "world.oil_price": (-5, 100), "china.goodwill": (0, 1)})
        assert message.startswith("2 problems")
