"""Which limit bound: the one that a world is built around is the one that is named."""

import numpy as np
import pytest
from engine import BASE, TOY, anywhere, history, path, rule

from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.quantities import DIMENSIONS, LIMITS
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
THREAT = {"tolerance": 0.05, "width": 0.2}
BUILT = [
    ("demand", "munitions", {}),
    ("demand", "openness", {}),
    ("demand", "troops", {f"{PAIR}.soldiers.cap": 1e6}),
    ("supply", "munitions", {"ostia.munitions": 0.0, "ostia.munitions_output": 5.0, "ostia.munitions_output_max": 5.0}),
    ("supply", "oil", {f"{PAIR}.oil_cap": 1.0, f"{PAIR}.oil_cap_until": 100.0, f"{PAIR}.fuel.value": 0.4}),
    ("quality", "munitions", {"ostia.quality_new": 0.1, "ostia.quality_old": 0.1, f"{PAIR}.shells.cost": 0.0}),
    (
        "trust",
        "munitions",
        {f"{PAIR}.break_risk": 1.0, f"{PAIR}.trust": 0.05, f"{PAIR}.trust_growth": 0.0, f"{PAIR}.shells.cost": 0.0},
    ),
    ("reluctance", "technology", {f"{PAIR}.rockets.cost": 99.0}),
    (
        "payment",
        "munitions",
        {
            "marland.spending_limit": 5.0,
            f"{PAIR}.prestige": 0.0,
            f"{PAIR}.affinity": 0.0,
            f"{PAIR}.credit_limit": 0.0,
            f"{PAIR}.rockets.value": 0.0,
            f"{PAIR}.fuel.value": 0.0,
            f"{PAIR}.votes.value": 0.0,
        },
    ),
]


@pytest.mark.parametrize(("limit", "dimension", "changes"), BUILT, ids=[f"{b[0]} of {b[1]}" for b in BUILT])
def test_the_limit_that_a_world_is_built_around_is_named(limit, dimension, changes):
    assert named(CALM.set(EASY | changes), dimension) == {limit}


def test_the_reaction_of_allies_is_named():
    """Without threats openness is held back by satiation alone, as long as nobody's allies mind."""
    dear = BASE.without_rule(*BASE.rules).set(
        {"russia_north_korea.backlash": 0.8, "japan.alignment": 1.0, "south_korea.alignment": 1.0}
    )
    codes = history(dear, 3, runs=5)["limit_openness"]
    assert (codes == LIMITS.index("backlash")).all()


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_crushing_threat_is_named_after_who_makes_it(dimension):
    heavy = {"ostia.stake_scale": 100.0, "ostia.horizon": 24.0, "ostia.belief": 1.0, "grandia.cover": 0.0}
    threatened = CALM.set(EASY | heavy).with_rule("it", **rule("grandia", "ostia", "trade", **THREAT))
    assert named(threatened, dimension) == {"beijing"}


def test_a_red_line_is_named():
    near = BASE.set(
        {
            "rules.seoul_red_line.tolerance": 15.0,
            "russia.stake_scale": 3.0,
            "russia.horizon": 24.0,
            "russia.enemy_arms_harm": 800.0,
        }
    )
    codes = path(near, history(near, 18, runs=RUNS), "limit_technology", "russia_north_korea")[-1]
    assert np.mean(codes == LIMITS.index("red_line")) > 0.5


def test_after_the_war_nothing_binds_munitions():
    over = CALM.set({"world.ceasefire_month": 2.0, "marland.rebuilding": 0.0})
    assert named(over, "munitions") == {"none"}


# The knock-out of supply frees rounds; soldiers at home and barrels to spare stay what they are.
SPARED = {("supply", "troops"), ("supply", "oil")}


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
