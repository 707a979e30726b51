"""A scenario that is saved loads as an equal one, from a file that says no more than it has to."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim import Scenario, UserError

BASE = Scenario.load("base")
NUMBERS = sorted(address for address, number in BASE.parameters.items() if number.unit == "share")
NAMES = sim.scenario_names()


def reloaded(scenario: Scenario, path) -> Scenario:
    return Scenario.load(scenario.save(path))


@st.composite
def scenarios(draw) -> Scenario:
    """A shipped scenario with some numbers, rules, limits, draws, names and paths changed."""
    scenario = Scenario.load(draw(st.sampled_from(NAMES)))
    for address in draw(st.lists(st.sampled_from(NUMBERS), max_size=3)):
        if address in scenario.parameters:
            level = draw(st.sampled_from([0.1, 0.5, 0.9]))
            change = draw(
                st.sampled_from([level, {"drawn": True}, {"source": "a guess"}, {"value": level, "low": 0.0, "high": 1.0}])
            )
            scenario = scenario.set(address, change)
    if scenario.rules and draw(st.booleans()):
        rule = draw(st.sampled_from(sorted(scenario.rules)))
        scenario = draw(
            st.sampled_from(
                [
                    scenario.without_rule(rule),
                    scenario.with_rule(rule, until="2025-01"),
                    scenario.with_rule("another", like=rule, strength=0.3),
                ]
            )
        )
    if draw(st.booleans()):
        scenario = scenario.without("trust").set({"name": "mine", "variants.bargaining": "logit"})
    if draw(st.booleans()):
        scenario = scenario.with_worlds(draw(st.sampled_from([{}, {"china.resolve": [0.2, 0.4]}])))
    return scenario


@settings(max_examples=40)
@given(scenarios(), st.sampled_from(["mine", "base", "some_other"]))
def test_what_is_saved_loads_as_an_equal_scenario(tmp_path_factory, scenario, stem):
    assert reloaded(scenario, tmp_path_factory.mktemp("saved") / f"{stem}.toml").hash == scenario.hash


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_is_one_line_beside_its_name(name, tmp_path):
    path = Scenario.load(name).save(tmp_path / f"{name}_copy.toml")
    assert tomllib.loads(path.read_text("utf-8")) == {"extends": name, "name": name}


def test_a_file_says_what_was_changed_and_no_more(tmp_path):
    scenario = BASE.set({"china.resolve": 0.8, "name": "mine"}).without_rule("seoul_red_line")
    table = tomllib.loads(scenario.save(tmp_path / "mine.toml").read_text("utf-8"))
    assert table == {"extends": "base", "remove": ["rules.seoul_red_line"], "countries": {"china": {"resolve": 0.8}}}


def test_an_order_that_no_extension_can_say_is_written_in_full(tmp_path):
    tree = BASE.to_dict()
    turned = Scenario.from_dict({**tree, "rules": dict(reversed(tree["rules"].items()))})
    path = turned.save(tmp_path / "turned.toml")
    assert "extends" not in tomllib.loads(path.read_text("utf-8"))
    assert Scenario.load(path).hash == turned.hash


def test_a_scenario_of_ones_own_does_not_mislead_what_is_saved_beside_it(tmp_path):
    BASE.set("china.resolve", 0.1).save(tmp_path / "base.toml")
    changed = BASE.set("china.goodwill", 0.6)
    assert reloaded(changed, tmp_path / "changed.toml").hash == changed.hash


def test_what_is_there_is_replaced_and_nothing_else_is_left(tmp_path):
    for level in (0.2, 0.3):
        assert reloaded(BASE.set("china.resolve", level), tmp_path / "x.toml").parameters["china.resolve"].value == level
    assert [path.name for path in tmp_path.iterdir()] == ["x.toml"]


def test_a_place_that_cannot_be_written_and_a_shipped_scenario_are_refused(tmp_path, root):
    with pytest.raises(UserError, match="cannot be made there"):
        BASE.save(tmp_path / "absent" / "x.toml")
    with pytest.raises(UserError, match="is a folder"):
        BASE.save(tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(UserError, match="is a shipped scenario"):
        BASE.save(root / "scenarios" / "base.toml")
