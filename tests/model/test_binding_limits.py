"""Which limit bound: the one that a world is built around is the one that is named."""

from dataclasses import replace

import numpy as np
import pytest
from engine import BASE, TOY, anywhere, history, path, rule

from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.quantities import DIMENSIONS, LIMITS
from sim.model.binding_limits import binding_limit
from sim.model.world import World
from sim.scenario.scenario import Scenario

PAIR = "marland_ostia"
CALM = TOY.without_rule(*TOY.rules)
RUNS = 20


def named(scenario: Scenario, dimension: str, months: int = 4) -> set[str]:
    """Names of the limits that bound a dimension in the last month, in any run."""
    codes = path(scenario, history(scenario, months, runs=RUNS, seed=4), f"limit_{dimension}", PAIR)[-1]
    return {LIMITS[int(code)] for code in codes}


# All else out of the way: a world in which only satiation is left.
EASY = {
    f"{PAIR}.break_risk": 0.0,
    f"{PAIR}.default_risk": 0.0,
    f"{PAIR}.backlash": 0.0,
    f"{PAIR}.rockets.cost": 0.0,
    f"{PAIR}.rockets.curvature": 30.0,
    f"{PAIR}.soldiers.cost": 0.0,
    f"{PAIR}.no_treaty_cost": 0.0,
    "ostia.quality_new": 1.0,
    "ostia.quality_old": 1.0,
    "ostia.munitions": 1e5,
    "marland.spending_limit": 1e4,
    "marland.treasury": 1e5,
    "ostia.troops": 1e6,
}
FAITHLESS = {f"{PAIR}.break_risk": 1.0, f"{PAIR}.trust": 0.05, f"{PAIR}.trust_growth": 0.0, f"{PAIR}.treaty_rate": 0.0}
PROUD_OF_NOTHING = {f"{PAIR}.prestige": 0.0, f"{PAIR}.affinity": 0.0, f"{PAIR}.credit_limit": 0.0}
# The belligerent gives more than its share, and nothing can be put to its account; or it has nothing to pay or give with.
OPEN_HANDED = PROUD_OF_NOTHING | {f"{PAIR}.shells.value": 0.0, f"{PAIR}.soldiers.value": 0.0, f"{PAIR}.rockets.curvature": 1.0}
DRY = {f"{PAIR}.oil_cap": 1.0, f"{PAIR}.oil_cap_until": 100.0}
POOR = PROUD_OF_NOTHING | {f"{PAIR}.{good}.value": 0.0 for good in ("rockets", "fuel", "votes")} | {"marland.spending_limit": 5.0}

# What a world must be like, on top of EASY, for a limit to be the one that bound a dimension.
BUILT = {
    ("munitions", "none"): {"world.ceasefire_month": 2.0, "marland.rebuilding": 0.0},
    ("munitions", "demand"): {},
    ("munitions", "supply"): {"ostia.munitions": 0.0, "ostia.munitions_output": 5.0, "ostia.munitions_output_max": 5.0},
    ("munitions", "payment"): POOR,
    ("munitions", "quality"): {"ostia.quality_new": 0.1, "ostia.quality_old": 0.1, f"{PAIR}.shells.cost": 0.0},
    ("munitions", "trust"): FAITHLESS | {f"{PAIR}.shells.cost": 0.0},
    ("technology", "demand"): {},
    ("technology", "supply"): {f"{PAIR}.rockets.cap": 0.1, f"{PAIR}.rockets.curvature": 1.0},
    ("technology", "payment"): OPEN_HANDED,
    ("technology", "trust"): FAITHLESS,
    ("technology", "reluctance"): {f"{PAIR}.rockets.cost": 99.0},
    ("troops", "demand"): {f"{PAIR}.soldiers.cap": 1e6},
    ("troops", "supply"): {f"{PAIR}.no_treaty_cost": 10.0},
    ("troops", "payment"): POOR | {f"{PAIR}.shells.value": 0.0, f"{PAIR}.soldiers.cost": 0.02, "marland.spending_limit": 0.0},
    ("troops", "trust"): FAITHLESS,
    ("oil", "demand"): {f"{PAIR}.fuel.value": 0.0, "ostia.hedge_value": 0.0},
    ("oil", "supply"): DRY | {f"{PAIR}.fuel.value": 0.4, f"{PAIR}.credit_limit": 1e6},
    ("oil", "payment"): OPEN_HANDED,
    ("oil", "trust"): FAITHLESS | {f"{PAIR}.fuel.value": 0.4},
    ("openness", "demand"): {},
    ("openness", "none"): {f"{PAIR}.prestige": 0.0, f"{PAIR}.affinity": 0.0},
}
PRESSERS = ("beijing", "west", "red_line", "interdiction")  # a rule of each of them may answer to the visible tie
ELSEWHERE = {
    ("munitions", "interdiction"): "test_shipments_that_are_stopped_are_named",
    ("technology", "red_line"): "test_a_red_line_is_named",
    ("openness", "backlash"): "test_the_reaction_of_allies_is_named",
}
GOODS = ("technology", "troops", "oil")
NEVER = {
    **{(good, "none"): "its worth always falls short of that of a first unit, or its cost is above it" for good in GOODS},
    **{(good, "quality"): "only rounds have a quality" for good in DIMENSIONS if good != "munitions"},
    **{(good, "reluctance"): "only technology is given with a reluctance" for good in DIMENSIONS if good != "technology"},
    **{(good, "backlash"): "allies react to what is shown" for good in DIMENSIONS if good != "openness"},
    ("openness", "supply"): "showing takes no good",
    ("openness", "payment"): "showing is not paid for",
    ("openness", "trust"): "showing is not a promise",
}


def test_each_pair_of_a_dimension_and_a_limit_can_occur_or_it_is_said_why_not():
    pressed = {(dimension, limit) for dimension in DIMENSIONS for limit in PRESSERS}
    possible = BUILT.keys() | pressed | ELSEWHERE.keys()
    assert not possible & NEVER.keys()
    assert possible | NEVER.keys() == {(dimension, limit) for dimension in DIMENSIONS for limit in LIMITS}


@pytest.mark.parametrize(("dimension", "limit"), BUILT)
def test_the_limit_that_a_world_is_built_around_is_named(dimension, limit):
    assert named(CALM.set(EASY | BUILT[dimension, limit]), dimension) == {limit}


def test_of_equal_wedges_the_first_of_the_document_is_named():
    torn = {"russia_north_korea.backlash": 1.0, "japan.alignment": 0.5, "south_korea.alignment": 0.5}
    world = World(BASE.without_rule(*BASE.rules).set(torn))
    world.step()
    pair = world.partnerships["russia_north_korea"]
    assert pair.package.openness == pair.terms_now.backlash == 0.5
    assert LIMITS[int(world.binding_limit(pair, "openness")[0])] == "demand"


THREAT = {"tolerance": 0.05, "width": 0.2}
HEAVY = {"ostia.stake_scale": 100.0, "ostia.horizon": 24.0, "ostia.belief": 1.0, "grandia.cover": 0.0}


@pytest.mark.parametrize("limit", PRESSERS)
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_crushing_threat_is_named_after_who_makes_it(dimension, limit):
    world = World(CALM.set(EASY | HEAVY).with_rule("it", **rule("grandia", "ostia", "trade", **THREAT)), runs=3)
    for _ in range(4):
        world.step()
    pair = world.partnerships[PAIR]
    for threat in pair.terms_now.threats:
        threat.limit = limit
    assert {LIMITS[int(code)] for code in world.binding_limit(pair, dimension)} == {limit}


def test_shipments_that_are_stopped_are_named():
    world = World(CALM.set(EASY | {f"{PAIR}.reach": 1.0}), runs=3)
    world.step()
    for level, limit in ((0.0, "demand"), (1.0, "interdiction")):
        codes = binding_limit(world.partnerships[PAIR], "munitions", np.full(3, level))
        assert {LIMITS[int(code)] for code in codes} == {limit}


def test_the_reaction_of_allies_is_named():
    """Without threats openness is held back by satiation alone, as long as nobody's allies mind."""
    dear = BASE.without_rule(*BASE.rules).set(
        {"russia_north_korea.backlash": 0.8, "japan.alignment": 1.0, "south_korea.alignment": 1.0}
    )
    codes = history(dear, 3, runs=5)["limit_openness"]
    assert (codes == LIMITS.index("backlash")).all()


def test_a_red_line_is_named():
    near = BASE.set(
        {
            "rules.seoul_red_line.tolerance": 5.0,
            "rules.seoul_red_line.width": 20.0,
            "russia.stake_scale": 3.0,
            "russia.horizon": 24.0,
            "russia.enemy_arms_harm": 800.0,
        }
    )
    codes = path(near, history(near, 18, runs=RUNS), "limit_technology", "russia_north_korea")[-1]
    assert np.mean(codes == LIMITS.index("red_line")) > 0.5


def test_a_rung_that_is_closed_says_nothing_of_those_that_are_open():
    """Reluctance over a rung that nobody would climb is no reason why the open one is climbed no faster."""
    open_rung = CALM.set(EASY)
    entry = open_rung.set({f"{PAIR}.votes.value": 0.0})
    world = World(entry, runs=2)
    for _ in range(3):
        world.step()
    pair = world.partnerships[PAIR]
    (rung,) = pair.index["technology"]
    closed = replace(pair.table_now[rung], benefit=np.full(2, -500.0))
    pair.goods.append(replace(pair.goods[rung], cost=np.full(2, 600.0)))
    pair.kinds.append("technology")
    pair.index["technology"].append(len(pair.kinds) - 1)
    pair.table_now.append(closed)
    pair.held_then = np.vstack([pair.held_then, np.zeros(2)])
    pair.terms_now.weight = np.vstack([pair.terms_now.weight, np.zeros(2)])
    pair.package.quantity = np.vstack([pair.package.quantity, np.zeros(2)])
    assert {LIMITS[int(code)] for code in world.binding_limit(pair, "technology")} == {"demand"}


# The knock-out of supply frees rounds; soldiers at home, barrels to spare and what can be taught stay what they are.
SPARED = {("supply", "troops"), ("supply", "oil"), ("supply", "technology")}


@pytest.mark.parametrize("seed", range(2))
def test_every_code_names_a_limit_and_no_limit_that_is_out_is_named(seed):
    values = anywhere(TOY, RUNS, seed)
    for limit in KNOCKOUTS.keys() & set(LIMITS):
        seen = history(TOY.without(limit), 6, runs=RUNS, seed=seed, values=values)
        for dimension in DIMENSIONS:
            codes = seen[f"limit_{dimension}"]
            assert np.isin(codes, np.arange(len(LIMITS))).all()
            if (limit, dimension) not in SPARED:
                assert not (codes == LIMITS.index(limit)).any(), (limit, dimension)


def test_without_rules_nobody_is_held_back_by_beijing():
    seen = history(CALM, 12, runs=RUNS)
    for dimension in DIMENSIONS:
        assert not np.isin(seen[f"limit_{dimension}"], [LIMITS.index("beijing"), LIMITS.index("west")]).any()
