"""A quantity is one row, and what is read of a world is what that row reads."""

import numpy as np
import pytest
from engine import BASE, TOY

from sim.mechanisms.quantities import QUANTITIES, QUANTITY, Quantity
from sim.model.world import World


@pytest.fixture
def world() -> World:
    world = World(BASE, runs=3, seed=4)
    for _ in range(6):
        world.step()
    return world


def others(name: str) -> list[Quantity]:
    return [quantity for quantity in QUANTITIES if quantity.holder == QUANTITY[name].holder and quantity.name != name]


def test_a_row_without_a_function_reads_the_attribute_of_its_name(world, monkeypatch):
    """A rule's leakage is no pressure: every kind of holder is read by the row's name."""
    rows = [
        (Quantity("at_war", "share", "world", "whether there is war"), world.at_war[np.newaxis]),
        (Quantity("pressing_cost", "million USD/month", "country", "cost of pressing"), None),
        (Quantity("cash_paid", "million USD/month", "partnership", "cash"), None),
        (Quantity("leakage", "share", "rule", "share of what is withheld that finds another way"), None),
        (Quantity("good", "name", "lane", "what moves"), None),
    ]
    holders = {"country": world.countries, "partnership": world.partnerships, "rule": world.rules, "lane": world.commerce.flows}
    for row, expected in rows:
        monkeypatch.setitem(QUANTITY, row.name, row)
        if expected is None:
            expected = np.stack([getattr(holder, row.name) for holder in holders[row.holder].values()])
        assert (world.read(row.name) == expected).all(), row.name
        assert len(world.holders(row.name)) == len(expected)


@pytest.mark.parametrize("holder", ["world", "country", "partnership", "rule", "lane"])
def test_a_row_with_a_function_reads_what_it_gives_of_each_holder(world, monkeypatch, holder):
    usual = {"world": "oil_price", "country": "welfare", "partnership": "openness", "rule": "pressure", "lane": "lane_flow"}
    read = QUANTITY[usual[holder]]
    row = Quantity("twice", "share", holder, "twice as much", read=lambda world, one: 2.0 * read.of(world, one))
    monkeypatch.setitem(QUANTITY, "twice", row)
    assert (world.read("twice") == 2.0 * world.read(read.name)).all()
    assert world.read("twice").any()
    assert world.holders("twice") == world.holders(read.name)


def test_a_quantity_of_some_roles_is_read_of_their_countries_alone(world, monkeypatch):
    monkeypatch.setitem(QUANTITY, "offer", Quantity("offer", "million USD/month", "country", "offer", ("leader",)))
    assert world.holders("offer") == ("united_states",)
    assert (world.read("offer") == world.countries["united_states"].offer).all()


def test_no_two_quantities_of_a_holder_read_the_same(world):
    """Each row reads its own: none of those that move is the copy of another."""
    for quantity in QUANTITIES:
        mine = world.read(quantity.name)
        same = [q.name for q in others(quantity.name) if np.ptp(mine) > 0.0 and np.array_equal(world.read(q.name), mine)]
        assert not same, (quantity.name, same)


def test_a_world_without_rules_has_no_pressure():
    world = World(TOY.without_rule(*TOY.rules), runs=2)
    assert world.holders("pressure") == ()
    assert world.read("pressure").shape == (0, 2)
