"""A scenario in words: its rules as sentences, and what differs from another."""

import pytest

import sim
from sim import Scenario

BASE = Scenario.load("base")


@pytest.mark.parametrize("name", sim.scenario_names())
def test_every_scenario_describes_itself_with_a_sentence_for_each_rule(name):
    scenario = Scenario.load(name)
    told = scenario.describe().splitlines()
    assert told[0] == scenario.title
    assert sum(line.startswith("- ") for line in told) == len(scenario.rules)
    assert f"{len(scenario.parameters)} numbers" in told[-1]


def test_a_rule_says_who_does_what_how_hard_and_when():
    told = BASE.describe()
    assert "China may throttle the oil sent to North Korea, down to a minimum flow, up to 50%, as its displeasure grows." in told
    assert "at 90% from 2023-12, whatever the others do." in told
    assert "in answer to visible munitions beyond 50 thousand rounds/month" in told


def test_a_notebook_shows_it_with_all_signs_safe():
    shown = BASE.set("title", "<b>Mine</b>")._repr_html_()
    assert "&lt;b&gt;Mine" in shown
    assert "<summary>Rules" in shown


def test_a_difference_is_a_row_with_both_sides_and_the_unit():
    other = BASE.set({"china.resolve": 0.8, "rules.china_oil_valve.strength": {"low": 0.1}}).without_rule("us_interdiction")
    rows = BASE.diff(other).set_index("what")
    assert list(rows.columns) == ["first", "second", "unit"]
    assert list(rows.loc["china.resolve"]) == ["0.5", "0.8", "share"]
    assert list(rows.loc["rules.china_oil_valve.strength"]) == ["0.5 to 0.5", "0.1 to 0.5", "share"]
    assert rows.loc["rules.us_interdiction"]["first"].startswith("United States may stop shipments")
    assert rows.loc["rules.us_interdiction"]["second"] == "—"
    assert len(rows) == 3


def test_equal_scenarios_differ_in_nothing_and_others_in_something():
    assert BASE.diff("base").empty
    tree = BASE.to_dict()
    turned = Scenario.from_dict({**tree, "rules": dict(reversed(tree["rules"].items()))})
    assert list(BASE.diff(turned)["what"]) == ["order of rules"]
    for name in sim.scenario_names()[1:]:
        assert len(BASE.diff(name)) > 3


def test_a_path_worlds_and_package_rows_are_named_by_their_addresses():
    with_worlds = BASE.with_worlds({"china.resolve": [0.1, 0.2, 0.3]})
    assert list(BASE.diff(with_worlds).iloc[0])[:3] == ["worlds", "—", "3 worlds of 1 numbers"]
    assert list(BASE.diff(BASE.set("russia_north_korea.munitions.cap", 400))["what"]) == ["russia_north_korea.munitions.cap"]
