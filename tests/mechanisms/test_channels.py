"""Channels: whose limit each stands for, and a new one in one row."""

import numpy as np
import pytest
from engine import TOY, history, path, rule

from sim.mechanisms.channels import CHANNELS, Channel
from sim.model.world import World

CALM = TOY.without_rule(*TOY.rules)


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_a_patron_does_is_beijing_whatever_the_channel(channel):
    assert CHANNELS[channel].limit_for("patron") == "beijing"


@pytest.mark.parametrize(
    ("channel", "role", "limit"),
    [
        ("payments", "leader", "west"),
        ("payments", "ally", "west"),
        ("interdiction", "leader", "interdiction"),
        ("arms_to_enemy", "ally", "red_line"),
    ],
)
def test_what_others_do_is_named_by_its_channel_or_the_west(channel, role, limit):
    assert CHANNELS[channel].limit_for(role) == limit


def test_a_new_channel_is_one_row(monkeypatch):
    """An embargo closes the trade that a target buys, cannot go beyond half, harms by its lanes and by a flat 3, costs 2 more."""
    row = Channel(
        "embargo",
        "sell the target nothing",
        good="trade",
        way="to",
        harm=lambda rule: 3.0 + sum(value * gain for value, gain in rule.lanes),
        carries=lambda rule, level: np.minimum(level, 0.5),
        cost=lambda rule: rule.cost * rule.level + 2.0,
    )
    monkeypatch.setitem(CHANNELS, "embargo", row)
    scenario = CALM.with_rule("it", **rule("grandia", "ostia", "embargo", response="scheduled", cost=7.0))
    before, after = history(CALM, 1), history(scenario, 1)
    sold, bought = (path(scenario, after, "lane_flow", lane).item() for lane in ("ostia_grandia_trade", "grandia_ostia_trade"))
    assert sold == path(CALM, before, "lane_flow", "ostia_grandia_trade").item()
    assert bought == 0.5 * path(CALM, before, "lane_flow", "grandia_ostia_trade").item()
    gain = CALM.parameters["lanes.grandia_ostia_trade.margin"].value
    lost = 1.0 - CALM.parameters["lanes.grandia_ostia_trade.substitutability"].value
    assert path(scenario, after, "harm_from_patron", "ostia").item() == pytest.approx(0.5 * (3.0 + 50.0 * gain * lost))
    world = World(scenario)
    world.step()
    assert world.countries["grandia"].pressing_cost.item() == 7.0 + 2.0


@pytest.mark.parametrize(
    ("hinders", "target", "quantity", "holder"),
    [
        ("payments", "ostia", "debt", "marland_ostia"),
        ("shipments", "ostia", "munitions_delivered", "marland_ostia"),
        ("summits", "ostia", "visit", "marland_ostia"),
        ("firms", "grandia", "compliance", "grandia"),
        ("front", "marland", "munitions_agreed", "marland_ostia"),
    ],
)
def test_a_new_channel_hinders_what_it_names(monkeypatch, hinders, target, quantity, holder):
    free, bound = (Channel("bar", "bar it", hinders=what, targets=(TOY.countries[target].role,)) for what in ("", hinders))
    often = CALM.set({"marland_ostia.visit_rate": 1.0, "marland_ostia.put_off": 1.0})
    presser = "marland" if target == "grandia" else "grandia"
    seen = []
    for row in (free, bound):
        monkeypatch.setitem(CHANNELS, "bar", row)
        scenario = often.with_rule("it", **rule(presser, target, "bar", response="scheduled", strength=0.8))
        seen.append(path(scenario, history(scenario, 6, runs=20), quantity, holder).mean())
    # Firms comply, what cannot be paid is owed, and who is held at the front needs more.
    assert (seen[1] > seen[0]) if hinders in ("firms", "payments", "front") else (seen[1] < seen[0])


@pytest.mark.parametrize("channel", [name for name, each in CHANNELS.items() if each.hinders == "shipments"])
def test_what_stops_shipments_is_interdiction_in_whose_hands_ever_but_a_patrons(channel):
    assert CHANNELS[channel].limit_for("leader") == "interdiction"
