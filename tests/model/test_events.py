"""Dated events of a single run are read off its state."""

import pytest
from engine import BASE, TOY, rule

from sim.errors import UserError
from sim.model.world import World

PAIR = "marland_ostia"
KINDS = {
    "war_ends",
    "treaty",
    "visit",
    "put_off",
    "broken",
    "first_munitions",
    "munitions",
    "first_troops",
    "troops",
    "troops_home",
    "rung_begun",
    "rung",
    "oil_cap",
    "meeting",
    "pressure",
    "lane",
    "tests",
}


def told(scenario, months=24, **options):
    """All events of a run, each with the world that it was read off."""
    world, events = World(scenario, **options), []
    for _ in range(months):
        world.step()
        events += world.events()
    return events


def of(events, kind):
    return [event for event in events if event.kind == kind]


@pytest.mark.parametrize("key", range(3))
def test_events_are_of_known_kinds_by_known_countries_in_order(key):
    events = told(BASE, 36, first=key)
    assert {event.kind for event in events} <= KINDS
    assert all(set(event.who) <= BASE.countries.keys() for event in events)
    assert [event.month for event in events] == sorted(event.month for event in events)
    assert len(of(events, "first_munitions")) == 1
    assert len(of(events, "treaty")) <= 1


@pytest.mark.parametrize("kind", ["visit", "treaty", "broken"])
def test_what_happened_is_told_in_its_month_and_nothing_else(kind):
    scenario = TOY.set({f"{PAIR}.break_risk": 0.5, f"{PAIR}.visit_rate": 0.5, f"{PAIR}.treaty_rate": 1.0})
    world, happened, heard = World(scenario), [], []
    for month in range(1, 25):
        world.step()
        if getattr(world.partnerships[PAIR], kind).item():
            happened.append(month)
        heard += [event.month for event in world.events() if event.kind == kind]
    assert heard == happened
    assert happened


def test_the_end_of_the_war_is_told_once_and_brings_the_soldiers_home():
    events = told(TOY.set({"world.ceasefire_month": 10.0, f"{PAIR}.no_treaty_cost": 0.0}))
    (end,) = of(events, "war_ends")
    assert (end.month, end.who) == (10, ("marland",))
    (home,) = of(events, "troops_home")
    assert home.month >= 10


def test_a_rung_is_told_by_name_when_it_is_mastered():
    generous = {f"{PAIR}.rockets.value": 150.0, f"{PAIR}.rockets.cost": 0.0, f"{PAIR}.rockets.curvature": 30.0}
    events = told(TOY.set(generous))
    (begun,), (rung,) = of(events, "rung_begun"), of(events, "rung")
    assert begun.month < rung.month
    assert begun.data["rung"] == rung.data["rung"] == "rockets"
    assert rung.data["points"] >= 20.0


def test_pressure_is_told_when_it_moves():
    scenario = TOY.without_rule(*TOY.rules).with_rule(
        "squeeze", **rule("grandia", "ostia", "trade", response="scheduled", from_="2001-03", until="2001-05")
    )
    rise, fall = of(told(scenario), "pressure")
    assert (rise.month, rise.who, rise.data["before"], rise.data["after"]) == (3, ("grandia", "ostia"), 0.0, 1.0)
    assert (fall.month, fall.data["channel"], fall.data["after"]) == (6, "trade", 0.0)


def test_a_summit_that_a_snub_puts_off_is_told_with_who_did_it():
    often = {f"{PAIR}.visit_rate": 1.0, f"{PAIR}.put_off": 1.0}
    snub = rule("grandia", "ostia", "diplomatic", response="scheduled", from_="2001-03", until="2001-08")
    free = told(TOY.without_rule(*TOY.rules).set(often))
    snubbed = told(TOY.without_rule(*TOY.rules).set(often).with_rule("snub", **snub))
    off = of(snubbed, "put_off")
    assert not of(free, "put_off")
    assert {event.who for event in off} == {("grandia", "marland", "ostia")}
    assert all(3 <= event.month <= 8 for event in off)
    assert off
    # Both worlds meet the same chance events and show the tie alike up to the first snub.
    summits = {event.month for event in of(free, "visit")}
    assert off[0].month in summits


def test_a_lane_is_told_when_pressure_moves_it():
    squeeze = rule("grandia", "ostia", "trade", response="scheduled", from_="2001-03", until="2001-05")
    fall, rise = of(told(TOY.without_rule(*TOY.rules).with_rule("squeeze", **squeeze)), "lane")
    assert (fall.month, rise.month) == (3, 6)
    assert fall.data["good"] == rise.data["good"] == "trade"
    assert fall.data["before"] == 1.0
    assert fall.data["share_of_ordinary"] == rise.data["before"] < 0.97
    assert rise.data["share_of_ordinary"] == pytest.approx(1.0)


def test_oil_beyond_the_cap_is_told():
    events = told(TOY.set({f"{PAIR}.oil_cap": 5.0, f"{PAIR}.oil_cap_until": 3.0, f"{PAIR}.break_risk": 0.0}))
    (first,) = of(events, "oil_cap")
    assert first.month == 4
    assert first.data["thousand_barrels"] > 5.0


def test_events_belong_to_a_single_run():
    world = World(TOY, runs=2)
    world.step()
    with pytest.raises(UserError, match="single run"):
        world.events()
