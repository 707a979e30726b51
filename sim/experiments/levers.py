"""Levers: what a planner could choose, crossed with every point of a design. Those that change the structure make scenarios."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.scenario.scenario import Scenario

VARIANTS = ("variants.bargaining", "variants.learning")
Label = str | bool


@dataclass(frozen=True)
class Structure:
    """One choice of all levers that change the structure, and the scenario that it makes."""

    labels: dict[str, Label]
    scenario: Scenario


def is_structural(name: str) -> bool:
    """Whether a lever changes the structure, so that its options cannot stand in one chunk."""
    return name in ("scenario", "without", *VARIANTS) or (name.startswith("rules.") and name.count(".") == 1)


def structures(scenario: Scenario, levers: Mapping[str, Sequence[Any]]) -> list[Structure]:
    """Make the scenario of each combination of structural levers, the last lever turning fastest.

    Parameters
    ----------
    scenario : Scenario
        What is changed, unless the lever ``scenario`` gives others.
    levers : mapping
        Options by name: ``scenario`` (names or Scenarios), ``without`` (limits to knock out, ``""`` for none),
        ``variants.bargaining``, ``variants.learning``, or ``rules.NAME`` (True or False).

    Raises
    ------
    UserError
        If an option makes no sense, two of them bear one name, or the scenarios start in different months.
    """
    chosen = {name: _options(name, options) for name, options in levers.items() if is_structural(name)}
    scenarios = [Scenario.load(each) for each in chosen.pop("scenario", [])]
    named = {"scenario": [each.name for each in scenarios]} if scenarios else {}
    for name, options in (named | chosen).items():
        _check_twice(name, options)
    if len({each.start for each in scenarios}) > 1:
        raise UserError("the scenarios start in different months", "levers.scenario")
    made = []
    for base in scenarios or [scenario]:
        for options in product(*chosen.values()):
            labels: dict[str, Label] = {"scenario": base.name} if scenarios else {}
            changed = base
            for name, option in zip(chosen, options, strict=True):
                changed, labels[name] = _changed(changed, name, option), option
            made.append(Structure(labels, changed))
    for place, one in enumerate(made):
        if any(one.scenario.hash == other.scenario.hash for other in made[:place]):
            raise UserError(f"two combinations of levers make the same scenario: {one.labels}", "levers")
    return made


def numeric_levers(scenario: Scenario, levers: Mapping[str, Sequence[Any]]) -> dict[str, Array]:
    """Options of the levers that are numbers, by address, each of shape (options,).

    Raises
    ------
    UserError
        If a lever is neither an address nor a structural one, or its options are not finite numbers.
    """
    columns = {}
    for name, options in levers.items():
        if is_structural(name):
            continue
        if name not in scenario.parameters:
            known = [*scenario.parameters, "scenario", "without", *VARIANTS, *(f"rules.{rule}" for rule in scenario.rules)]
            raise UserError(f"there is no such lever; {suggest(name, known)}", f"levers.{name}")
        try:
            array = np.asarray(_options(name, options))
        except ValueError:  # lists of several lengths within it
            array = np.empty(0, dtype=object)
        if array.ndim != 1 or array.dtype.kind not in "iuf" or not np.isfinite(array).all():
            raise UserError(f"needs a list of finite numbers, not {list(options)!r}", f"levers.{name}")
        _check_twice(name, array.tolist())
        columns[name] = array.astype(np.float64)
    return columns


def _options(name: str, options: Any) -> list[Any]:
    """Give the options of a lever as a list of at least one."""
    place = f"levers.{name}"
    if isinstance(options, str) or not isinstance(options, Iterable):
        raise UserError(f"needs a list of options, not {options!r}", place)
    listed = list(options)
    if not listed:
        raise UserError("has no options; give one or more", place)
    return listed


def _check_twice(name: str, options: Sequence[Label | float]) -> None:
    place = f"levers.{name}"
    twice = [option for option in options if options.count(option) > 1]
    if twice:
        raise UserError(f"two options are the same: {twice[0]!r}", place)


def _changed(scenario: Scenario, name: str, option: Label) -> Scenario:
    if name == "without":
        if not isinstance(option, str):
            raise UserError(f"needs names of limits, or an empty text for none, not {option!r}", "levers.without")
        limits = [limit.strip() for limit in option.split(",") if limit.strip()]
        return scenario.without(*limits) if limits else scenario
    if name in VARIANTS:
        return scenario.set(name, option)
    if not isinstance(option, bool):
        raise UserError(f"a rule is kept or dropped by true or false, not {option!r}", f"levers.{name}")
    rule = name.removeprefix("rules.")
    if rule not in scenario.rules:
        raise UserError(f"there is no such rule; {suggest(rule, scenario.rules)}", f"levers.{name}")
    return scenario if option else scenario.without_rule(rule)
