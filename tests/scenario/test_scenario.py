"""Scenarios: what they hold, how they merge, how they change."""

import json
import pickle
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.mechanisms.parameters import SCOPES
from sim.mechanisms.pressure import RESPONSES, response
from sim.mechanisms.quantities import QUANTITIES
from sim.model.world import World
from sim.paths import scenario_folder
from sim.scenario.files import merge
from sim.scenario.scenario import Scenario, scenario_names
from sim.scenario.schema import scenario_schema

TOY = Path(__file__).parents[1] / "toy"
NAMES = scenario_names()


loaded = cache(Scenario.load)


@pytest.fixture(scope="module")
def base() -> Scenario:
    return loaded("base")


@pytest.fixture(scope="module")
def toy() -> Scenario:
    return Scenario.load(TOY / "toy.toml")


# --- what is shipped ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_scenario_asks_a_question(name: str, base: Scenario):
    scenario = loaded(name)
    assert scenario.name == name
    assert "?" in scenario.question
    assert scenario.start == base.start
    if name != "base":
        assert scenario.title != base.title
        assert scenario.question != base.question
        assert scenario.hash != base.hash


@pytest.mark.parametrize("name", NAMES)
def test_no_scenario_claims_evidence_for_a_number_that_it_changed(name: str, base: Scenario):
    for address, parameter in loaded(name).parameters.items():
        before = base.parameters.get(address)
        if before and parameter.value != before.value and parameter.source == before.source:
            assert "assumption" in parameter.source, address


@pytest.mark.parametrize("source", [*NAMES, TOY / "toy.toml", TOY / "two.toml"], ids=lambda source: Path(source).stem)
def test_every_scenario_runs(source: str | Path):
    world = World(loaded(source), runs=2, seed=1)
    for _ in range(6):
        world.step()
    for quantity in QUANTITIES:
        assert np.isfinite(world.read(quantity.name)).all(), quantity.name


def test_titles_are_unique():
    titles = [loaded(name).title for name in NAMES]
    assert len(set(titles)) == len(titles)


def test_a_scenario_that_is_loaded_already_is_given_back(base: Scenario):
    assert Scenario.load(base) is base
    with pytest.raises(UserError, match="needs a scenario, its name, or the path of its file, not int"):
        Scenario.load(5)


def test_base_comes_first():
    assert NAMES[0] == "base"


def test_beijing_is_absent_where_the_file_says_so():
    scenario = Scenario.load("beijing_absent")
    assert not any("china" in (lane.exporter, lane.importer) for lane in scenario.lanes.values())
    assert not any("china" in (rule.presser, rule.target) for rule in scenario.rules.values())


def test_no_pressure_has_no_rules():
    assert Scenario.load("no_pressure").rules == {}


def test_a_seventh_country_is_a_file_alone():
    iran = Scenario.load("iran_second_supplier")
    assert iran.countries["iran"].role == "supplier"
    assert iran.partnerships["russia_iran"].supplier == "iran"
    assert list(iran.partnerships) == ["russia_north_korea", "russia_iran"]
    union = Scenario.load("eu_second_leader")
    assert [name for name, country in union.countries.items() if country.role == "leader"] == ["united_states", "european_union"]


def test_resolve_is_private_in_mixed_signals():
    assert Scenario.load("mixed_signals").parameters["china.resolve"].drawn


def test_toy_worlds_load(toy: Scenario):
    assert {country.role for country in toy.countries.values()} == {"belligerent", "supplier", "patron"}
    assert set(Scenario.load(TOY / "two.toml").countries) == {"marland", "ostia"}


# --- what a scenario holds ------------------------------------------------------------------------------------------------------


def test_addresses_follow_the_tables(base: Scenario):
    for address, unit in {
        "world.oil_price": "USD/barrel",
        "china.resolve": "share",
        "rules.china_oil_valve.strength": "share",
        "rules.seoul_red_line.tolerance": "point",
        "lanes.china_north_korea_oil.volume": "thousand barrels/month",
        "russia_north_korea.leak": "share",
        "russia_north_korea.air_defence.value": "million USD/point",
    }.items():
        assert base.parameters[address].unit == unit
    assert "rules.china_oil_valve.tolerance" not in base.parameters


def test_every_parameter_of_the_table_is_used_somewhere(base: Scenario):
    used = {address.rpartition(".")[2] for address in base.parameters} | {
        address.rpartition(".")[2] for address in Scenario.load("beijing_woos").parameters
    }
    known = {spec.name for specs in SCOPES.values() for spec in specs if spec.required}
    assert known <= used


def test_dates_become_months_counted_from_the_start(base: Scenario):
    rule = base.rules["us_secondary_sanctions"]
    assert (rule.since, rule.from_month, rule.until_month) == ("2023-12", 5, 10**9)
    moved = base.set({"start": "2023-12", "rules.us_secondary_sanctions.until": "2024-01"}).rules["us_secondary_sanctions"]
    assert (moved.from_month, moved.until_month) == (1, 2)
    assert base.set("start", "2024-03").rules["us_secondary_sanctions"].from_month == -2


def test_round_trip(base: Scenario):
    again = Scenario.from_dict(json.loads(json.dumps(base.to_dict())))
    assert again == base
    assert again.hash == base.hash
    assert pickle.loads(pickle.dumps(base)) == base


def test_a_scenario_cannot_be_changed_in_place(base: Scenario):
    with pytest.raises(AttributeError):
        base.months = 3  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        base.parameters["china.resolve"].value = 0.1  # type: ignore[misc]
    tree = base.to_dict()
    tree["countries"]["china"]["resolve"]["value"] = 0.1
    assert base.parameters["china.resolve"].value == 0.5


def test_integers_and_floats_are_the_same_scenario(toy: Scenario):
    tree = toy.to_dict()
    tree["countries"]["grandia"]["treasury"]["value"] = 100000
    assert Scenario.from_dict(tree).hash == toy.hash


def test_the_order_of_countries_matters_and_is_in_the_hash(toy: Scenario):
    tree = toy.to_dict()
    tree["countries"] = dict(reversed(tree["countries"].items()))
    assert Scenario.from_dict(tree).hash != toy.hash


# --- extends, remove ------------------------------------------------------------------------------------------------------------


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_files_merge_deeply_along_extends(tmp_path: Path):
    write(tmp_path, "middle.toml", 'extends = "base"\nknockouts = ["west", "trust"]\n[countries.china]\nresolve = 0.6\n')
    path = write(
        tmp_path,
        "mine.toml",
        'extends = "middle"\nknockouts = ["supply"]\n[countries.china]\nname = "PRC"\n[world]\noil_price = { low = 50.0 }\n',
    )
    scenario = Scenario.load(path)
    assert scenario.name == "mine"
    assert scenario.title == "Base"
    assert scenario.countries["china"].name == "PRC"
    assert scenario.parameters["china.resolve"].value == 0.6
    assert scenario.parameters["china.resolve"].source.startswith("assumption")
    assert scenario.parameters["world.oil_price"].low == 50.0
    assert scenario.knockouts == ("supply",)


def test_extends_looks_beside_the_file_first_and_never_means_itself(tmp_path: Path):
    write(tmp_path, "base.toml", 'extends = "base"\ntitle = "My base"\n')
    path = write(tmp_path, "mine.toml", 'extends = "base"\n')
    assert Scenario.load(path).title == "My base"


def test_remove_drops_tables_rows_and_optional_numbers(tmp_path: Path):
    path = write(
        tmp_path,
        "mine.toml",
        f'extends = "{TOY / "toy.toml"}"\n'
        'remove = ["rules.grandia_oil_valve", "marland_ostia.rockets", "partnerships.marland_ostia.package.votes",'
        ' "rules.grandia_snubs_ostia.tolerance"]\n',
    )
    scenario = Scenario.load(path)
    assert list(scenario.rules) == ["grandia_components", "grandia_snubs_ostia"]
    assert list(scenario.partnerships["marland_ostia"].package) == ["shells", "soldiers", "fuel"]
    assert "marland_ostia.rockets.value" not in scenario.parameters
    assert "rules.grandia_snubs_ostia.tolerance" not in scenario.parameters


def test_what_is_removed_can_be_put_in_anew(tmp_path: Path):
    row = """
        kind = "oil"
        cost = { value = 0.1, unit = "million USD/thousand barrels", low = 0.05, high = 0.2, source = "mine" }
        curvature = { value = 0.001, unit = "million USD/thousand barrels²", low = 0.001, high = 0.002, source = "mine" }
        cap = { value = 90, unit = "thousand barrels/month", low = 90, high = 90, source = "mine" }
        weight = { value = 0.1, unit = "dimensionless", low = 0, high = 1, source = "mine" }
    """
    head = f'extends = "{TOY / "toy.toml"}"\nremove = ["marland_ostia.fuel"]\n[partnerships.marland_ostia.package.fuel]\n'
    value = 'value = { value = 0.3, unit = "million USD/thousand barrels", low = 0.2, high = 0.4, source = "mine" }'
    scenario = Scenario.load(write(tmp_path, "whole.toml", head + row + value))
    assert scenario.parameters["marland_ostia.fuel.cap"].value == 90.0
    with pytest.raises(UserError, match=r"part\.toml: partnerships\.marland_ostia\.package\.fuel\.value: is missing"):
        Scenario.load(write(tmp_path, "part.toml", head + row))


def test_a_bare_number_moves_the_value_and_widens_the_range(tmp_path: Path):
    path = write(tmp_path, "mine.toml", 'extends = "base"\n[countries.china]\ngoodwill = 3\n')
    parameter = Scenario.load(path).parameters["china.goodwill"]
    assert (parameter.low, parameter.value, parameter.high) == (0.05, 3.0, 3.0)


# --- changes --------------------------------------------------------------------------------------------------------------------


def test_set_numbers_and_names(base: Scenario):
    changed = base.set(
        {
            "china.resolve": np.float64(0.8),
            "months": np.int64(12),
            "variants.bargaining": "logit",
            "rules.china_oil_valve.response": "threshold",
            "rules.china_oil_valve.trigger": "openness",
            "countries.china.goodwill": 0.3,
            "russia_north_korea.air_defence.value": 100,
            "russia.stake_scale": {"drawn": True},
        }
    )
    assert changed.parameters["china.resolve"].value == 0.8
    assert changed.months == 12
    assert changed.variants.bargaining == "logit"
    assert changed.rules["china_oil_valve"].response == "threshold"
    assert changed.parameters["china.goodwill"].value == 0.3
    assert changed.parameters["russia_north_korea.air_defence.value"].value == 100.0
    assert changed.parameters["russia.stake_scale"].drawn
    assert base.parameters["china.resolve"].value == 0.5
    assert base.months == 60
    assert base.set("months", 12.0).months == 12


@pytest.mark.parametrize(
    ("address", "value", "message"),
    [
        ("china.resolv", 0.3, "did you mean 'resolve'"),
        ("chna.resolve", 0.3, "did you mean 'china.resolve'"),
        ("china.resolve", "high", "must be a number"),
        ("china.resolve", True, "must be a number"),
        ("china.resolve", None, "must be a number"),
        ("china.resolve", float("nan"), "finite"),
        ("china.resolve", 1.5, r"outside \[0, 1\]"),
        ("rules.china_oil_valve.tolerance", 0.3, "there is no value to replace"),
        ("rules.china_oil_valve.trigger", "moon", "no known trigger"),
        ("variants.bargaining", "nsh", "did you mean 'nash'"),
        ("variants.bargaining", 3, "must be"),
        ("months", 0, "greater than or equal to 1"),
        ("months", 12.5, "without a fraction"),
        ("start", "August", "must be a month"),
        ("countries.china", 4, "must be a table"),
        ("world", 4, "must be a table"),
        ("", 4, "unknown"),
        ("knockouts", ["beijin"], "did you mean 'beijing'"),
        ("countries.china.role", "ally", "plays the role of ally; channel 'secondary_sanctions' needs a patron"),
    ],
)
def test_set_refuses(base: Scenario, address: str, value: object, message: str):
    with pytest.raises(UserError, match=message) as caught:
        base.set(address, value)
    assert str(caught.value).startswith(("set: ", address))


def test_knock_outs_add_up(base: Scenario):
    assert base.without("west").without("beijing", "west").knockouts == ("beijing", "west")
    with pytest.raises(UserError, match="did you mean 'beijing'"):
        base.without("bejing")


def test_rules_come_and_go(base: Scenario):
    valve = {name: base.parameters[f"rules.china_oil_valve.{name}"] for name in ("strength", "lag", "rate_up", "rate_down")}
    leaks = {
        name: base.parameters[f"rules.china_oil_valve.{name}"] for name in ("leakage", "leakage_max", "leakage_growth", "cost")
    }
    fields = {"presser": "china", "target": "north_korea", "channel": "trade", "trigger": "openness", "response": "linear"}
    more = base.with_rule("mine", **fields, **valve, **leaks, from_="2024-01")
    assert more.rules["mine"].from_month == 6
    assert more.parameters["rules.mine.strength"] == base.parameters["rules.china_oil_valve.strength"]
    assert more.with_rule("mine", strength=0.2).parameters["rules.mine.strength"].value == 0.2
    assert more.without_rule("mine") == base
    with pytest.raises(UserError, match="did you mean 'mine'"):
        more.without_rule("mime")
    with pytest.raises(UserError, match=r"rules\.mine\.strength: is missing"):
        base.with_rule("mine", **fields)


def test_a_rule_can_start_from_another(base: Scenario):
    more = base.with_rule("mine", like="china_oil_valve", channel="trade", strength=0.4)
    assert more.rules["mine"].channel == "trade"
    assert more.rules["mine"].presser == base.rules["china_oil_valve"].presser
    assert more.parameters["rules.mine.strength"].value == 0.4
    assert more.parameters["rules.mine.lag"] == base.parameters["rules.china_oil_valve.lag"]
    assert more.without_rule("mine") == base
    with pytest.raises(UserError, match="did you mean 'china_oil_valve'"):
        base.with_rule("mine", like="china_oil_valves")
    with pytest.raises(UserError, match="is there already; choose another name, or leave like= away"):
        base.with_rule("china_oil_valve", like="china_oil_valve", strength=0.4)


def test_a_response_of_ones_own_can_be_named(base: Scenario):
    @response("half")
    def half(trigger, tolerance, width, memory):
        return 0.5 * (trigger > tolerance)

    try:
        assert base.set("rules.china_oil_valve.response", "half").rules["china_oil_valve"].response == "half"
    finally:
        del RESPONSES["half"]


# --- laws -----------------------------------------------------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
TREES = st.recursive(
    SCALARS | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "value", "low", "high"]), inner, max_size=4),
    max_leaves=12,
).filter(lambda tree: isinstance(tree, dict))


@given(TREES, TREES)
def test_merge_laws(one: dict, two: dict):
    before = repr((one, two))
    assert merge(one, {}) == one
    assert merge({}, one) == one
    both = merge(one, two)
    assert merge(both, two) == both
    assert set(both) == set(one) | set(two)
    assert repr((one, two)) == before


ADDRESSES = sorted(Scenario.load(TOY / "toy.toml").parameters)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ADDRESSES), st.sampled_from(ADDRESSES), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_set_changes_what_it_names_and_the_hash_tells(toy: Scenario, one: str, two: str, u: float, v: float):
    def between(address: str, share: float) -> float:
        parameter = toy.parameters[address]
        return min(max(parameter.low + share * (parameter.high - parameter.low), parameter.low), parameter.high)

    x, y = between(one, u), between(two, v)
    changed = toy.set(one, x)
    assert changed.parameters[one].value == x
    assert {a: p for a, p in changed.parameters.items() if a != one} == {a: p for a, p in toy.parameters.items() if a != one}
    assert (changed.hash == toy.hash) == (x == toy.parameters[one].value)
    assert changed.set(one, toy.parameters[one].value).hash == toy.hash
    if one != two:
        assert toy.set({one: x, two: y}) == toy.set({two: y, one: x}) == changed.set(two, y)


# --- the schema for editors -----------------------------------------------------------------------------------------------------


def test_schema_agrees_with_the_shipped_files():
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(json.dumps(scenario_schema()))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for path in [*(scenario_folder() / f"{name}.toml" for name in scenario_names()), *TOY.glob("*.toml")]:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
        assert [error.message for error in validator.iter_errors(tree)] == [], path.name


@pytest.mark.parametrize(
    "text",
    [
        'extends = "base"\ntitel = "x"',
        'extends = "base"\n[countries.china]\nresolv = 0.3',
        'extends = "base"\n[countries.china]\nresolve = 3.0',
        'extends = "base"\n[countries.china]\nresolve = { unit = "percent" }',
        'extends = "base"\n[rules.x]\nchannel = "telepathy"',
        'title = "alone"',
    ],
)
def test_schema_refuses_what_the_loader_refuses(text: str):
    jsonschema = pytest.importorskip("jsonschema")
    assert list(jsonschema.Draft7Validator(scenario_schema()).iter_errors(tomllib.loads(text)))


def test_schema_says_what_a_number_means():
    resolve = scenario_schema()["properties"]["countries"]["additionalProperties"]["properties"]["resolve"]
    assert "(share)" in resolve["description"]


def test_a_number_that_has_a_value_of_its_own_may_be_left_out_or_given_bare(base: Scenario):
    tree = base.to_dict()
    rule = tree["rules"]["us_interdiction"]
    for name in ("lag", "leakage"):
        rule.pop(name)
    left_out = Scenario.from_dict(tree).parameters
    assert left_out["rules.us_interdiction.lag"].value == 1.0
    assert left_out["rules.us_interdiction.lag"].source == "it knows at once"
    rule["lag"] = 4.0
    given = Scenario.from_dict(tree).parameters["rules.us_interdiction.lag"]
    assert (given.value, given.low, given.high, given.unit, given.source) == (4.0, 4.0, 4.0, "months", "assumption")
    rule["lag"] = {"value": 4.0, "low": 2.0, "high": 8.0}
    assert Scenario.from_dict(tree).parameters["rules.us_interdiction.lag"].high == 8.0
    rule["lag"] = 0.0
    with pytest.raises(UserError, match=r"rules.us_interdiction.lag.value: is 0, outside \[1, 1000\] months"):
        Scenario.from_dict(tree)


def test_a_path_gives_a_number_for_each_month_with_straight_lines_between(base: Scenario):
    tree = base.to_dict()
    tree["paths"] = {"united_states.offer": {"2023-08": 10.0, "2023-12": 50.0, "2028-07": 50.0}}
    numbers = Scenario.from_dict(tree).path("united_states.offer")
    assert numbers[:6].tolist() == [10.0, 20.0, 30.0, 40.0, 50.0, 50.0]
    assert len(numbers) == base.months


@pytest.mark.parametrize(
    ("address", "points", "says"),
    [
        (
            "china.outlook",
            {"2023-08": 0.0, "2027-12": 1.0},
            "ends in 2027-12, before the horizon in 2028-07; add a number for 2028-07",
        ),
        ("china.outlook", {"2023-09": 0.0, "2028-07": 1.0}, "begins in 2023-09, after the start in 2023-08; add a number"),
        ("china.outlook", {"2023-08": 0.0, "2028-07": 1e9}, "must be a number within [-100, 100] displeasure"),
        ("china.outlook", {"2023-8": 0.0, "2028-07": 1.0}, "must be a month such as '2023-08'"),
        ("china.outlook", {}, "is empty; give numbers by month"),
        ("china.treasury", {"2023-08": 0.0, "2028-07": 1.0}, "can follow no path"),
        ("chna.outlook", {"2023-08": 0.0, "2028-07": 1.0}, "did you mean 'china.outlook'?"),
    ],
)
def test_an_unsound_path_is_told_with_its_remedy(base: Scenario, address: str, points: dict[str, float], says: str):
    tree = base.to_dict()
    tree["paths"] = {address: points}
    with pytest.raises(UserError) as error:
        Scenario.from_dict(tree)
    assert says in str(error.value)
    assert f"paths.{address}" in str(error.value)
