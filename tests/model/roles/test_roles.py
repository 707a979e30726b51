"""What governments do for themselves, in the toy world. Their arithmetic: tests/examples/governments.toml."""

import mesa
import numpy as np
import pytest
from engine import BASE, TOY, history, path, rule

from sim.mechanisms.parameters import ROLES
from sim.model.roles import ROLE_CLASSES, Country
from sim.model.world import World

PEACE = TOY.set({"world.ceasefire_month": 1.0})


def test_every_role_has_its_class_and_its_numbers():
    assert ROLE_CLASSES.keys() == ROLES.keys()
    world = World(BASE)
    for name, country in world.countries.items():
        assert type(country) is ROLE_CLASSES[BASE.countries[name].role]
        assert isinstance(country, mesa.Agent)
        for spec in ROLES[country.role]:
            assert getattr(country, spec.name).shape == (1,), (name, spec.name)


def test_a_country_has_only_arrays_of_its_own():
    """No two governments share a state, and no state is the read-only view of a number."""
    world = World(TOY, runs=3)
    states = [
        (c.name, k, v)
        for c in world.countries.values()
        for k, v in vars(c).items()
        if isinstance(v, np.ndarray) and k in {s.name for s in ROLES[c.role]}
    ]
    assert all(array.flags.writeable for *_, array in states)
    for one in states:
        for other in states:
            if one[:2] != other[:2]:
                assert not np.shares_memory(one[2], other[2]) or {one[1], other[1]} <= {"belief", "belief_weight"}, (
                    one[:2],
                    other[:2],
                )


def test_a_supplier_makes_more_when_more_is_ordered_and_keeps_its_plants():
    seen = history(TOY.set("world.ceasefire_month", 13.0), 24)
    made = path(TOY, seen, "munitions_output", "ostia")[:, 0]
    assert made[11] > made[0]
    assert (np.diff(made) >= 0.0).all()
    assert made.max() <= TOY.parameters["ostia.munitions_output_max"].value


def test_a_belligerent_cut_off_from_components_makes_fewer_rounds_and_one_that_never_had_any_does_not():
    cut = TOY.with_rule("cut", **rule("grandia", "marland", "components", response="scheduled"))
    never = TOY.without_rule("grandia_components").set("lanes.grandia_marland_components.volume", 0.0)
    capacity = 50.0 + 3.0  # after three months of growth
    for scenario, made in ((cut, 0.0), (never, capacity)):
        assert path(scenario, history(scenario, 3), "munitions_output", "marland")[-1, 0] == pytest.approx(made)


def test_the_store_is_drawn_down_in_war_and_stands_in_peace():
    war = path(TOY, history(TOY, 12), "munitions", "marland")[:, 0]
    peace = path(PEACE, history(PEACE, 12), "munitions", "marland")[:, 0]
    assert war[-1] < war[0]
    assert peace[-1] >= peace[0]
    assert not path(PEACE, history(PEACE, 12), "fire", "marland").any()


def test_fire_that_is_missing_costs_ground_and_is_never_won_back():
    starved = TOY.set(
        {"ostia.munitions": 0.0, "ostia.munitions_output": 0.0, "ostia.munitions_output_max": 0.0, "marland.munitions": 0.0}
    )
    seen = history(starved, 6)
    shortage, ground = (path(starved, seen, quantity, "marland")[:, 0] for quantity in ("fire_shortage", "ground_lost"))
    assert (shortage > 0.5).all()
    assert ground == pytest.approx(np.cumsum(shortage))


def test_tests_rise_with_tension_and_technology_and_fall_under_pressure():
    means = {}
    for name, changes in {
        "plain": {},
        "tense": {"ostia.tension": 1.0, "ostia.tension_persistence": 1.0},
        "covered": {"grandia.cover": 1.0},
        "restrained": {"grandia.resolve": 1.0, "grandia.tolerance": 0.0, "grandia.width": 0.1, "ostia.test_restraint": 1.0},
    }.items():
        means[name] = history(TOY.set(changes), 12, runs=300, seed=1)["tests"].mean()
    assert means["restrained"] < means["plain"] < means["covered"] < means["tense"]


def test_tests_scatter_more_than_by_chance_and_as_often():
    seen = {}
    for scatter in (0.0, 1.0):
        steady = {f"ostia.test_{cause}": 0.0 for cause in ("tension", "technology", "abroad")} | {"ostia.test_scatter": scatter}
        seen[scatter] = history(TOY.without_rule(*TOY.rules).set(steady), 12, runs=2_000, seed=1)["tests"]
    assert seen[1.0].mean() == pytest.approx(seen[0.0].mean(), rel=0.03)
    assert seen[0.0].var() == pytest.approx(seen[0.0].mean(), rel=0.05)
    assert seen[1.0].var() > 1.5 * seen[1.0].mean()


def test_who_is_busy_abroad_tests_less_if_the_number_says_so():
    busy, idle = (history(TOY.set("ostia.test_abroad", share), 24, runs=300, seed=1)["tests"] for share in (0.8, 0.0))
    assert busy.mean() < 0.9 * idle.mean()


def test_an_ally_moves_toward_the_leader_when_it_is_threatened():
    calm = BASE.set(
        {f"{ally}.{key}": 0.0 for ally in ("japan", "south_korea") for key in ("threat_tests", "threat_technology", "threat_tie")}
    )
    for ally in ("japan", "south_korea"):
        before, after = (path(s, history(s, 24, runs=20), "alignment", ally)[-1].mean() for s in (calm, BASE))
        assert after > before


def test_a_supplier_short_of_oil_and_trade_grows_unstable():
    cut = {"lanes.grandia_ostia_oil.volume": 0.0, "ostia.oil_stock": 0.0, "marland_ostia.fuel.cap": 0.0}
    seen = history(TOY.set(cut), 6)
    assert path(TOY, seen, "oil_shortage", "ostia")[:, 0] == pytest.approx([1.0] * 6)
    assert (np.diff(path(TOY, seen, "instability", "ostia")[:, 0]) > 0.0).all()


def test_a_shielding_patron_keeps_its_firms_trading():
    open_, shielded = (path(BASE, history(s, 24), "compliance", "china")[-1, 0] for s in (BASE, BASE.set("china.shield", 1.0)))
    assert open_ > 0.2
    assert shielded == 0.0


def test_names_for_people_are_kept_apart_from_addresses():
    world = World(BASE)
    korea = world.countries["north_korea"]
    assert isinstance(korea, Country)
    assert (korea.name, korea.label, korea.role) == ("north_korea", "North Korea", "supplier")
    assert [c.slot for c in world.countries.values() if c.role == "ally"] == [0, 1]
