"""A declaration is checked in full before any run, by itself and against the scenario that it judges."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from small import BUDGET, declared, tables, toy

from sim import Scenario, UserError, scenario_names
from sim.runs.datasets import date_of
from sim.thesis.declaration import Declaration
from sim.thesis.problem import bring_together

SHIPPED = Declaration.load("thesis")


def refused(tree: dict[str, Any]) -> str:
    with pytest.raises(UserError) as caught:
        Declaration.from_dict(tree)
    return str(caught.value)


def unfit(declaration: Declaration) -> str:
    with pytest.raises(UserError) as caught:
        bring_together(toy(), declaration, "quick")
    return str(caught.value)


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    tree = copy.deepcopy(tables())
    change(tree)
    return tree


def test_the_shipped_declaration_asks_all_that_the_method_asks():
    assert set(SHIPPED.dimensions) == {"munitions", "technology", "troops", "oil", "openness"}
    assert SHIPPED.dates == ["2024-12", 36, 60]
    assert all(dimension.delta == 0.1 and dimension.delta_abs > 0 for dimension in SHIPPED.dimensions.values())
    assert len(SHIPPED.tolerance.levels) >= 9
    assert len(SHIPPED.attribution.limits) == 11
    assert set(SHIPPED.budgets) == {"quick", "standard", "full"}
    assert SHIPPED.budgets["standard"].variant_worlds == 2**9
    assert SHIPPED.budgets["standard"].attribution_orders == 0, "all sets"


def test_the_declaration_lies_beside_the_scenarios_and_is_none():
    assert "thesis" not in scenario_names()
    with pytest.raises(UserError, match="no shipped scenario"):
        Scenario.load("thesis")


@pytest.mark.parametrize("name", scenario_names())
def test_it_can_be_asked_of_every_shipped_scenario(name: str):
    alone = SHIPPED.model_copy(update={"rivals": (), "disagreements": []})
    setting = bring_together(Scenario.load(name), alone, "quick")
    assert "china.goodwill" in {side.address for side in setting.box}
    assert not any(address.endswith(".reference") for address in (side.address for side in setting.box))


def test_it_survives_the_way_through_tables():
    again = Declaration.from_dict(SHIPPED.model_dump())
    assert again.hash == SHIPPED.hash


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree["dimensions"]["munitions"].update(delta=0.2),
        lambda tree: tree["seeds"].update(confirmation=3),
        lambda tree: tree["ranges"].update(exclude=[]),
        lambda tree: tree["hypotheses"]["cap"].update(says="It may cap."),
    ],
)
def test_its_hash_tells_what_is_declared(change: Callable[[dict[str, Any]], object]):
    assert Declaration.from_dict(changed(change)).hash != declared().hash
    assert Declaration.from_dict({**tables(), "name": "another"}).hash == declared().hash


def test_every_problem_is_told_at_once_with_its_place_and_the_nearest_name():
    tree = tables()
    tree["bogus"] = 1
    tree["dates"] = ["2001-12", 2.5]
    tree["dimensions"] = {"munitions": {"outcome": "munitions", "delta": -0.1, "delta_ab": 1.0}}
    tree["seeds"] = {"exploration": 1, "confirmation": True}
    message = refused(tree)
    for expected in (
        "thesis: bogus: is unknown here",
        "dates.1: must be a month such as '2024-12', or the number of a month",
        "dimensions.munitions.delta: must be greater than or equal to 0, not -0.1",
        "dimensions.munitions.delta_ab: is unknown here; did you mean 'delta_abs'?",
        "seeds.confirmation: must be a number",
    ):
        assert expected in message, message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda t: t["attribution"].update(limits=["suply"]), "'suply' is no known limit; did you mean 'supply'?"),
        (lambda t: t["attribution"].update(limits=[]), "there is no limit to attribute anything to"),
        (lambda t: t["attribution"].update(limits=["west", "west"]), "names 'west' twice"),
        (lambda t: t["attribution"].update(limits=["beijing", "beijing_threat"]), "name the whole or the parts"),
        (lambda t: t["attribution"].update(unions=[["west"], ["west"]]), "attribution.unions: names 'west' twice"),
        (lambda t: t["attribution"].update(relaxation={"west": {}}), "moves nothing"),
        (lambda t: t["dimensions"]["openness"].update(outcome="opennes"), "did you mean 'openness'?"),
        (lambda t: t["tolerance"].update(levels=[0.1, 0.2]), "has 2 levels; a curve needs at least 9"),
        (lambda t: t["tolerance"].update(levels=[0.1] * 9), "must ascend"),
        (lambda t: t["events"]["summit"].update(at_most=3), "give either at_least or at_most"),
        (lambda t: t["variants"].update(response=["scheduled"]), "'scheduled' is no known response variant"),
        (lambda t: t["ranges"].update(changes={"a.b": {"low": 2.0, "high": 1.0}}), "the range is upside down"),
        (lambda t: t["ranges"].update(changes={"a.b": {"low": 0.0, "high": 1.0, "measure": "log"}}), "needs a range above zero"),
        (lambda t: t.update(headline=13), "is 13, which is not among the dates"),
        (lambda t: t.update(seeds={"exploration": 1, "confirmation": 1}), "need different seeds"),
        (lambda t: t.update(dates=[]), "at least 1 item"),
        (lambda t: t.update(dimensions={}), "at least 1 item"),
        (lambda t: t.update(budgets={"quick": {**BUDGET, "worlds": 3}}), "Sobol points come in powers of two"),
        (lambda t: t.update(budgets={"quick": {**BUDGET, "scramblings": 15}}), "greater than or equal to 16"),
        (lambda t: t.update(budgets={"quick": {**BUDGET, "attribution_orders": 3}}), "at least 4 orders, or 0"),
        (lambda t: t.update(budgets={"quik": BUDGET}), "did you mean 'quick'?"),
        (lambda t: t["hypotheses"]["cap"].update(test="caps"), "did you mean 'cap'?"),
    ],
)
def test_what_makes_no_sense_is_refused(change: Callable[[dict[str, Any]], object], expected: str):
    assert expected in refused(changed(change))


def test_a_smallest_effect_of_nil_is_allowed():
    assert Declaration.from_dict(changed(lambda tree: tree["dimensions"]["munitions"].update(delta=0, delta_abs=0))).hash


@pytest.mark.parametrize("text", ["title = ", "title = 'x'", "\x00", "[budgets]\nquick = 3"])
def test_a_file_that_is_no_declaration_is_refused_with_its_name(tmp_path, text: str):
    path = tmp_path / "odd.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=r"odd\.toml"):
        Declaration.load(path)


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(UserError, match="give 'thesis' or the path"):
        Declaration.load("thesys")


def test_dates_become_months_of_the_scenario():
    setting = bring_together(toy(), declared(), "quick")
    assert setting.dates == {"2001-12": 12, "2002-12": 24}
    assert setting.headline == "2002-12"
    assert (setting.last, setting.at) == (1, (12, 24))
    assert [date_of(month, "2023-08") for month in (1, 5, 6, 17, 60)] == ["2023-08", "2023-12", "2024-01", "2024-12", "2028-07"]


def test_what_the_scenario_does_not_have_is_told_at_once():
    message = unfit(
        declared(
            dates=["2003-01", 24],
            tolerance={**tables()["tolerance"], "address": "grandia.tolerence"},
            ranges={"exclude": ["marland.oil_ned"], "changes": {"china.goodwill": {"low": 0.0, "high": 1.0}}},
            attribution={"limits": ["supply"], "relaxation": {"supply": {"up": ["ostia.reserves"]}}},
        )
    )
    for expected in (
        "dates: 2003-01 is not one of the 24 months from 2001-01",
        "tolerance.address: there is no 'grandia.tolerence' in the scenario; did you mean 'grandia.tolerance'?",
        "ranges.exclude: there is no 'marland.oil_ned' in the scenario; did you mean 'marland.oil_need'?",
        "ranges.changes: there is no 'china.goodwill'",
        "attribution.relaxation.supply.up: there is no 'ostia.reserves'",
    ):
        assert expected in message, message


def test_a_budget_that_is_not_declared_is_refused():
    with pytest.raises(UserError, match="there is no budget 'full'"):
        bring_together(toy(), declared(), "full")


def test_a_box_without_sides_is_refused():
    assert "nothing varies" in unfit(declared(ranges={"include": ["grandia.*"], "exclude": ["*"]}))


def test_a_pattern_that_fits_nothing_is_passed_over():
    setting = bring_together(
        toy(), declared(attribution={"limits": ["supply"], "relaxation": {"west": {"up": ["*.no_such"]}}}), "quick"
    )
    assert setting.relaxed == {}


def test_the_box_holds_what_is_included_and_not_excluded_in_its_own_measure_or_the_declared_one():
    ranges = {
        "include": ["grandia.*", "marland.belief"],
        "exclude": ["grandia.width", "*.treasury"],
        "changes": {"grandia.tolerance": {"low": 0.2, "high": 0.8, "measure": "log"}},
    }
    setting = bring_together(toy(), declared(ranges=ranges), "quick")
    sides = {side.address: side for side in setting.box}
    assert "marland.belief" in sides
    assert not {"grandia.width", "grandia.treasury", "marland.resolve"} & set(sides)
    assert {"grandia.width", "marland.resolve"} <= set(setting.left_out)
    assert (sides["grandia.tolerance"].low, sides["grandia.tolerance"].high, sides["grandia.tolerance"].measure) == (
        0.2,
        0.8,
        "log",
    )
    corner = setting.worlds(np.zeros((1, len(setting.box))))
    assert corner["grandia.tolerance"] == pytest.approx(0.2)


def test_a_relaxed_limit_goes_from_the_tight_to_the_loose_end():
    way = {"supply": {"up": ["ostia.munitions"], "down": ["ostia.reserve"]}}
    tight, loose = bring_together(toy(), declared(attribution={"limits": ["supply"], "relaxation": way}), "quick").relaxed[
        "supply"
    ]
    numbers = toy().parameters
    assert tight == {"ostia.munitions": numbers["ostia.munitions"].low, "ostia.reserve": numbers["ostia.reserve"].high}
    assert loose == {"ostia.munitions": numbers["ostia.munitions"].high, "ostia.reserve": numbers["ostia.reserve"].low}
