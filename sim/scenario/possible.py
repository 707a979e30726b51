"""Whether numbers that are given to the parameters of a scenario, by a user's call or a table, are possible at all."""

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from sim.errors import suggest
from sim.mechanisms.parameters import Spec
from sim.scenario.files import Problems, Tree, locate, look
from sim.scenario.tables import SECTIONS, Holder, Parameter

Note = Callable[[str, str], None]  # is told of an address or pattern, and what is wrong with it


class Numbered(Protocol):
    """Whoever has numbers by address, as a scenario."""

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """The numbers."""

    @property
    def specs(self) -> Mapping[str, Spec]:
        """The rows in the tables of parameters that stand behind them."""


def check_values(scenario: Numbered, values: Mapping[str, ArrayLike]) -> None:
    """Refuse numbers for parameters that a scenario does not have, or beyond what is possible for them.

    Parameters
    ----------
    scenario : Scenario
    values : mapping of float or array, shape (runs,) or (points,)
        Numbers by address.

    Raises
    ------
    UserError
        With every such parameter, the first of its wrong numbers, where an array has it, and the bounds.
    """
    problems = Problems()
    find_impossible(scenario, values, problems.note)
    problems.check()


def find_impossible(scenario: Numbered, values: Mapping[str, ArrayLike], note: Note) -> None:
    """Note every parameter that a scenario does not have, or that is given a number beyond what is possible for it."""
    for address, given in values.items():
        if address not in scenario.parameters:
            note(address, f"there is no such parameter; {suggest(address, scenario.parameters)}")
            continue
        spec, numbers = scenario.specs[address], np.asarray(given, dtype=float).ravel()
        wrong = ~((numbers >= spec.low) & (numbers <= spec.high))  # of what is not a number, too
        if wrong.any():
            place = int(wrong.argmax())
            bounds = f"[{spec.low:g}, {spec.high:g}] {scenario.parameters[address].unit}"
            where = f"; it stands at place {place}, counted from 0" if isinstance(given, np.ndarray) and given.ndim else ""
            note(address, f"{numbers[place]:g} is outside {bounds}, which is what is possible ({spec.meaning}){where}")


def spec_of(tree: Tree, address: str) -> Spec:
    """Find the row in the table of parameters that stands behind an address of a complete scenario."""
    *table, name = locate(tree, address)
    scope = "package" if len(table) == 4 else SECTIONS.get(table[0], table[0])
    holder = Holder(scope, tuple(table), ".".join(table), look(tree, tuple(table)))
    return next(spec for spec in holder.specs() if spec.name == name)
