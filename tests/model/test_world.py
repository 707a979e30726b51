"""The world is an ordinary Mesa model of arrays over runs."""

import mesa
import numpy as np
import pytest
from engine import BASE, TOY, history, look

from sim.errors import UserError
from sim.mechanisms.noise import Noise
from sim.mechanisms.quantities import ALL_ROLES, QUANTITIES
from sim.model.phases import PHASES
from sim.model.world import World
from sim.scenario.scenario import Scenario, scenario_names


def test_the_phases_stand_in_their_one_order():
    names = " ".join(phase.__name__ for phase in PHASES)
    assert names == "shock observe press bargain deliver trade consume learn record"


def test_the_world_is_a_mesa_model_and_its_governments_are_agents():
    world = World(BASE)
    assert isinstance(world, mesa.Model)
    assert {agent.name for agent in world.agents} == set(BASE.countries)
    for _ in range(3):
        world.step()
    assert world.month == 3
    assert len(world.agents.select(lambda agent: agent.role == "ally")) == 2


def test_the_first_step_draws_with_month_one():
    world = World(TOY, runs=5, seed=7)
    world.step()
    shock = TOY.parameters["world.war_volatility"].value * Noise(7, np.arange(5)).normal("war", 0, 1)
    assert world.war_deviation.tolist() == shock.tolist()


def test_a_world_may_be_made_of_the_name_of_a_scenario():
    assert World("base").setting == BASE


def test_a_seed_of_numpy_will_do():
    World(TOY, seed=np.int64(5)).step()
    World(TOY, seed=2**64 - 1).step()


@pytest.mark.parametrize("runs", [1, 3])
def test_every_quantity_can_be_read_for_each_of_its_holders(runs):
    world = World(BASE, runs=runs)
    for quantity in QUANTITIES:
        if not quantity.name.startswith("limit_"):  # nothing has been bargained for yet
            world.read(quantity.name)
    world.step()
    for quantity in QUANTITIES:
        values = world.read(quantity.name)
        assert values.shape == (len(world.holders(quantity.name)), runs), quantity.name
        assert np.isfinite(values).all(), quantity.name
        if quantity.holder == "country" and quantity.roles != ALL_ROLES:
            assert {BASE.countries[name].role for name in world.holders(quantity.name)} == set(quantity.roles)


def test_what_was_read_and_copied_stays_while_the_world_goes_on():
    world = World(TOY, runs=2)
    world.step()
    first = look(world)
    kept = {name: values.copy() for name, values in first.items()}
    world.step()
    assert all(first[name].tobytes() == kept[name].tobytes() for name in kept)


def test_the_same_world_twice_is_the_same_and_another_seed_is_not():
    one, again, other = (history(TOY, 6, runs=3, seed=seed) for seed in (1, 1, 2))
    assert all(one[name].tobytes() == again[name].tobytes() for name in one)
    assert one["war_intensity"].tobytes() != other["war_intensity"].tobytes()


def test_worlds_do_not_share_a_state():
    one, other = World(TOY, seed=1), World(TOY, seed=1)
    for _ in range(4):
        one.step()
    other.step()
    assert other.read("munitions").tobytes() == history(TOY, 1, seed=1)["munitions"][0].tobytes()


def test_a_ceasefire_comes_on_its_date_and_stays():
    war = history(TOY.set("world.ceasefire_month", 5.0), 10, runs=4)["war_intensity"][:, 0]
    assert (war[:4] > 0.0).all()
    assert not war[4:].any()


def test_a_ceasefire_may_come_by_hazard():
    hazard = 0.1
    war = history(TOY.set({"world.ceasefire_hazard": hazard, "world.war_volatility": 0.0}), 6, runs=4_000)["war_intensity"][:, 0]
    np.testing.assert_allclose((war > 0.0).mean(axis=1), (1.0 - hazard) ** np.arange(1, 7), atol=0.03)


def test_war_and_oil_keep_about_their_means():
    seen = history(TOY, 24, runs=2_000)
    assert seen["war_intensity"].mean() == pytest.approx(1.0, abs=0.01)
    assert np.log(seen["oil_price"] / 100.0).mean() == pytest.approx(0.0, abs=0.01)
    late = seen["war_intensity"][12:, 0]
    assert late.std() == pytest.approx(0.05 / np.sqrt(1.0 - 0.5**2), rel=0.05), "an AR(1) with persistence 0.5"


@pytest.mark.parametrize("name", scenario_names())
def test_every_shipped_scenario_runs_soundly(name):
    scenario = Scenario.load(name)
    world = World(scenario, runs=6, seed=1)
    for _ in range(12):
        world.step()
    assert all(np.isfinite(values).all() for values in look(world).values())


def test_a_second_supplier_and_a_second_leader_are_files_and_no_code():
    for name, role in (("iran_second_supplier", "supplier"), ("eu_second_leader", "leader")):
        scenario = Scenario.load(name)
        assert len(scenario.countries) == 7
        assert [country.role for country in scenario.countries.values()].count(role) == 2
    world = World(Scenario.load("iran_second_supplier"), runs=3)
    for _ in range(6):
        world.step()
    assert len(world.partnerships) == 2
    assert (world.read("munitions_delivered") > 0.0).any(axis=1).all(), "both suppliers deliver"


def test_two_suppliers_share_one_gap():
    """What one delivers the other need not: with a twin, neither sells as much as it would alone."""
    alone = history(BASE, 12, runs=20)["munitions_effective"].mean(axis=(0, 2))
    both = history(Scenario.load("iran_second_supplier"), 12, runs=20)["munitions_effective"].mean(axis=(0, 2))
    assert both[0] < alone[0] < both.sum()


@pytest.mark.parametrize("given", [{"china.resolv": 0.5}, {"china.resolve": np.zeros(2)}, {"china.resolve": np.nan}])
def test_values_that_make_no_sense_are_refused(given):
    with pytest.raises(UserError):
        World(BASE, runs=3, values=given)


def test_keys_that_do_not_fit_are_refused():
    with pytest.raises(UserError):
        World(TOY, runs=3, keys=np.arange(2))
