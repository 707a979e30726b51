"""Dependence. Numbers: tests/examples/dependence.toml."""

import numpy as np
from engine import BASE
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.dependence import dependence
from sim.model.world import World

flows = st.lists(st.tuples(st.floats(0.0, 1e4), st.floats(0.0, 1.0)), min_size=1, max_size=6)


def measure(flows: list[tuple[float, float]], elsewhere: float) -> float:
    value, lost = ([np.array([number]) for number in numbers] for numbers in zip(*flows, strict=True))
    return dependence(value, lost, [*value, np.array([elsewhere])]).item()


@given(flows, st.floats(0.0, 1e4))
def test_dependence_is_a_share(flows, elsewhere):
    assert 0.0 <= measure(flows, elsewhere) <= 1.0 + 1e-12


@given(flows, st.floats(1.0, 1e4), st.floats(1.0, 1e4))
def test_trade_elsewhere_makes_independent(flows, elsewhere, more):
    assert measure(flows, elsewhere + more) <= measure(flows, elsewhere) + 1e-12


def test_who_trades_with_nobody_depends_on_nobody():
    assert measure([(0.0, 1.0)], 0.0) == 0.0


def test_both_partners_need_china_more_than_it_needs_them_in_the_base_scenario():
    """A premise of the article, and a check that dependence is measured over all trade and not between two."""
    world = World(BASE)
    world.step()
    needs = dict(zip(world.holders("dependence_on_patron"), world.read("dependence_on_patron")[:, 0], strict=True))
    assert needs["north_korea"] > needs["russia"] > 0.05
    partners = dict(zip(world.holders("dependence_on_partner"), world.read("dependence_on_partner")[:, 0], strict=True))
    assert needs["russia"] > partners["russia"]
