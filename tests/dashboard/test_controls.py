"""Sliders are made from a scenario: each runs over its parameter's own range, in plain words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import Scenario, run, scenario_names
from sim.dashboard.controls import SHOWN, groups_of, lender, parameter_at, stops
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.parameters import RULE, SCOPES
from sim.mechanisms.parameters import TRIGGERS as KNOWN_TRIGGERS
from sim.reporting.labels import LABELS, LIMITS, MEANINGS, TRIGGERS, amount, limit_words, rule_title

BASE = Scenario.load("base")


def controls(scenario):
    return [control for group in groups_of(scenario) for part in group.parts for control in part.controls]


@pytest.mark.parametrize("name", scenario_names())
def test_every_slider_runs_over_the_range_of_its_parameter(name):
    scenario = Scenario.load(name)
    found = controls(scenario)
    assert len({control.address for control in found}) == len(found) > 20
    for control in found:
        parameter = parameter_at(scenario, control.address)
        fixed_strength = control.address.endswith(".strength") and parameter.low == parameter.high
        assert (control.values[0], control.values[-1]) == ((0.0, 1.0) if fixed_strength else (parameter.low, parameter.high))
        assert control.values[control.stop(parameter.value)] == parameter.value == control.start
        assert list(control.values) == sorted(set(control.values))
        assert len(control.texts) == len(control.values) >= 50
        assert control.help.endswith(".")
        assert "_" not in control.label + control.unit


def test_every_rule_has_its_part_in_the_group_of_who_presses():
    beijing, west, *_ = groups_of(BASE)
    titles = [part.title for part in beijing.parts]
    assert "China: squeeze on oil to North Korea" in titles
    assert "Strength" in {control.label for part in beijing.parts[1:] for control in part.controls}
    assert sum(rule.presser == "china" for rule in BASE.rules.values()) == len(titles) - 1
    assert "South Korea: deliveries of arms to the enemy of Russia" in [part.title for part in west.parts]


def test_each_motive_of_beijing_with_a_range_can_be_moved():
    moved = {control.address for control in controls(BASE)}
    patron = {address for address, number in BASE.parameters.items() if address.startswith("china.") and number.low < number.high}
    assert patron - moved == {"china.exposure", "china.stance_noise"}


def test_a_rule_that_answers_to_nothing_has_no_tolerance_to_move():
    of_rule = {control.address.rpartition(".")[2] for control in controls(BASE) if "us_secondary_sanctions" in control.address}
    assert "strength" in of_rule
    assert not {"tolerance", "width"} & of_rule


def test_a_scenario_without_rules_still_has_its_partners_and_its_world():
    titles = [group.title for group in groups_of(Scenario.load("no_pressure"))]
    assert {"The partners", "The world"} <= set(titles)


def test_a_rule_borrows_from_its_presser_only_what_is_in_the_same_unit():
    assert lender(BASE, "rules.china_oil_valve.resolve") == "china.resolve"
    assert lender(BASE, "rules.china_oil_valve.tolerance") is None, "its presser's motives make it"
    assert lender(BASE, "rules.china_oil_valve.strength") is None
    assert lender(BASE, "rules.us_interdiction.tolerance") is None, "it has its own, in rounds"
    assert lender(BASE.without_rule("china_oil_valve"), "rules.china_oil_valve.resolve") is None
    tests = BASE.with_rule("answers_tests", **{**rule_of("china_oil_valve"), "trigger": "tests"}, **own("tests/month"))
    trimmed = tests.to_dict()
    assert lender(tests, "rules.answers_tests.resolve") == "china.resolve"
    assert "tolerance" in trimmed["rules"]["answers_tests"]


def rule_of(name):
    return {key: value for key, value in BASE.to_dict()["rules"][name].items() if key != "from"}


def own(unit):
    number = {"value": 1.0, "unit": unit, "low": 0.5, "high": 2.0, "source": "assumption"}
    return {"tolerance": number, "width": number}


@given(low=st.floats(1e-6, 1e6), ratio=st.floats(1.0001, 1e6), at=st.floats(0, 1), measure=st.sampled_from(["linear", "log"]))
def test_stops_rise_from_low_to_high_and_hold_the_start(low, ratio, at, measure):
    high = low * ratio
    start = min(max(low + at * (high - low), low), high)
    found = stops(low, high, measure, start)
    assert found[0] == low
    assert found[-1] == high
    assert start in found
    assert list(found) == sorted(set(found))


def test_log_stops_grow_by_even_ratios():
    found = np.array(stops(1.0, 10_000.0, "log", 100.0))
    assert np.ptp(np.diff(np.log(found))) < 0.02
    assert found[50] == 100.0


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.5, "share", "50%"),
        (0.125, "share", "12.5%"),
        (0.95, "share of full fire", "95% of full fire"),
        (6000.0, "thousand rounds", "6,000,000 rounds"),
        (22.0, "thousand barrels/month", "22,000 barrels a month"),
        (60.0, "million USD/month", "60 million USD a month"),
        (1.0, "months", "1 month"),
        (2.0, "months", "2 months"),
        (80.0, "USD/barrel", "80 USD per barrel"),
        (15000.0, "person", "15,000 persons"),
        (0.4, "dimensionless", "0.4"),
    ],
)
def test_numbers_are_written_as_people_do(value, unit, said):
    assert amount(value, unit) == said


def test_every_limit_and_trigger_has_plain_words():
    assert LIMITS.keys() == KNOCKOUTS.keys()
    assert TRIGGERS.keys() == KNOWN_TRIGGERS.keys()
    assert all(title and says.endswith(".") for title, says in map(limit_words, KNOCKOUTS))


def test_words_and_shown_numbers_are_of_parameters_that_exist():
    known = {spec.name for specs in SCOPES.values() for spec in specs}
    assert LABELS.keys() <= known
    assert MEANINGS.keys() <= LABELS.keys()
    assert {spec.name for spec in RULE} <= LABELS.keys()
    for scope, names in SHOWN.items():
        assert set(names) <= {spec.name for spec in SCOPES[scope]}
        assert set(names) <= LABELS.keys()


def test_a_rule_is_named_by_who_does_what_to_whom():
    assert rule_title(BASE.rules["us_secondary_sanctions"], BASE) == "United States: secondary sanctions on China"


def test_tolerance_has_an_anchor_that_the_base_scenario_bears_out():
    tie = run(BASE, 100, months=11, record=["visible_tie"], progress=False)["visible_tie"].isel(partnership=0).median("run")
    for month, told in (("2023-12", "0.7 at the end of 2023"), ("2024-06", "0.6 in mid-2024")):
        assert told in MEANINGS["tolerance"]
        assert abs(float(tie.sel(month=month).item()) - float(told[:3])) < 0.08
