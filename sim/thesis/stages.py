"""Stages in the base world: what is simulated for the cap, its channels, the limits, the needs and the claims.

A stage takes a setting and gives arrays; nothing is concluded here.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.arms import Tick, arms, ensemble
from sim.scenario.scenario import Scenario
from sim.thesis.claims import register
from sim.thesis.problem import Setting
from sim.thesis.statistics.attribution import Plan, plan, sampled_plan

Arrays = dict[str, NDArray[Any]]
SEEN = ("beijing_months", "beijing_snubs")
FOUR = ((), ("beijing",), ("beijing_threat",), ("beijing_action",))


def effect(setting: Setting, tick: Tick) -> Arrays:
    """Four arms of threat and deed in the base world, and the deed with beliefs replayed.

    Gives `arms` (date, outcome, arm, run) and `direct` (date, outcome, run); outcomes are those judged, then punishments, snubs
    and the outcome that may be delayed.
    """
    runs = setting.budget.base_runs
    common = common_of(setting, (*setting.outcomes, *SEEN, setting.declaration.delay.outcome))
    keys = np.arange(runs)
    four = ensemble(setting.base, (4, runs), keys=keys, knockouts=arms(*FOUR, axes=1), tick=tick, **common)
    passive = setting.base.without("beijing_action")
    direct = ensemble(passive, (runs,), keys=keys, beliefs_of=setting.base, tick=tick, **common)
    return {"arms": four.outcomes, "direct": direct.outcomes}


def attribution_plan(setting: Setting, limits: Sequence[str]) -> Plan:
    """Which sets of limits are simulated within the budget."""
    orders = setting.budget.attribution_orders
    unions = setting.declaration.attribution.unions
    seed = setting.declaration.seeds.confirmation
    return sampled_plan(limits, unions, orders=orders, seed=seed) if orders else plan(limits, unions, seed=seed)


def removed(setting: Setting, tick: Tick) -> Arrays:
    """Outcomes with sets of limits removed: `values` (set, date, outcome, run)."""
    made = attribution_plan(setting, setting.declaration.attribution.limits)
    runs = setting.budget.attribution_runs
    out = arms(*made.sets, axes=1)
    found = ensemble(
        setting.base,
        (len(made.masks), runs),
        keys=np.arange(runs),
        knockouts=out,
        tick=tick,
        **common_of(setting, setting.outcomes),
    )
    return {"values": np.moveaxis(found.outcomes, 2, 0)}


def relaxed(setting: Setting, tick: Tick) -> Arrays:
    """Outcomes with sets of limits at the loose end of their evidence, the others at the tight end; as `removed`."""
    sets = attribution_plan(setting, tuple(setting.relaxed)).sets
    runs = setting.budget.attribution_runs
    values: Arrays = {}
    for limit, (tight, loose) in setting.relaxed.items():
        out = np.array([limit in each for each in sets])
        values |= {address: np.where(out, loose[address], tight[address])[:, None] for address in tight}
    found = ensemble(
        setting.base,
        (len(sets), runs),
        keys=np.arange(runs),
        values=values,
        tick=tick,
        **common_of(setting, setting.outcomes),
    )
    return {"values": np.moveaxis(found.outcomes, 2, 0)}


def ties(scenario: Scenario) -> list[tuple[tuple[str, str], dict[str, float]]]:
    """Pairs of countries that have lanes or a partnership, each with the numbers that cut all of it."""
    cut = []
    for pair in combinations(scenario.countries, 2):
        numbers = {
            f"lanes.{name}.volume": 0.0 for name, lane in scenario.lanes.items() if {lane.exporter, lane.importer} == set(pair)
        }
        for name, partnership in scenario.partnerships.items():
            if {partnership.belligerent, partnership.supplier} == set(pair):
                numbers |= {f"{name}.{row}.cap": 0.0 for row in partnership.package}
                numbers |= {f"{name}.prestige": 0.0, f"{name}.affinity": 0.0}
        if numbers:
            cut.append((pair, numbers))
    return cut


def needs(setting: Setting, tick: Tick) -> Arrays:
    """Welfare of every country, as it is and with each tie of two countries cut: `welfare` (country, 1 + tie, run)."""
    cuts: list[Mapping[str, float]] = [{}, *(numbers for _, numbers in ties(setting.base))]
    runs = setting.budget.needs_runs
    values = {
        address: np.array([cut.get(address, setting.base.parameters[address].value) for cut in cuts])[:, None]
        for address in sorted({address for cut in cuts for address in cut})
    }
    found = ensemble(
        setting.base,
        (len(cuts), runs),
        keys=np.arange(runs),
        values=values,
        record=["welfare"],
        tick=tick,
        **common_of(setting, setting.outcomes[:1]),
    )
    places = [found.holders["welfare"].index(name) for name in setting.base.countries]
    return {"welfare": found.paths["welfare"].sum(axis=0)[places]}


def experiments(setting: Setting) -> list[tuple[int, str]]:
    """Claims and the numbers that carry them: those that have a plausible range in this scenario."""
    known = setting.base.parameters
    return [
        (entry.number, address)
        for entry in register()
        for address in entry.numbers
        if address in known and known[address].low < known[address].high
    ]


def claims(setting: Setting, tick: Tick) -> Arrays:
    """Outcomes at both ends of every number that carries a claim: `outcomes` (outcome, number, end, run)."""
    numbers = sorted({address for _, address in experiments(setting)})
    runs, base = setting.budget.claim_runs, setting.base.parameters
    if not numbers:
        return {"outcomes": np.empty((len(claim_outcomes()), 0, 2, runs))}
    values: Arrays = {}
    for place, address in enumerate(numbers):
        ends = np.full((len(numbers), 2, 1), base[address].value)
        ends[place, :, 0] = base[address].low, base[address].high
        values[address] = ends
    found = ensemble(
        setting.base,
        (len(numbers), 2, runs),
        keys=np.arange(runs),
        values=values,
        tick=tick,
        **{**common_of(setting, claim_outcomes()), "at": setting.at[-1:]},
    )
    return {"outcomes": found.outcomes[0]}


def claim_outcomes() -> list[str]:
    """Outcomes in which a claim shows."""
    return sorted({outcome for entry in register() for outcome in entry.outcomes})


def common_of(setting: Setting, outcomes: Sequence[str]) -> dict[str, Any]:
    """Arguments of an ensemble that is judged: dates, outcomes and seed."""
    return {"at": setting.at, "outcomes": tuple(outcomes), "seed": setting.declaration.seeds.confirmation}
