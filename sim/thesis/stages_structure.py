"""Stages that change how the model is written: its variants, rival schools, and what two scenarios differ in."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.errors import UserError
from sim.experiments.arms import Tick, arms, ensemble
from sim.scenario.files import Tree
from sim.scenario.scenario import Scenario
from sim.thesis.problem import Setting
from sim.thesis.stages import FOUR, SEEN, Arrays, common_of
from sim.thesis.stages_worlds import BOTH, points, punishing_rules
from sim.thesis.statistics.attribution import Plan, exact_plan, sampled_plan

FEW = 6  # differences between two scenarios of which all sets are tried
CASTS = ("countries", "partnerships", "lanes")
CAST = "cast"  # the one difference that holds all countries, partnerships and lanes that only one of two scenarios has


@dataclass(frozen=True)
class Form:
    """One way of writing the model."""

    bargaining: str
    learning: str
    response: str


def own_form(setting: Setting) -> Form:
    """How the scenario itself is written. Where its rules of punishment differ, their responses are joined with +."""
    base = setting.base
    responses = dict.fromkeys(base.rules[name].response for name in punishing_rules(setting))
    return Form(base.variants.bargaining, base.variants.learning, "+".join(responses))


def forms(setting: Setting) -> list[Form]:
    """The scenario's own way first, then others: all combinations, or one change at a time."""
    own, declared = own_form(setting), setting.declaration.variants
    responses = declared.response if punishing_rules(setting) else ()
    if setting.budget.crossed:
        every = product(
            dict.fromkeys((own.bargaining, *declared.bargaining)),
            dict.fromkeys((own.learning, *declared.learning)),
            dict.fromkeys((own.response, *responses)),
        )
        return list(dict.fromkeys([own, *(Form(*each) for each in every)]))
    single = [Form(name, own.learning, own.response) for name in declared.bargaining]
    single += [Form(own.bargaining, name, own.response) for name in declared.learning]
    single += [Form(own.bargaining, own.learning, name) for name in responses]
    return list(dict.fromkeys([own, *single]))


def written(setting: Setting, form: Form) -> Scenario:
    """Write the scenario in another way."""
    changes: dict[str, Any] = {"variants.bargaining": form.bargaining, "variants.learning": form.learning}
    if form.response != own_form(setting).response:
        changes |= {f"rules.{name}.response": form.response for name in punishing_rules(setting)}
    return setting.base.set(changes)


def variants(setting: Setting, tick: Tick) -> Arrays:
    """Both arms in the same worlds under every form: `on` and `off` (form, date, outcome, world, run)."""
    seed, worlds, runs = setting.declaration.seeds.confirmation, setting.budget.variant_worlds, setting.budget.runs_per_world
    values = {address: value[:, None] for address, value in setting.worlds(points(setting, worlds, 1, seed)).items()}
    made = forms(setting)
    found = np.empty((len(made), len(setting.at), len(setting.outcomes), 2, worlds, runs))
    for place, form in enumerate(made):
        found[place] = ensemble(
            written(setting, form),
            (2, worlds, runs),
            keys=np.arange(worlds * runs).reshape(worlds, runs),
            values=values,
            knockouts=arms(*BOTH, axes=2),
            tick=tick,
            **common_of(setting, setting.outcomes),
        ).outcomes
    return {"on": found[:, :, :, 0], "off": found[:, :, :, 1]}


def rivals(setting: Setting, tick: Tick) -> Arrays:
    """The four arms in the scenario of every rival school: `arms` (school, date, outcome, arm, run)."""
    runs, outcomes = setting.budget.rival_runs, (*setting.outcomes, *SEEN)
    found = np.empty((len(setting.rivals), len(setting.at), len(outcomes), 4, runs))
    for place, school in enumerate(setting.rivals):
        found[place] = ensemble(
            school,
            (4, runs),
            keys=np.arange(runs),
            knockouts=arms(*FOUR, axes=1),
            tick=tick,
            **common_of(setting, outcomes),
        ).outcomes
    return {"arms": found}


@dataclass(frozen=True)
class Gap:
    """What two scenarios differ in.

    Attributes
    ----------
    union : Scenario
        The first scenario, with the rules that only the second has.
    numbers : dict of dict
        For each difference in numbers, as the first and as the second has them, by address. A rule that only one of them has
        differs in its strength, which is nil where there is none.
    written : dict of dict
        For each other difference, the tables of the second scenario that it takes over, by key; None where it has none.
    """

    union: Scenario
    numbers: dict[str, dict[str, tuple[float, float]]]
    written: dict[str, dict[tuple[str, ...], Any]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all differences."""
        return (*self.numbers, *self.written)


def gap(first: Scenario, second: Scenario) -> Gap:
    """Find what two scenarios differ in: each number by its address, each rule, each variant, and the cast.

    Raises
    ------
    UserError
        If they do not differ, or start or end in different months.
    """
    if (first.start, first.months) != (second.start, second.months):
        raise UserError("the scenarios start or end in different months, so their verdicts cannot be compared", "disagree")
    shared = [address for address in first.parameters if address in second.parameters]
    numbers = {
        address: {address: (first.parameters[address].value, second.parameters[address].value)}
        for address in shared
        if first.parameters[address].value != second.parameters[address].value
    }
    union, theirs = first.to_dict(), second.to_dict()
    rewritten: dict[str, dict[tuple[str, ...], Any]] = {
        f"variants.{name}": {("variants", name): theirs["variants"][name]}
        for name in union["variants"]
        if union["variants"][name] != theirs["variants"][name]
    }
    if union["knockouts"] != theirs["knockouts"]:
        rewritten["knockouts"] = {("knockouts",): theirs["knockouts"]}
    same_cast = all(_skeleton(union[table]) == _skeleton(theirs[table]) for table in CASTS)
    if not same_cast:
        rewritten[CAST] = {(table,): theirs[table] for table in CASTS}
    for name in dict.fromkeys((*union["rules"], *theirs["rules"])):
        mine, other = union["rules"].get(name), theirs["rules"].get(name)
        if mine is not None and other is not None:
            if _skeleton(mine) != _skeleton(other):
                rewritten[f"rules.{name}"] = {("rules", name): other}
        elif same_cast:
            strength = (mine or other)["strength"]["value"]
            numbers[f"rules.{name}"] = {f"rules.{name}.strength": (strength, 0.0) if mine else (0.0, strength)}
            union["rules"].setdefault(name, other)
        else:  # rules need their lanes and countries, so another cast comes with its own
            rewritten[CAST][("rules", name)] = other
    if not numbers and not rewritten:
        raise UserError("the scenarios do not differ in anything that matters", "disagree")
    return Gap(Scenario.from_dict(union), numbers, rewritten)


def disagreement_plan(setting: Setting, found: Gap) -> Plan:
    """Which sets of differences are tried: all of a few differences, those of sampled orders of many."""
    if len(found.names) <= FEW:
        return exact_plan(found.names, ())
    return sampled_plan(found.names, (), orders=setting.budget.disagreement_orders, seed=setting.declaration.seeds.confirmation)


def disagreement(setting: Setting, tick: Tick, found: Gap) -> Arrays:
    """Both arms with sets of differences taken over: `on` and `off` (set, date, outcome, run)."""
    sets, runs = disagreement_plan(setting, found).sets, setting.budget.disagreement_runs
    both = np.empty((len(sets), len(setting.at), len(setting.outcomes), 2, runs))
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, names in enumerate(sets):
        groups.setdefault(tuple(name for name in names if name in found.written), []).append(place)
    for names, places in groups.items():
        values: dict[str, Array] = {}
        for name, numbers in found.numbers.items():
            taken = np.array([name in sets[place] for place in places])
            values |= {address: np.where(taken, new, old)[:, None] for address, (old, new) in numbers.items()}
        done = ensemble(
            hybrid(found, names),
            (2, len(places), runs),
            keys=np.arange(runs),
            values=values,
            knockouts=arms(*BOTH, axes=2),
            tick=tick,
            **common_of(setting, setting.outcomes),
        ).outcomes
        both[places] = np.moveaxis(done, 3, 0)
    return {"on": both[:, :, :, 0], "off": both[:, :, :, 1]}


def hybrid(found: Gap, names: Sequence[str]) -> Scenario:
    """Take over some written differences from the second scenario into the first.

    Raises
    ------
    UserError
        If what comes out is no sound scenario.
    """
    tree = found.union.to_dict()
    for name in names:
        for key, content in found.written[name].items():
            _put(tree, key, content)
    return Scenario.from_dict(tree)


def _put(tree: Tree, key: tuple[str, ...], content: Any) -> None:
    *tables, last = key
    for name in tables:
        tree = tree[name]
    if content is None:
        del tree[last]
    else:
        tree[last] = content


def _skeleton(table: Tree) -> Tree:
    """A table without the numbers of its parameters: names, roles and which parameters there are."""
    return {
        name: (True if "value" in content else _skeleton(content)) if isinstance(content, dict) else content
        for name, content in table.items()
    }
